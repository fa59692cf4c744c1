"""Rivals on our rows: exported by us, answered by them in environments of their own, judged by us (`make rivals`).

`run.py` and `systems/` are executed there and import nothing of ours; everything else runs here.
"""
