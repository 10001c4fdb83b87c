"""One message with everything that belongs to it, and what the pages read from that."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from dashapp.domain.message_timeline import Event, Row, timeline
from dashapp.domain.values import Threat
from dashapp.domain.verdict_words import Case, Step

HEADER_FIELDS = frozenset({"headers", "rawheaders", "messageheaders", "internetmessageheaders", "header"})
_THROUGH = ("Allowed", "Block overridden", "Pending verdict bypassed")


@dataclass(frozen=True)
class Story:
    """One message for one recipient. Rows are those of ``dashapp.data.message``, None where the data does not say.

    Attributes:
        message: Its own row.
        copies: One row for each recipient the viewer may see, this one among them.
        urls: Its URLs.
        attachments: The recipient's attachments.
        records: What other tables record about it, for all of ``copies``.
    """

    message: Row
    copies: Sequence[Row] = ()
    urls: Sequence[Row] = ()
    attachments: Sequence[Row] = ()
    records: Sequence[Row] = field(default=())

    @property
    def own(self) -> list[Row]:
        """The records of this recipient, and those of nobody in particular."""
        return [record for record in self.records if record["who"] in (None, self.message["recipient"])]

    @property
    def events(self) -> list[Event]:
        """What happened, earliest first."""
        return timeline(self.message, self.own)

    @property
    def others(self) -> list[Row]:
        """The copies of the other recipients."""
        return [copy for copy in self.copies if copy["recipient"] != self.message["recipient"]]

    @property
    def campaigns(self) -> list[Row]:
        """The campaigns it belongs to."""
        return self._of("CampaignInfo")

    @property
    def case(self) -> Case:
        """What decides how it is explained."""
        told, clicks = self.message, self._of("UrlClickEvents")
        return Case(
            threat=told["primary_threat"],
            technologies=_technologies(told) if told["primary_threat"] != Threat.NONE else (),
            confidence=told["confidence"],
            family=told["threat_family"],
            delivery=told["explorer_delivery"],
            location=told["DeliveryLocation"],
            latest=told["LatestDeliveryLocation"],
            override=told["primary_override"],
            override_source=told["primary_override_source"],
            direction=told["EmailDirection"],
            simulation=bool(told["is_simulation"]),
            received=told["Timestamp"],
            steps=tuple(
                Step(one["Timestamp"], one["kind"], one["what"], one["result"], one["place"])
                for one in self._of("EmailPostDeliveryEvents")
            ),
            clicks=len(clicks),
            through=sum(_is_through(click) for click in clicks),
            reports=len(self._of("UserSubmissions")),
        )

    def clicks_on(self, url: str) -> tuple[int, int]:
        """How often a URL was clicked, and how many clicks reached it; by every recipient of ``copies``."""
        clicks = [one for one in self.records if one["table"] == "UrlClickEvents" and one["text"] == url]
        return len(clicks), sum(_is_through(click) for click in clicks)

    @property
    def fields(self) -> dict[str, str]:
        """What the source said beyond the known columns, by its own names; the headers are not among them."""
        return {name: value for name, value in self._extras.items() if _plain(name) not in HEADER_FIELDS}

    @property
    def headers(self) -> str:
        """The message's header as the source gave it; empty if it gave none."""
        return "\n".join(value for name, value in self._extras.items() if _plain(name) in HEADER_FIELDS)

    @property
    def _extras(self) -> dict[str, str]:
        text = self.message["AdditionalFields"]
        try:
            found = json.loads(text) if text else {}
        except (ValueError, RecursionError):
            found = {"AdditionalFields": text}
        found = found if isinstance(found, dict) else {"AdditionalFields": found}
        return {name: _as_text(value) for name, value in found.items() if value not in (None, "", [], {})}

    @property
    def domains(self) -> list[str]:
        """Domains of its URLs, the most frequent first."""
        return [name for name, _ in Counter(url["UrlDomain"] for url in self.urls if url["UrlDomain"]).most_common()]

    def _of(self, table: str) -> list[Row]:
        return [record for record in self.own if record["table"] == table]


def _technologies(told: Row) -> tuple[str, ...]:
    named = [told["primary_technology"], *(told["det_techs"] or "").split(", ")]
    return tuple(dict.fromkeys(name for name in named if name))


def _is_through(click: Row) -> bool:
    return bool(click["through"]) or click["what"] in _THROUGH


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "").replace(" ", "")


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
