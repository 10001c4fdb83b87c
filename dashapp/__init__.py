"""Threatboard: threat investigation and response for an organisation's email."""

__version__ = "0.1.0"
