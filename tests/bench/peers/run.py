"""`python run.py PEER[:SETTING] FILE_OF_NAMES`: one peer, in its own environment, asked over standard input.

Each line in is the path of a JSON list of texts, each line out a JSON object: first {"built": CPU seconds, "versions"}, then
for every line in {"cpu": CPU seconds, "answers": [...]}, one answer a text. A peer's module holds

    DISTRIBUTIONS: tuple[str, ...]   whose versions to tell
    class Peer:
        def __init__(self, names): ...   builds the index; takes the setting too when there is one
        def prepare(self, texts): ...    optional: what is not to be timed
        def answer(self, texts): ...     [index of the best name or -1, score] for each text; of running texts, the hits

CPU time is that of the whole process, all its threads.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from importlib.metadata import version
from pathlib import Path


def main() -> None:
    """Build the peer that the command names, then answer until the input ends."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever a peer prints is no answer

    def say(told: object) -> None:
        out.write(json.dumps(told) + "\n")
        out.flush()

    name, _, setting = sys.argv[1].partition(":")
    module = importlib.import_module(f"systems.{name}")
    names = json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    begun = time.process_time()
    peer = module.Peer(names, setting) if setting else module.Peer(names)
    built = time.process_time() - begun
    say({"built": built, "versions": {name: version(name) for name in module.DISTRIBUTIONS}})
    for line in sys.stdin:
        texts = json.loads(Path(line.strip()).read_text(encoding="utf-8"))
        if hasattr(peer, "prepare"):
            peer.prepare(texts)
        begun = time.process_time()
        answers = peer.answer(texts)
        spent = time.process_time() - begun
        say({"cpu": spent, "answers": answers})


if __name__ == "__main__":
    main()
