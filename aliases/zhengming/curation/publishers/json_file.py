"""Read a publisher's JSON file; what cannot be read is one sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from zhengming.curation.draft import ImportRefused


def read_json(path: Path) -> Any:
    """Return the content of a JSON file. Raises `ImportRefused` when it cannot be read or is not JSON."""
    try:
        return json.loads(path.read_bytes())
    except OSError as error:
        raise ImportRefused(f"{path}: cannot be read ({error.strerror}). Name the file that was downloaded.") from error
    except (ValueError, RecursionError) as error:
        reason = getattr(error, "msg", "its encoding or nesting")
        raise ImportRefused(f"{path}: is not JSON ({reason}). Download the file again.") from error
