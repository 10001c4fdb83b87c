"""One module per page: what is on it. What it does is in ``dashapp.callbacks``."""
