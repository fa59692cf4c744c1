"""`zhengming-server`: serve the table over gRPC until a signal says stop.

Exit status: 0 stopped, 2 wrong setting, 3 table or address cannot be used.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from zhengming.server.errors import SettingsError, StartError
from zhengming.server.settings import read_settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    try:
        settings = read_settings(sys.argv[1:] if arguments is None else arguments)
        # After the settings: --help and a wrong flag need no engine.
        from zhengming.server import logs

        logs.set_up(settings.log_format, settings.log_level)
        if settings.processes > 1:
            from zhengming.server import supervisor

            supervisor.run(settings)
        else:
            from zhengming.server import app

            app.run(settings)
    except SettingsError as error:
        print(f"zhengming-server: {error}", file=sys.stderr)
        return 2
    except StartError as error:
        print(f"zhengming-server: {error}", file=sys.stderr)
        return 3
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
