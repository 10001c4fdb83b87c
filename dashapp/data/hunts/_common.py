"""What several hunts share."""

from collections.abc import Collection
from functools import cache

import ibis

from dashapp.data.engine import Engine
from dashapp.data.filtering import columns_of, where
from dashapp.domain.values import Delivery
from dashapp.query.grammar import parse
from dashapp.query.tree import Node
from dashapp.query.window import Window

MOST_ROWS = 500
INBOUND = "EmailDirection:Inbound IsSimulation:false"
KEY = ("NetworkMessageId", "recipient")
IN_MAILBOX = (Delivery.DELIVERED.value, Delivery.JUNKED.value)
SEPARATOR = ", "


@cache
def inbound() -> Node:
    """Mail from outside, without our own simulations."""
    return parse(INBOUND)


def messages(engine: Engine, window: Window | None, node: Node, columns: Collection[str]) -> ibis.Table:
    """``columns`` of the messages ``node`` keeps, with their ``Timestamp``."""
    wanted = {*columns, "Timestamp"}
    rows = engine.table("EmailEvents", window, columns={*wanted, *columns_of(node), *KEY})
    return where(engine, rows, node).select(*sorted(wanted))


def is_bad(rows: ibis.Table) -> ibis.Value:
    """Whether a message is malware or phishing."""
    return rows["primary_threat"].isin(["Malware", "Phish"])


def joined(values: ibis.Value) -> ibis.Value:
    """Different values of a group as one text, in order."""
    return values.cast("string").collect(distinct=True).sort().join(SEPARATOR)
