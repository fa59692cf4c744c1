"""Speed, measured as ratios of CPU time in one run, both sides interleaved (`make bench`). Never asserts a time."""
