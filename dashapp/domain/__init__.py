"""The rules: names, metrics and decisions. Standard library only."""
