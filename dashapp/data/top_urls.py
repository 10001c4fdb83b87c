"""The links most messages carry, and what became of these messages."""

from typing import Any

import ibis
import pandas as pd

from dashapp.data.counting import counted
from dashapp.data.engine import Engine
from dashapp.data.filtering import columns_of, where
from dashapp.data.filtering.places import joined_rows
from dashapp.data.remembered import remembered
from dashapp.data.valued import leading
from dashapp.domain.values import Delivery
from dashapp.query.fields import Place
from dashapp.query.tree import Node
from dashapp.query.window import Window

TOP_URLS = {"url": "str", "messages": "int64", "blocked": "int64", "junked": "int64", "delivered": "int64"}
BLOCKED = (Delivery.BLOCKED, Delivery.REPLACED)
FEW = 1_000_000  # messages, up to which URLs are counted at once
CANDIDATES = 20_000  # marks that are looked at more closely


@remembered
def top_urls(engine: Engine, node: Node, window: Window, *, limit: int, by: str = "messages") -> pd.DataFrame:
    """The URLs in most of the messages.

    Args:
        engine: Inside the viewer's scope.
        node: Which messages.
        window: Half-open.
        limit: Most rows to return.
        by: The count that decides which URLs lead.

    Returns:
        One row per URL, by the count ``by`` descending, then ``url``.

        - ``url`` (str): in lower case, as the field ``Url`` compares
        - ``messages`` (int64): message x recipient rows with the URL anywhere in them, each once
        - ``blocked`` (int64): of these, blocked at delivery or delivered without the attachment
        - ``junked``, ``delivered`` (int64): of these, put into the junk folder or delivered; the rest of ``messages``
          has no known delivery

    Raises:
        FilterError: The filter means nothing.
        PermissionDenied: The viewer may not see URLs, or what the filter looks at.
        EngineError: It was not answered; see ``Engine.frame``.
    """
    engine = engine.pinned()
    columns = {"NetworkMessageId", "explorer_delivery", *columns_of(node)}
    messages = where(engine, engine.table("EmailEvents", window, columns=columns), node)
    urls = joined_rows(engine, messages, Place.URL, {"url_lower"}).filter(ibis._["url_lower"] != "")
    if _number(engine, node, window) <= FEW:
        return _counted(engine, messages, urls, by, limit)
    marks = _most_marked(engine, messages, urls, by)
    found = _counted(engine, messages, _marked(urls, marks["mark"]), by, limit)
    if len(marks) < CANDIDATES or (len(found) == limit and found[by].iloc[-1] > marks["most"].iloc[-1]):
        return found
    return _counted(engine, messages, urls, by, limit)


def _number(engine: Engine, node: Node, window: Window) -> int:
    found = counted(engine, node, window)
    frame = engine.frame(found.rows.agg(messages=found.total), {"messages": "int64"}, lane=found.lane)
    return int(frame["messages"].iloc[0])


def _most_marked(engine: Engine, messages: ibis.Table, urls: ibis.Table, by: str) -> pd.DataFrame:
    """The marks (a number of 64 bits made of a URL) that may lead, with the ``most`` that any URL of each can count.

    Millions of URLs differ, and they and the ids are long: counted by marks they take a fifth of the time. Two URLs,
    or two messages, of one mark make a count too large, never too small, and so does a URL twice in a message.
    """
    each = messages.group_by(_id=messages["NetworkMessageId"].hash()).agg(_most=_counts(messages)[by])
    marked = urls.select(_of=urls["NetworkMessageId"].hash(), _mark=urls["url_lower"].hash())
    pairs = marked.inner_join(each.filter(each["_most"] > 0), [("_of", "_id")])
    sums = pairs.group_by("_mark").agg(most=pairs["_most"].sum().cast("int64"))
    first = sums.order_by(sums["most"].desc()).limit(CANDIDATES)
    frame = engine.frame(first.rename(mark="_mark"), {"mark": "int64", "most": "int64"})
    return frame.sort_values("most", ascending=False, ignore_index=True)


def _marked(urls: ibis.Table, marks: pd.Series) -> ibis.Table:
    texts = sorted(marks.astype("str"))
    listed = ibis.literal(texts, type="array<string>").unnest().name("_one").as_table()
    return urls.semi_join(listed, urls["url_lower"].hash() == listed["_one"].cast("int64"))


def _counted(engine: Engine, messages: ibis.Table, urls: ibis.Table, by: str, limit: int) -> pd.DataFrame:
    """The leading of ``urls``."""
    # Per message first: its URLs are the same for all recipients, and there are far fewer rows to join.
    each = messages.group_by(_id="NetworkMessageId").agg(**_counts(messages))
    pairs = urls.inner_join(each, urls["NetworkMessageId"] == each["_id"])
    # A message may have the same URL in several places.
    names = [name for name in TOP_URLS if name != "url"]
    once = pairs.group_by("_id", "url_lower").agg(**{name: pairs[name].max() for name in names})
    found = once.group_by(value="url_lower").agg(**{name: once[name].sum().cast("int64") for name in names})
    first = leading(found.filter(found[by] > 0), ibis.desc(by), limit)
    return engine.frame(first.rename(url="value").select(*TOP_URLS), TOP_URLS)


def _counts(rows: ibis.Table) -> dict[str, Any]:
    delivery = rows["explorer_delivery"]
    return {
        "messages": rows.count(),
        "blocked": rows.count(where=delivery.isin(BLOCKED)),
        "junked": rows.count(where=delivery == Delivery.JUNKED),
        "delivered": rows.count(where=delivery == Delivery.DELIVERED),
    }
