"""Cuts a query text into the terminals of ``grammar.lark``.

Where a value stands decides how it is read (a comma ends it in a list, a space elsewhere), which a table of regular
expressions cannot say. Every limit is checked here, before anything is parsed, and every mistake knows its position.
"""

import difflib
from collections.abc import Callable
from typing import Any

from lark import Token

from dashapp.query import limits
from dashapp.query.check import operator_complaint, pattern_complaint, value_complaint
from dashapp.query.defang import refang
from dashapp.query.errors import QueryError
from dashapp.query.fields import Field, Kind
from dashapp.query.recognise import recognise
from dashapp.query.scan import (
    BRACKET,
    DATE_AND_TIME,
    FIELD,
    KEYWORDS,
    LIST_NAME,
    RANGE,
    Plain,
    chunk_at,
    plain_at,
    quoted_at,
)
from dashapp.query.tree import Node, Value, Word

_OPERATORS = {":": "_COLON", "=": "_EQUALS", "~": "_TILDE"}

Finder = Callable[[str], Field | None]


class Lexer:
    """Cuts one text; use once."""

    def __init__(self, text: str, find: Finder, names: tuple[str, ...]) -> None:
        self.text = text
        self.find = find
        self.names = names
        self.at = 0
        self.tokens: list[Token] = []
        self.terms = 0
        self.open: list[int] = []
        self.negations = 0

    def cut(self) -> list[Token]:
        """Every terminal of the text, in order.

        Raises:
            QueryError: A terminal cannot be read, or a limit is passed.
        """
        self._skip_space()
        while self.at < len(self.text):
            self._next()
            self._skip_space()
        if self.open:
            raise QueryError("this bracket is not closed", self.open[-1])
        return self.tokens

    # the expression

    def _next(self) -> None:
        char = self.text[self.at]
        if char == "(":
            self._open_group()
        elif char == ")":
            self._close_group()
        elif char == ",":
            raise QueryError("a comma separates values only in a list: field:(a, b)", self.at)
        elif char == '"':
            start = self.at
            self._word(Word(Value(self._quoted(), literal=True)), start)
        elif not self._field_term():
            self._plain_word()

    def _open_group(self) -> None:
        self.open.append(self.at)
        if len(self.open) > limits.MOST_DEPTH:
            raise QueryError(f"brackets may be {limits.MOST_DEPTH} deep", self.at)
        self._emit("_LPAR", "(", self.at, self.at + 1)

    def _close_group(self) -> None:
        if not self.open:
            raise QueryError("this bracket closes nothing", self.at)
        self.open.pop()
        self._emit("_RPAR", ")", self.at, self.at + 1)

    def _plain_word(self) -> None:
        start = self.at
        plain = self._plain("(),")
        keyword = plain.text.upper()
        if not plain.escaped and keyword in KEYWORDS:
            self._emit(f"_{keyword}", plain.text, start, self.at)
            self._count_negation(keyword, start)
            return
        self._refuse_adjacent_bracket(start)
        recognised = None if plain.escaped else recognise(plain.text)
        self._word(recognised.node if recognised else Word(Value(plain.text)), start)

    def _count_negation(self, keyword: str, start: int) -> None:
        self.negations = self.negations + 1 if keyword == "NOT" else 0
        if self.negations > limits.MOST_DEPTH:
            raise QueryError(f"NOT may be repeated {limits.MOST_DEPTH} times", start, 3)

    def _word(self, node: Node, start: int) -> None:
        self._count_term(start)
        self._emit("WORD", node, start, self.at)

    def _count_term(self, start: int) -> None:
        self.negations = 0
        self.terms += 1
        if self.terms > limits.MOST_TERMS:
            raise QueryError(f"a query may have {limits.MOST_TERMS} terms", start)

    # field, operator, value

    def _field_term(self) -> bool:
        match = FIELD.match(self.text, self.at)
        if not match or match[1].upper() in KEYWORDS:
            return False
        field = self.find(match[1])
        if field is None:
            if recognise(chunk_at(self.text, self.at)):
                return False  # a URL or an IPv6 address begins like a field
            raise self._unknown_field(match[1])
        start, operator = self.at, match[2]
        self._count_term(start)
        self._emit("FIELD", field, start, match.end(1))
        self.at = match.end()
        if complaint := operator_complaint(field, operator):
            raise QueryError(complaint, match.start(2), len(operator))
        if operator in _OPERATORS:
            self._emit(_OPERATORS[operator], operator, match.start(2), match.end(2))
        else:
            self._emit("COMPARE", operator, match.start(2), match.end(2))
        self._value_side(field, operator)
        return True

    def _unknown_field(self, name: str) -> QueryError:
        lowered = {known.lower(): known for known in self.names}
        close = difflib.get_close_matches(name.lower(), lowered, n=3, cutoff=0.6)
        suggestions = tuple(dict.fromkeys(found.name for key in close if (found := self.find(lowered[key]))))
        hint = f"did you mean {suggestions[0]}?" if suggestions else "to look for the text itself, put it in quotes"
        return QueryError(f"there is no field {name[:40]!r}; {hint}", self.at, len(name), suggestions)

    def _value_side(self, field: Field, operator: str) -> None:
        after_operator = self.at
        self._skip_space()
        self._refuse_missing(field, gap=self.at > after_operator)
        char = self.text[self.at]
        if char == "(" and operator in ":=":
            self._list(field)
        elif operator == ":" and (RANGE if field.kind in {Kind.TEXT, Kind.KEYWORD} else BRACKET).match(
            self.text, self.at
        ):
            self._range(field)
        elif char == "@" and operator == ":":
            self._listed(field)
        elif operator == ":" and char == "*" and chunk_at(self.text, self.at) == "*":
            self._emit("STAR", "*", self.at, self.at + 1)
        else:
            self._single(field, pattern=operator == "~")

    def _refuse_missing(self, field: Field, *, gap: bool) -> None:
        missing = self.at == len(self.text) or self.text[self.at] in "),"
        if gap and not missing:
            following = FIELD.match(self.text, self.at)
            missing = chunk_at(self.text, self.at).upper() in KEYWORDS or bool(following and self.find(following[1]))
        if missing:
            raise QueryError(f"a value is missing after {field.name}", self.at, 1, field.values[:5])

    def _single(self, field: Field, *, pattern: bool) -> None:
        start = self.at
        value = self._one_value(field, "(),")
        self._refuse_adjacent_bracket(start)
        if pattern:
            self._refuse(pattern_complaint(value.text), start)
            self._emit("VALUE", value, start, self.at)
        else:
            self._value(field, value, start)

    def _listed(self, field: Field) -> None:
        start = self.at
        self._refuse(operator_complaint(field, "@"), start)
        self.at += 1
        if self.text[self.at : self.at + 1] == '"':
            name = self._quoted()
        else:
            match = LIST_NAME.match(self.text, self.at)
            name = match[0] if match else ""
            self.at += len(name)
            following = self.text[self.at : self.at + 1]
            if not name or not (following.isspace() or following in {"", ")"}):
                raise QueryError('@ names a stored list; to look for the sign, quote it: "@…"', start)
        self._emit("LISTED", name, start, self.at)

    def _range(self, field: Field) -> None:
        start = self.at
        self._refuse(operator_complaint(field, "["), start)
        self._emit("_LBRACKET", "[", self.at, self.at + 1)
        self._range_end(field, start)
        self._skip_space()
        if self.text[self.at : self.at + 2].upper() != "TO":
            raise QueryError("a range is written [a TO b]", self.at if self.at < len(self.text) else start)
        self._emit("_TO", "TO", self.at, self.at + 2)
        self._range_end(field, start)
        self._skip_space()
        if self.text[self.at : self.at + 1] != "]":
            raise QueryError("this range is not closed with ]", start)
        self._emit("_RBRACKET", "]", self.at, self.at + 1)

    def _range_end(self, field: Field, range_start: int) -> None:
        self._skip_space()
        start = self.at
        if start == len(self.text) or self.text[start] in "],()" or chunk_at(self.text, start).upper() == "TO":
            raise QueryError("a range is written [a TO b]", range_start)
        value = self._one_value(field, "(),]")
        if value == Value("*"):
            self._emit("VALUE", value, start, self.at)
        else:
            self._value(field, value, start)

    def _list(self, field: Field) -> None:
        opened, count = self.at, 0
        self._emit("_LLIST", "(", self.at, self.at + 1)
        while True:
            self._skip_space(commas=True)
            if self.at >= len(self.text):
                raise QueryError("this list is not closed", opened)
            if self.text[self.at] == ")":
                break
            count = self._list_item(field, count)
        if not count:
            raise QueryError("this list is empty", opened, self.at + 1 - opened)
        self._emit("_RLIST", ")", self.at, self.at + 1)

    def _list_item(self, field: Field, count: int) -> int:
        start = self.at
        values = [Value(self._quoted(), literal=True)] if self.text[start] == '"' else self._unquoted_item(field)
        for value in values:
            count += 1
            if count > limits.MOST_VALUES:
                raise QueryError(f"a list may have {limits.MOST_VALUES:,} values", start)
            if count > 1:
                self._emit("_COMMA", ",", start, start)
            self._value(field, value, start)
        return count

    def _unquoted_item(self, field: Field) -> list[Value]:
        """Words up to a comma or the end of the line; OR between them separates as a comma does."""
        groups: list[list[Plain]] = [[]]
        while self.at < len(self.text) and self.text[self.at] not in '),\r\n"':
            start = self.at
            if not _has_spaces(field):
                groups.append([])
            word = self._plain("(),")
            self._refuse_adjacent_bracket(start)
            if not word.escaped and word.text.upper() == "OR":
                groups.append([])
            elif not word.escaped and word.text.upper() in KEYWORDS:
                raise QueryError(f"in a list, quote a value with {word.text!r} in it", start, len(word.text))
            else:
                groups[-1].append(word)
            self._skip_space(lines=False)
        return [self._joined(field, words) for words in groups if words]

    def _joined(self, field: Field, words: list[Plain]) -> Value:
        text = " ".join(word.text for word in words)
        if len(words) == 1:
            return self._plain_value(field, words[0])
        return Value(text, literal=not any(word.escaped for word in words) and not {"*", "?"} & set(text))

    # values

    def _one_value(self, field: Field, stops: str) -> Value:
        if self.text[self.at] == '"':
            return Value(self._quoted(), literal=True)
        if field.kind is Kind.TIME and (match := DATE_AND_TIME.match(self.text, self.at)):
            self.at = match.end()
            return Value(f"{match[1]}T{match[2]}")
        return self._plain_value(field, self._plain(stops))

    def _plain_value(self, field: Field, plain: Plain) -> Value:
        return Value(refang(plain.text) if _is_indicator(field) and not plain.escaped else plain.text)

    def _value(self, field: Field, value: Value, start: int) -> None:
        self._refuse(value_complaint(field, value), start)
        self._emit("VALUE", value, start, self.at)

    def _quoted(self) -> str:
        text, self.at = quoted_at(self.text, self.at)
        return text

    def _plain(self, stops: str) -> Plain:
        plain, self.at = plain_at(self.text, self.at, stops)
        return plain

    # small things

    def _refuse_adjacent_bracket(self, start: int) -> None:
        if self.text[self.at : self.at + 1] == "(":
            raise QueryError("put a value with brackets in quotes", start, self.at + 1 - start)

    def _refuse(self, complaint: str | None, start: int) -> None:
        if complaint:
            raise QueryError(complaint, start, self.at - start)

    def _skip_space(self, *, commas: bool = False, lines: bool = True) -> None:
        while self.at < len(self.text):
            char = self.text[self.at]
            if not (char.isspace() or (commas and char == ",")) or (not lines and char in "\r\n"):
                return
            self.at += 1

    def _emit(self, kind: str, value: Any, start: int, end: int) -> None:
        self.tokens.append(Token(kind, value, start_pos=start, end_pos=end))
        self.at = max(self.at, end)


def _is_indicator(field: Field) -> bool:
    return field.kind is Kind.IP or field.name.endswith(("Address", "Domain", "Url"))


def _has_spaces(field: Field) -> bool:
    """Whether values may have spaces, so that in a list only commas and line ends separate them."""
    textual = field.kind in {Kind.TEXT, Kind.KEYWORD}
    return textual and not _is_indicator(field) and not field.name.endswith(("Id", "SHA256"))
