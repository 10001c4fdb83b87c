"""``python -m dashapp …``: one module per group of commands, thin over the services."""
