"""Speed, as ratios to a peer measured in the same run. See docs/benchmarks.md for the last run."""
