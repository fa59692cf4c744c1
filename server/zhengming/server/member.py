"""One of several processes on one port: `python -m zhengming.server.member SETTINGS`, started by the supervisor.

Its standard output tells the supervisor that it is ready, and why it is not; its standard input is a leash: when it ends,
the supervisor is gone, and this process drains and leaves.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path
from typing import Any, get_type_hints

from zhengming.server.errors import SettingsError, StartError
from zhengming.server.settings import Settings

READY = "ready "
REFUSED = "refused "
"""What begins the line that a member says when it is ready, and when it cannot start."""


def pack(settings: Settings) -> str:
    """Return settings as one argument of a command."""
    return json.dumps(dataclasses.asdict(settings), default=str)


def unpack(text: str) -> Settings:
    """Return the settings of `pack`."""
    kinds = get_type_hints(Settings)
    found: dict[str, Any] = json.loads(text)
    for name, value in found.items():
        if isinstance(value, str) and kinds[name] is not str:
            found[name] = Path(value)
    return Settings(**found)


def main() -> int:
    """Serve; return 0 when told to stop, 2 for a wrong setting, 3 when table or address cannot be used."""
    from zhengming.server import app, logs

    def say(line: str) -> None:
        print(line.replace("\n", " "), flush=True)

    settings = unpack(sys.argv[1])
    logs.set_up(settings.log_format, settings.log_level)
    try:
        app.run_as_one_of_several(settings, lambda line: say(READY + line), sys.stdin.fileno())
    except (SettingsError, StartError) as error:
        say(REFUSED + str(error))
        return 2 if isinstance(error, SettingsError) else 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
