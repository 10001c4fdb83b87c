"""What is asked: the filter tree, its grammar and fields, time windows, URL state. Pure Python."""
