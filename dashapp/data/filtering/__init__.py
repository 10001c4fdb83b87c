"""From a filter tree to the messages it keeps: every node of ``query.tree`` over every field of ``query.fields``."""

from dashapp.data.filtering.places import columns_of
from dashapp.data.filtering.tree import matching, where

__all__ = ["columns_of", "matching", "where"]
