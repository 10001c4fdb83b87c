"""Hunts for senders: who they are, where they are, and whether they have ever written before."""

import ibis
import pandas as pd

from dashapp.data.engine import Engine
from dashapp.data.engine_frame import UTC_TIME
from dashapp.data.engine_sql import FAR_PAST
from dashapp.data.hunts._common import IN_MAILBOX, MOST_ROWS, inbound, is_bad, joined, messages
from dashapp.domain.values import Delivery
from dashapp.query.tree import Everything
from dashapp.query.window import Window

BAD_SENDERS = {"sender": "str", "messages": "int64", "phish": "int64", "share": "float64", "delivered": "int64"}
LEAST_OF_SENDER = 4
BAD_ADDRESSES = {
    "address": "str",
    "bad": "int64",
    "delivered": "int64",
    "senders": "int64",
    "recipients": "int64",
}
MOST_FORGIVEN = 5
LISTED = {
    "time": UTC_TIME,
    "sender": "str",
    "recipient": "str",
    "subject": "str",
    "delivery": "str",
    "message": "str",
}
RARE_DAYS = 14
COUNTRIES = {"country": "str", "messages": "int64", "share": "float64"}
CLUSTERS = {
    "cluster": "int64",
    "messages": "int64",
    "sender_count": "int64",
    "subject_count": "int64",
    "senders": "str",
    "subjects": "str",
}
RARE_DOMAIN = 20
LEAST_DOMAINS = 3
_LISTED_COLUMNS = ("NetworkMessageId", "recipient", "sender_address", "Subject", "explorer_delivery")


def bad_senders(engine: Engine, window: Window, _zone: str) -> pd.DataFrame:
    """Senders with at least four inbound messages of which half or more, but not all, are phishing.

    Args:
        engine: Pinned, and with the right to see messages.
        window: Half-open.

    Returns:
        One row per sender, most delivered first, then by ``sender``.

        - ``sender`` (str): address
        - ``messages``, ``phish`` (int64): message x recipient rows
        - ``share`` (float64): of phishing, 0.5 to below 1
        - ``delivered`` (int64): those that reached the inbox all the same

    Raises:
        EngineError: It was not answered; see ``Engine.frame``.
    """
    rows = messages(engine, window, inbound(), ("sender_address", "primary_threat", "explorer_delivery"))
    counts = rows.group_by(sender=rows["sender_address"]).agg(
        messages=rows.count(),
        phish=rows.count(where=rows["primary_threat"] == "Phish"),
        delivered=rows.count(where=rows["explorer_delivery"] == Delivery.DELIVERED.value),
    )
    counts = counts.mutate(share=counts["phish"] / counts["messages"])
    kept = counts.filter(
        counts["sender"].notnull(),
        counts["messages"] >= LEAST_OF_SENDER,
        counts["share"] >= 0.5,
        counts["phish"] < counts["messages"],
    )
    order = [kept["delivered"].desc(), kept["messages"].desc(), kept["sender"]]
    return engine.frame(kept.order_by(order).limit(MOST_ROWS), BAD_SENDERS)


def bad_addresses(engine: Engine, window: Window, _zone: str) -> pd.DataFrame:
    """IP addresses with more than five inbound messages of malware or phishing from which mail was delivered too.

    Args:
        engine: Pinned, and with the right to see messages.
        window: Half-open.

    Returns:
        One row per address, most delivered first, then by ``address``.

        - ``address`` (str): IPv4 or IPv6
        - ``bad`` (int64): messages with malware or phishing
        - ``delivered`` (int64): messages of any kind that reached an inbox, at least 1
        - ``senders``, ``recipients`` (int64): different ones among those delivered

    Raises:
        EngineError: It was not answered; see ``Engine.frame``.
    """
    columns = ("sender_ip", "sender_address", "recipient", "primary_threat", "explorer_delivery")
    rows = messages(engine, window, inbound(), columns)
    reached = rows["explorer_delivery"] == Delivery.DELIVERED.value
    counts = rows.group_by(address=rows["sender_ip"]).agg(
        bad=rows.count(where=is_bad(rows)),
        delivered=rows.count(where=reached),
        senders=rows["sender_address"].nunique(where=reached),
        recipients=rows["recipient"].nunique(where=reached),
    )
    kept = counts.filter(counts["address"].notnull(), counts["bad"] > MOST_FORGIVEN, counts["delivered"] > 0)
    return engine.frame(kept.order_by([kept["delivered"].desc(), kept["address"]]).limit(MOST_ROWS), BAD_ADDRESSES)


def new_repliers(engine: Engine, window: Window, _zone: str) -> pd.DataFrame:
    """Replies and forwards that reached a mailbox from a domain that had never written before the window.

    Args:
        engine: Pinned, and with the right to see messages.
        window: Half-open; what came before it is what is known.

    Returns:
        One row per message x recipient, newest first.

        - ``time`` (datetime64[us, UTC])
        - ``sender``, ``recipient``, ``subject``, ``delivery``, ``message`` (str): the last is ``NetworkMessageId``

    Raises:
        EngineError: It was not answered; see ``Engine.frame``.
    """
    rows = messages(engine, window, inbound(), (*_LISTED_COLUMNS, "subject_lower", "sender_domain"))
    answers = rows["subject_lower"].re_search(r"^\s*(re|fw|fwd)\s*:")
    found = rows.filter(rows["sender_domain"].notnull(), answers, rows["explorer_delivery"].isin(IN_MAILBOX))
    before = Window(FAR_PAST, window.start)
    known = messages(engine, before, Everything(), ("sender_domain",)).select("sender_domain").distinct()
    return _listed(engine, found.anti_join(known, "sender_domain"))


def quick_codes(engine: Engine, window: Window, _zone: str) -> pd.DataFrame:
    """Inbound messages with a QR code that reached a mailbox, from senders with at most one other in two weeks before.

    Args:
        engine: Pinned, and with the right to see messages.
        window: Half-open.

    Returns:
        As ``new_repliers``.

    Raises:
        EngineError: It was not answered; see ``Engine.frame``.
    """
    links = engine.table("EmailUrlInfo", columns={"NetworkMessageId", "UrlLocation", "Timestamp"})
    codes = links.filter(links["UrlLocation"].lower() == "qrcode").select("NetworkMessageId").distinct()
    rows = messages(engine, window, inbound(), _LISTED_COLUMNS)
    rows = rows.filter(rows["explorer_delivery"].isin(IN_MAILBOX), rows["sender_address"].notnull())
    rows = rows.semi_join(codes, "NetworkMessageId")
    earlier = messages(engine, Window(FAR_PAST, window.end), Everything(), ("sender_address",))
    earlier = earlier.select(other=earlier["sender_address"], at=earlier["Timestamp"])
    same = [
        rows["sender_address"] == earlier["other"],
        earlier["at"] < rows["Timestamp"],
        earlier["at"] >= rows["Timestamp"] - ibis.interval(days=RARE_DAYS),
    ]
    pairs = rows.join(earlier, same).select("NetworkMessageId", "recipient")
    busy = pairs.group_by("NetworkMessageId", "recipient").agg(before=pairs.count())
    return _listed(engine, rows.anti_join(busy.filter(busy["before"] > 1), ["NetworkMessageId", "recipient"]))


def countries(engine: Engine, window: Window, _zone: str) -> pd.DataFrame:
    """Messages by the country of the sender's IPv4 address, of any direction.

    Args:
        engine: Pinned, and with the right to see messages.
        window: Half-open.

    Returns:
        One row per country, most messages first, then by ``country``.

        - ``country`` (str): ISO 3166-1 alpha-2, ``(none)`` where the address is of no known country
        - ``messages`` (int64): message x recipient rows
        - ``share`` (float64): of all in the table

    Raises:
        EngineError: It was not answered; see ``Engine.frame``.
    """
    rows = messages(engine, window, Everything(), ("sender_ip", "sender_country"))
    rows = rows.filter(rows["sender_ip"].notnull(), ~rows["sender_ip"].contains(":"))
    country = rows["sender_country"].fill_null("(none)")
    counts = rows.group_by(country=country).agg(messages=rows.count())
    shares = counts.mutate(share=counts["messages"] / counts["messages"].sum())
    return engine.frame(shares.order_by([shares["messages"].desc(), shares["country"]]), COUNTRIES)


def rare_clusters(engine: Engine, window: Window, _zone: str) -> pd.DataFrame:
    """Clusters of similar inbound messages with links, from three or more domains that wrote at most twenty times.

    Args:
        engine: Pinned, and with the right to see messages.
        window: Half-open.

    Returns:
        One row per cluster, most messages first, then by ``cluster``.

        - ``cluster`` (int64): ``EmailClusterId``
        - ``messages``, ``sender_count``, ``subject_count`` (int64)
        - ``senders``, ``subjects`` (str): the different ones, in order, joined by ``, ``

    Raises:
        EngineError: It was not answered; see ``Engine.frame``.
    """
    columns = ("NetworkMessageId", "EmailClusterId", "UrlCount", "sender_address", "sender_domain", "Subject")
    rows = messages(engine, window, inbound(), columns)
    domains = messages(engine, Window(FAR_PAST, window.end), Everything(), ("sender_domain",))
    seen = domains.group_by("sender_domain").agg(times=domains.count())
    rare = seen.filter(seen["times"] <= RARE_DOMAIN)
    rows = rows.filter(rows["EmailClusterId"].notnull(), rows["UrlCount"] > 0).semi_join(rare, "sender_domain")
    clusters = rows.group_by(cluster=rows["EmailClusterId"]).agg(
        messages=rows.count(),
        domains=rows["sender_domain"].nunique(),
        sender_count=rows["sender_address"].nunique(),
        subject_count=rows["Subject"].nunique(),
        senders=joined(rows["sender_address"]),
        subjects=joined(rows["Subject"]),
    )
    kept = clusters.filter(clusters["domains"] >= LEAST_DOMAINS)
    return engine.frame(kept.order_by([kept["messages"].desc(), kept["cluster"]]).limit(MOST_ROWS), CLUSTERS)


def _listed(engine: Engine, rows: ibis.Table) -> pd.DataFrame:
    named = rows.select(
        time=rows["Timestamp"],
        sender=rows["sender_address"],
        recipient=rows["recipient"],
        subject=rows["Subject"],
        delivery=rows["explorer_delivery"],
        message=rows["NetworkMessageId"],
    )
    order = [named["time"].desc(), named["message"], named["recipient"]]
    return engine.frame(named.order_by(order).limit(MOST_ROWS), LISTED)
