"""Peers, each in a process and an environment of its own (`make rivals`): names in, queries in, answers and CPU time out.

`run.py` and `systems/` are executed there and import nothing of ours; `process.py` runs here.
"""
