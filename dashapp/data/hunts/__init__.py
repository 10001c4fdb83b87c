"""Hunts: the ready-made questions that need grouping or more than one table, each answered by one table.

Every answer is a function ``(engine, window, zone) -> pandas.DataFrame`` with a documented frame, at most ``MOST_ROWS``
rows, the most telling first.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from dashapp.data.engine import Engine
from dashapp.data.hunts import afterwards, people, senders
from dashapp.data.hunts._common import INBOUND, MOST_ROWS
from dashapp.domain.metrics import ATTACK_FILTER
from dashapp.query.window import Window

__all__ = ["HUNTS", "MOST_ROWS", "Answer", "Hunt", "answer"]

Answer = Callable[[Engine, Window, str], pd.DataFrame]


@dataclass(frozen=True)
class Hunt:
    """How one question is answered.

    Attributes:
        answer: The function.
        leads: Column to the field of messages its values are of: a value leads to the messages that have it.
        filter_text: Which messages these are, besides; empty: all.
    """

    answer: Answer
    leads: dict[str, str]
    filter_text: str = ""


HUNTS = {
    "efficacy": Hunt(afterwards.efficacy_shares, {}),
    "bad-senders": Hunt(senders.bad_senders, {"sender": "SenderFromAddress"}, INBOUND),
    "bad-addresses": Hunt(senders.bad_addresses, {"address": "SenderIP"}, INBOUND),
    "bombing": Hunt(people.bombed, {"recipient": "RecipientEmailAddress"}, INBOUND),
    "new-repliers": Hunt(senders.new_repliers, {"message": "NetworkMessageId", "sender": "SenderFromAddress"}),
    "qr-codes": Hunt(senders.quick_codes, {"message": "NetworkMessageId", "sender": "SenderFromAddress"}),
    "countries": Hunt(senders.countries, {"country": "SenderCountry"}),
    "clicked-first": Hunt(
        afterwards.clicked_first, {"message": "NetworkMessageId", "recipient": "RecipientEmailAddress"}
    ),
    "zap-by-day": Hunt(afterwards.purged_by_day, {}),
    "remediation": Hunt(
        people.remediated, {"recipient": "RecipientEmailAddress"}, 'AdditionalAction:"Manual remediation"'
    ),
    "most-attacked": Hunt(people.most_attacked, {"recipient": "RecipientEmailAddress"}, ATTACK_FILTER),
    "rare-clusters": Hunt(senders.rare_clusters, {"cluster": "EmailClusterId"}),
}


def answer(engine: Engine, slug: str, window: Window, zone: str = "UTC") -> pd.DataFrame:
    """The answer to the hunt called ``slug``.

    Args:
        engine: Inside the viewer's scope.
        slug: A key of ``HUNTS``.
        window: Half-open.
        zone: Where days and hours begin.

    Returns:
        The frame of the hunt's function.

    Raises:
        KeyError: There is no such hunt.
        PermissionDenied: The viewer may not see messages.
        EngineError: It was not answered; see ``Engine.frame``.
    """
    found = HUNTS[slug]
    engine.ensure_reads_messages()
    return found.answer(engine.pinned(), window, zone)
