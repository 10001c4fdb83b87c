"""From the columns of a source to the columns of the lake."""
