"""From query text to filter tree. The rules are in ``grammar.lark``, their terminals in ``lexer``."""

import functools
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Any

from lark import Lark, Token, Transformer, UnexpectedToken
from lark.lexer import Lexer as LarkLexer

from dashapp.query import limits
from dashapp.query.errors import QueryError
from dashapp.query.fields import NAMES, Field
from dashapp.query.lexer import Finder, Lexer
from dashapp.query.recognise import recognise_list
from dashapp.query.tree import (
    And,
    Between,
    Compare,
    Everything,
    Exact,
    Listed,
    Match,
    Node,
    Not,
    Or,
    Present,
    Regex,
    Value,
)


def parse(text: str, *, fields: Mapping[str, Field] = NAMES, near: Mapping[str, Field] | None = None) -> Node:
    """Read a query text.

    Args:
        text: As typed, pasted or stored.
        fields: What may be named, by canonical name; aliases are taken from the fields.
        near: Those of them that are proposed instead of a name that nothing has; None: all.

    Returns:
        The tree; ``Everything`` for an empty text. Several pasted things, one a line, give "any of them".

    Raises:
        QueryError: The text is too large or cannot be understood; the error points at the character.
    """
    if len(text) > limits.MOST_CHARACTERS:
        raise QueryError(
            f"a query may have {limits.MOST_CHARACTERS:,} characters, this one has {len(text):,}",
            limits.MOST_CHARACTERS,
            len(text) - limits.MOST_CHARACTERS,
        )
    if (pasted := recognise_list(text)) is not None:
        return pasted
    find, names = _finder(fields)
    if near is not None:
        _, names = _finder(near)
    tokens = Lexer(text, find, names).cut()
    if not tokens:
        return Everything()
    try:
        tree: Node = _TREES.transform(_grammar().parse(tokens))
    except UnexpectedToken as error:
        raise _misplaced(error.token, tokens, len(text)) from None
    return tree


class _Tokens(LarkLexer):
    """Hands ready tokens to the parser."""

    def __init__(self, lexer_conf: Any) -> None:
        """Lark passes its settings; there is nothing to set."""

    def lex(self, data: Any) -> Iterator[Token]:  # type: ignore[override]  # Lark's documented simple interface
        """The tokens, one by one."""
        return iter(data)


@functools.cache
def _grammar() -> Lark:
    rules = resources.files("dashapp.query").joinpath("grammar.lark").read_text("utf-8")
    return Lark(rules, parser="lalr", lexer=_Tokens, maybe_placeholders=False)


class _Trees(Transformer[Token, Node]):
    """Builds the tree from the parse; one method per rule of the grammar."""

    def start(self, children: list[Node]) -> Node:
        return children[0] if children else Everything()

    group = start

    def disjunction(self, children: list[Node]) -> Node:
        return Or(tuple(children))

    def conjunction(self, children: list[Node]) -> Node:
        return And(tuple(children))

    def negated(self, children: list[Node]) -> Node:
        return Not(children[0])

    def word(self, children: list[Token]) -> Node:
        node: Node = children[0].value
        return node

    def values(self, children: list[Token]) -> tuple[Value, ...]:
        return tuple(child.value for child in children)

    def match(self, children: list[Any]) -> Node:
        return Match(children[0].value.name, children[1])

    def exact(self, children: list[Any]) -> Node:
        return Exact(children[0].value.name, children[1])

    def present(self, children: list[Token]) -> Node:
        return Present(children[0].value.name)

    def listed(self, children: list[Token]) -> Node:
        return Listed(children[0].value.name, children[1].value)

    def between(self, children: list[Token]) -> Node:
        return Between(children[0].value.name, children[1].value, children[2].value)

    def compare(self, children: list[Token]) -> Node:
        return Compare(children[0].value.name, children[1].value, children[2].value)

    def regex(self, children: list[Token]) -> Node:
        return Regex(children[0].value.name, children[1].value.text)


_TREES = _Trees()


def _misplaced(token: Token, tokens: list[Token], length: int) -> QueryError:
    """The lexer has refused all but misplaced AND, OR and NOT, so one of them is to blame."""
    ended = token.type == "$END"
    index = len(tokens) if ended else next(i for i, known in enumerate(tokens) if known is token)
    before = tokens[index - 1] if index else None
    if before is not None and before.type in {"_AND", "_OR", "_NOT"}:
        word = before.type.removeprefix("_")
        at = length if ended else token.start_pos or 0
        return QueryError(f"something is missing after {word}", at)
    word = token.type.removeprefix("_")
    return QueryError(f"something is missing before {word}", token.start_pos or 0, len(str(token)))


def _finder(fields: Mapping[str, Field]) -> tuple[Finder, tuple[str, ...]]:
    names = {key: field for field in fields.values() for key in (field.name, *field.aliases)}
    folded = {key.casefold(): field for key, field in names.items()}
    return lambda name: folded.get(name.casefold()), tuple(names)
