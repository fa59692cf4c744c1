"""A module for each peer; what it holds is said in `run.py`. Run in the peers' environments."""
