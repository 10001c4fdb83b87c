"""The filter for whatever somebody put into a search box: a thing they pasted, a query they wrote, or plain words."""

from dashapp.query.errors import QueryError
from dashapp.query.grammar import parse
from dashapp.query.limits import MOST_CHARACTERS
from dashapp.query.printing import quote, to_text
from dashapp.query.recognise import recognise, recognise_list


def query_for(text: str) -> str:
    """The query that finds what ``text`` names.

    An address, domain, IP, URL, hash or message id, defanged or not, or a list of these, one a line, becomes the filter
    that looks where such a thing can be. A query stays as it was written. Anything else is looked for as it stands.

    Args:
        text: Anything.

    Returns:
        Text that can be parsed, unless it is longer than a query may be; empty for nothing.
    """
    stripped = text.strip()
    found = recognise(stripped)
    # A field of one line turns the ends of pasted lines into spaces.
    node = found.node if found else recognise_list("\n".join(stripped.split()))
    if node is not None:
        return to_text(node)
    if len(stripped) > MOST_CHARACTERS:
        return stripped
    try:
        parse(stripped)
    except QueryError:
        return quote(" ".join(stripped.split()))
    return stripped
