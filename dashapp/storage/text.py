"""Text that every database takes."""


def storable(text: str, longest: int) -> str:
    """``text`` cut to ``longest`` letters; NUL and lone surrogates, which PostgreSQL refuses, become U+FFFD."""
    return text[:longest].replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")
