"""Hostile input, made by code so that nothing of it is stored: see ``parquet`` and ``text``."""
