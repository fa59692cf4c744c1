"""Quality, measured: the engine and two plain rivals over labelled names, as counts with intervals (`make eval`)."""
