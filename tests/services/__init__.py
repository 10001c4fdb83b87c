"""The whole program as its own process, and the servers it stands behind."""
