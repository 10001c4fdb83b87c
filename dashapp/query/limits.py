"""How large a query text may be. Checked before it is parsed, so that no text costs more than reading it once."""

MOST_CHARACTERS = 2000
MOST_DEPTH = 10
MOST_TERMS = 100
MOST_VALUES = 10_000  # pasted; a query itself has no room for so many
MOST_INLINE_VALUES = 50  # a longer pasted list is stored and named: field:@name
MOST_PASTED_CHARACTERS = 200_000
