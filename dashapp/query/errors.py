"""What is wrong with a query text, and where."""


class QueryError(ValueError):
    """A query text cannot be understood.

    Attributes:
        message: One sentence for people, without the position.
        position: Index of the first offending character; the text's length when something is missing at its end.
        length: How many characters are to blame, at least 1.
        suggestions: What may have been meant, best first; each replaces the offending characters.
    """

    def __init__(self, message: str, position: int, length: int = 1, suggestions: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.position = position
        self.length = max(length, 1)
        self.suggestions = suggestions

    def pointed_at(self, text: str) -> str:
        """Two lines: the part of ``text`` around the mistake, made printable, and carets under the mistake."""
        start = max(self.position - 60, 0)
        shown = text[start : self.position + 60]
        visible = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in shown)
        lead = "…" if start else ""
        offset = self.position - start + len(lead)
        width = max(min(self.length, len(shown) - (self.position - start)), 1)
        return f"{lead}{visible}\n{' ' * offset}{'^' * width}"
