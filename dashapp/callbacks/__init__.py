"""One module per page, same name as in ``dashapp.pages``: what happens when someone uses it."""
