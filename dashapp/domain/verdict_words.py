"""What a message was and what became of it, in words.

What the data does not say is left out or called unknown, never guessed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dashapp.domain.message_time import after
from dashapp.domain.values import Delivery, Threat

# How each detection technology came to its verdict, as the second half of a sentence.
TECHNOLOGIES = {
    "Advanced filter": "a learned model found the marks of it in the message",
    "Antimalware protection": "a signature of the malware scanner matched",
    "Bulk": "its sender is known for mass mail and complaints",
    "Campaign": "it belongs to a known campaign",
    "Domain reputation": "the sender's domain has a bad reputation",
    "File detonation": "an attachment was opened in a sandbox and did harm there",
    "File detonation reputation": "an attachment had done harm in a sandbox before",
    "File reputation": "an attachment is known to be malicious",
    "Fingerprint matching": "it closely resembles a message found malicious before",
    "General filter": "a general rule of the filter matched",
    "Impersonation brand": "it imitates a well-known brand",
    "Impersonation domain": "its sender imitates a protected domain",
    "Impersonation user": "its sender imitates a protected person",
    "IP reputation": "the sending address has a bad reputation",
    "LLM content analysis": "a language model found the intent of it in the text",
    "Mail bombing": "it is part of a flood of messages to one mailbox",
    "Mailbox intelligence impersonation": "its sender imitates somebody the recipient writes with",
    "Mixed analysis detection": "several filters together were sure of it",
    "Spoof DMARC": "the sender's domain is forged: DMARC failed",
    "Spoof external domain": "the sender's domain, one outside the organisation, is forged",
    "Spoof intra-org": "the sender's domain, one of the organisation's own, is forged",
    "URL detonation": "a link was opened in a sandbox and led to something harmful",
    "URL detonation reputation": "a link had led to something harmful in a sandbox before",
    "URL malicious reputation": "a link is known to be malicious",
}
_NOUNS: dict[str, str] = {Threat.MALWARE: "malware", Threat.PHISH: "phishing", Threat.SPAM: "spam"}
_SURE = {"High": "high confidence", "Normal": "normal confidence", "Low": "low confidence"}
_PLACES = {
    "inbox/folder": "the inbox",
    "junk folder": "the junk folder",
    "deleted items": "the deleted items",
    "deleted items folder": "the deleted items",
    "quarantine": "quarantine",
    "on-premises/external": "a mailbox outside the cloud service",
    "on-prem/external": "a mailbox outside the cloud service",
}
_NOWHERE = {"dropped": "it was dropped", "failed": "it could not be delivered"}
_MAILBOX = ("inbox", "junk", "on-prem")
_DONE = ("success", "adminpolicy")
_ACTORS = {
    "zap": "Zero-hour purge",
    "manual": "An administrator",
    "automated": "An automated investigation",
    "redelivery": "The service",
    "release": "A release from quarantine",
    "dynamic": "Dynamic delivery",
}


@dataclass(frozen=True)
class Step:
    """One action after delivery, as ``EmailPostDeliveryEvents`` has it; None where it does not say."""

    time: datetime
    kind: str | None = None
    action: str | None = None
    result: str | None = None
    location: str | None = None

    @property
    def is_done(self) -> bool:
        """It succeeded."""
        return is_done(self.result)


@dataclass(frozen=True)
class Case:
    """What decides how a message is explained; None and empty: the data does not say.

    Attributes:
        threat: The worst verdict: Malware, Phish, Spam, None.
        technologies: What found it, that of the worst verdict first.
        confidence: High, Normal, Low.
        family: Of the malware.
        delivery: What happened at delivery: Delivered, Delivered to junk, Blocked, Replaced.
        location: Where it was put then.
        latest: Where it is now by the source itself; the actions after delivery count for more.
        override: What a policy of people decided, such as ``Allowed by organization policy``.
        override_source: Which policy.
        direction: Inbound, Outbound, Intra-org.
        simulation: It was sent by the organisation's own training.
        received: When.
        steps: What was done after delivery, earliest first.
        clicks: How often the recipient clicked one of its links, as far as clicks are known.
        through: How many of those clicks reached the link.
        reports: How often it was reported.
    """

    threat: str | None = None
    technologies: tuple[str, ...] = ()
    confidence: str | None = None
    family: str | None = None
    delivery: str | None = None
    location: str | None = None
    latest: str | None = None
    override: str | None = None
    override_source: str | None = None
    direction: str | None = None
    simulation: bool = False
    received: datetime | None = None
    steps: tuple[Step, ...] = ()
    clicks: int = 0
    through: int = 0
    reports: int = 0

    @property
    def is_attack(self) -> bool:
        """Malware or phishing."""
        return self.threat in (Threat.MALWARE, Threat.PHISH)

    @property
    def place(self) -> str | None:
        """Where the message is now."""
        moved = [step.location for step in self.steps if step.is_done and step.location]
        return moved[-1] if moved else self.latest or self.location

    @property
    def reached(self) -> bool:
        """It came into the mailbox at delivery."""
        return self.delivery in (Delivery.DELIVERED, Delivery.JUNKED, Delivery.REPLACED)


@dataclass(frozen=True)
class Explanation:
    """A case in words.

    Attributes:
        title: One short phrase without an end.
        tone: ``bad``: harm is possible; ``warn``: it was; ``good``: it was prevented; ``quiet``: nothing to say.
        sentences: Whole sentences, the most important first.
    """

    title: str
    tone: str
    sentences: tuple[str, ...]


def explain(case: Case) -> Explanation:
    """What the message was, how that was found, and what became of it."""
    sentences = [
        *_found(case),
        *_delivered(case),
        *_overridden(case),
        *_later(case),
        *_people(case),
    ]
    return Explanation(_title(case), _tone(case), tuple(sentences))


def is_done(result: str | None) -> bool:
    """Whether an action after delivery succeeded, by what the data says of its result."""
    return (result or "").lower() in _DONE


def noun(threat: str | None) -> str:
    """A verdict as a word in a sentence; of one we do not know its own name."""
    return _NOUNS.get(threat, threat.lower()) if threat else ""


def place(location: str | None) -> str:
    """A location as a word in a sentence; of one we do not know its own name."""
    return _PLACES.get((location or "").lower(), location or "")


def _title(case: Case) -> str:
    what = noun(case.threat)
    if case.threat is None:
        return f"{case.delivery}, no verdict in this data" if case.delivery else "No verdict in this data"
    if case.threat == Threat.NONE:
        found = "No threat found"
        return f"{found}, {case.delivery.lower()}" if case.delivery else found
    if case.delivery == Delivery.BLOCKED:
        return f"Blocked as {what}{', later released' if _in_mailbox(case.place) else ''}"
    if case.delivery == Delivery.REPLACED:
        return f"Delivered without its attachment, which was {what}"
    if case.delivery == Delivery.JUNKED:
        return f"Delivered to junk as {what}{_end(case)}"
    if case.delivery == Delivery.DELIVERED:
        return f"{what.capitalize()} that was delivered{_end(case)}"
    return what.capitalize()


def _end(case: Case) -> str:
    if any(step.is_done for step in case.steps):
        return "" if case.place == case.location or _is_inbox(case.place) else ", later removed"
    return ", could not be removed" if case.steps else ""


def _tone(case: Case) -> str:
    if case.threat in (None, Threat.NONE) or case.simulation:
        return "quiet"
    if case.delivery == Delivery.BLOCKED:
        return "bad" if _in_mailbox(case.place) and case.is_attack else "good"
    if case.delivery == Delivery.REPLACED:
        return "good"
    if not case.is_attack or case.delivery is None:
        return "quiet"
    if case.through:
        return "bad"
    if case.delivery == Delivery.JUNKED:
        return "bad" if _is_inbox(case.place) else "warn"
    return "bad" if _in_mailbox(case.place) or case.place is None else "warn"


def _in_mailbox(location: str | None) -> bool:
    return (location or "").lower().startswith(_MAILBOX)


def _is_inbox(location: str | None) -> bool:
    return (location or "").lower().startswith("inbox")


def _found(case: Case) -> list[str]:
    if case.simulation:
        return ["This is a message of the organisation's own attack simulation; it is left out of all numbers."]
    if case.threat is None:
        return ["The data brings no verdict for this message, so nothing is known about whether it was a threat."]
    if case.threat == Threat.NONE:
        return ["No filter found a threat in it."]
    sure = f" ({_SURE[case.confidence]})" if case.confidence in _SURE else ""
    family = f" of the family {case.family}" if case.family else ""
    head = f"It was judged {noun(case.threat)}{family}{sure}"
    if not case.technologies:
        return [f"{head}; which technology found it is not in this data."]
    first, *rest = (_reason(name) for name in case.technologies)
    also = [f"Also: {reason}." for reason in rest]
    return [f"{head}: {first}.", *also]


def _reason(technology: str) -> str:
    known = TECHNOLOGIES.get(technology)
    return f"{known} ({technology})" if known else f"found by {technology}"


def _delivered(case: Case) -> list[str]:
    where, lost = place(case.location), _NOWHERE.get((case.location or "").lower())
    whose = "the recipient's mailbox" if case.direction != "Outbound" else "the recipient"
    if case.delivery == Delivery.BLOCKED:
        if lost:
            return [f"It never reached {whose}: {lost}."]
        return [f"It was kept from {whose}{f' and put into {where}' if where else ''}."]
    if case.delivery == Delivery.REPLACED:
        return ["The message was delivered with a note in place of the attachment."]
    if case.delivery is None:
        return [f"It was put into {where}."] if where else ["What happened at delivery is not in this data."]
    return [f"It was delivered{f' to {where}' if where else ''}."]


def _overridden(case: Case) -> list[str]:
    if not case.override or case.override == "None":
        return []
    source = f" ({case.override_source})" if case.override_source else ""
    whose = "the organisation" if "organi" in case.override.lower() else "the recipient"
    allowed = case.override.lower().startswith("allow")
    decided = f"A setting of {whose}{source} {'let it pass' if allowed else 'held it back'}"
    judged = case.threat not in (None, Threat.NONE) and not case.simulation
    if allowed and case.reached and judged:
        return [f"{decided} although it was judged {noun(case.threat)}."]
    return [f"{decided}, whatever the filters said."]


def _later(case: Case) -> list[str]:
    return [_step(step, case.received) for step in case.steps]


def _step(step: Step, received: datetime | None) -> str:
    kind = (step.kind or "").lower()
    who = next((name for word, name in _ACTORS.items() if word in kind), step.kind or "Something")
    when = f" {after(received, step.time)}" if received else ""
    did = (step.action or "acted").lower()
    if did.startswith("moved to ") and step.location:
        did = f"moved it to {place(step.location)}"
    elif did in {"soft deleted", "hard deleted"}:
        did = f"{did.replace(' ', '-')} it"
    if step.is_done:
        return f"{who} {did}{when}."
    said = f" (result: {step.result})" if step.result else ""
    return f"{who} tried to act{when} and did not succeed{said}: it {_tried(did)}."


def _tried(did: str) -> str:
    return f"was to have {did.replace('moved it', 'moved the message').replace(' it', ' the message')}"


def _people(case: Case) -> Sequence[str]:
    told = []
    if case.clicks:
        times = "once" if case.clicks == 1 else f"{case.clicks:,} times"
        through = (
            "the link was not opened" if not case.through else f"{_of(case.through, case.clicks)} reached the link"
        )
        told.append(f"The recipient clicked a link in it {times}; {through}.")
    if case.reports:
        told.append(f"It was reported {'once' if case.reports == 1 else f'{case.reports:,} times'}.")
    return told


def _of(through: int, clicks: int) -> str:
    return "the click" if clicks == 1 else f"{through:,} of the clicks"
