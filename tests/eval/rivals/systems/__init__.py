"""One module a rival. Each has `rank` (names to firms), `compare` (two names), or both, as `asked.py` describes."""
