"""Where the numbers of a page lead: to the messages behind them, or to their breakdown for who may not see messages."""

from collections.abc import Callable
from dataclasses import dataclass

from dashapp.domain.metrics import ATTACK_FILTER, DEFINITIONS, Metric
from dashapp.query.grammar import parse
from dashapp.query.printing import to_text
from dashapp.query.tree import Everything, Match, Node, Not, Present, Value, all_of

NOTHING = "(none)"  # what the questions call a missing value
REST = "Others"


@dataclass(frozen=True)
class Leads:
    """Addresses for one viewer.

    Attributes:
        may_read: The viewer may see messages.
        address: Address of a path with parts of its state; keeps the range and the zone of the view.
    """

    may_read: bool
    address: Callable[..., str]

    def to_metric(self, metric: Metric) -> str:
        """The messages behind ``metric``, or its breakdown."""
        if self.may_read:
            return self.to_filter(DEFINITIONS[metric].filter_text)
        return self.address("/", tab=metric)

    def to_filter(self, text: str) -> str:
        """The messages ``text`` keeps, or the breakdown of all attacks."""
        if self.may_read:
            return self.address("/explorer", query=to_text(parse(text)))
        return self.address("/", tab=Metric.ATTACKS)

    def to_value(self, field: str, value: str, *, among: str = ATTACK_FILTER) -> str:
        """The messages of ``among`` with ``value`` in ``field``, or their breakdown; empty for a sum of the rest."""
        if value == REST:
            return ""
        text = narrowed(among, field, value)
        return (
            self.address("/explorer", query=text)
            if self.may_read
            else self.address("/", tab=Metric.ATTACKS, query=text)
        )

    @property
    def action(self) -> str:
        """What following a lead does."""
        return "Show messages" if self.may_read else "Show breakdown"


def narrowed(text: str, field: str, value: str) -> str:
    """``text`` and ``field`` having exactly ``value``, as query text."""
    condition: Node = Not(Present(field)) if value == NOTHING else Match(field, (Value(value, literal=True),))
    return to_text(all_of(parse(text) if text else Everything(), condition))
