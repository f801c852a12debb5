"""Speed, measured and never asserted: `make bench` runs every module here that has a `run` function."""
