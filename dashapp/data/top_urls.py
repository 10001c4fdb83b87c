"""The links most messages carry, and what became of these messages."""

import ibis
import pandas as pd

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
_COUNTS = tuple(name for name in TOP_URLS if name != "url")


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
    delivery = messages["explorer_delivery"]
    # Per message first: its URLs are the same for all recipients, and there are far fewer rows to join.
    each = messages.group_by(_id="NetworkMessageId").agg(
        messages=messages.count(),
        blocked=messages.count(where=delivery.isin(BLOCKED)),
        junked=messages.count(where=delivery == Delivery.JUNKED),
        delivered=messages.count(where=delivery == Delivery.DELIVERED),
    )
    urls = joined_rows(engine, messages, Place.URL, {"url_lower"}).filter(ibis._["url_lower"] != "")
    pairs = urls.inner_join(each, urls["NetworkMessageId"] == each["_id"])
    # A message may have the same URL in several places.
    once = pairs.group_by("_id", "url_lower").agg(**{name: pairs[name].max() for name in _COUNTS})
    found = once.group_by(value="url_lower").agg(**{name: once[name].sum().cast("int64") for name in _COUNTS})
    first = leading(found.filter(found[by] > 0), ibis.desc(by), limit)
    return engine.frame(first.rename(url="value").select(*TOP_URLS), TOP_URLS)
