"""The benchmarks: what can be held without measuring."""
