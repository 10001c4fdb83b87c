"""Pieces of layout used by two pages or more."""
