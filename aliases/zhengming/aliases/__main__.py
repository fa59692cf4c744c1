"""`python -m zhengming.aliases [FOLDER]`: list every problem of a table folder; exit status 1 if there is any."""

from __future__ import annotations

import sys
from pathlib import Path

from zhengming.aliases.check import check_folder
from zhengming.aliases.datapackage import check_descriptor
from zhengming.aliases.load import TableError, bundled_table_path

_USAGE = "usage: python -m zhengming.aliases [FOLDER]"


def main(arguments: list[str]) -> int:
    """Check one folder (default: the bundled table) and return the exit status."""
    if len(arguments) > 1 or any(argument.startswith("-") for argument in arguments):
        print(_USAGE, file=sys.stderr if arguments[:1] not in (["-h"], ["--help"]) else sys.stdout)
        return 0 if arguments[:1] in (["-h"], ["--help"]) else 2
    folder = Path(arguments[0]) if arguments else bundled_table_path()
    try:
        problems = [*check_folder(folder), *check_descriptor(folder)]
    except TableError as error:
        print(error, file=sys.stderr)
        return 1
    for problem in problems:
        print(problem)
    print(f"{folder}: {len(problems)} problem{'' if len(problems) == 1 else 's'}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
