"""Measured comparisons: ``python -m benchmarks``. Nothing here is run by tests, and no test asserts a speed."""
