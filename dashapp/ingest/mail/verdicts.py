"""What the receiving system said of a message in its own header fields; nothing is judged here."""

import json
import re
from dataclasses import dataclass

from dashapp.ingest.mail.headers import Fields, first

_SPAM_FROM = 5  # spam confidence level
_CATEGORIES = {"PHSH": "Phish", "HPHISH": "Phish", "HPHSH": "Phish", "MALW": "Malware", "SPM": "Spam", "HSPM": "Spam"}
_DESTINATIONS = {"I": ("Delivered", "Inbox/folder"), "J": ("Junked", "Junk folder"), "C": ("Delivered", "Inbox/folder")}
_RESULT = re.compile(r"\b(spf|dkim|dmarc|compauth)\s*=\s*([a-zA-Z]+)")
_NAMES = {"spf": "SPF", "dkim": "DKIM", "dmarc": "DMARC", "compauth": "CompAuth"}


@dataclass(frozen=True)
class Verdict:
    """What was said.

    Attributes:
        threat: ``Malware``, ``Phish``, ``Spam`` or empty for "no threat".
        confidence: JSON, threat to confidence; empty if not said.
    """

    threat: str
    confidence: str = ""


def verdict(fields: Fields) -> Verdict | None:
    """The verdict in the message's header; None where nobody gave one."""
    report = dict(re.findall(r"\b([A-Z]+):([^;\s]*)", first(fields, "x-forefront-antispam-report")))
    level = _number(first(fields, "x-ms-exchange-organization-scl") or report.get("SCL", ""))
    threat = _CATEGORIES.get(report.get("CAT", ""))
    if threat:
        high = report["CAT"] in ("HPHISH", "HPHSH")
        said = {"Phish": "High" if high else "Normal"} if threat == "Phish" else {threat: str(level)} if level else {}
        return Verdict(threat, json.dumps(said) if said else "")
    if level is not None:
        return Verdict("Spam", json.dumps({"Spam": str(level)})) if level >= _SPAM_FROM else Verdict("")
    return _filter_verdict(fields)


def _filter_verdict(fields: Fields) -> Verdict | None:
    virus = first(fields, "x-virus-status").lower() or first(fields, "x-amavis-alert").lower()
    if virus.startswith(("yes", "infected")):
        return Verdict("Malware")
    for name in ("x-spam-flag", "x-spam-status", "x-spam"):
        said = first(fields, name).lower()
        if said.startswith(("yes", "true")):
            return Verdict("Spam")
        if said.startswith(("no", "false")):
            return Verdict("")
    return None


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"-?\d{1,2}", text) else None


def authentication(fields: Fields) -> str:
    """SPF, DKIM, DMARC and composite results as JSON; empty if the header says nothing.

    Only the topmost ``Authentication-Results`` counts: ours is added last, at the top; the others anyone may have
    written.
    """
    stated = first(fields, "authentication-results")
    found = {_NAMES[name]: value.lower() for name, value in reversed(_RESULT.findall(stated))}
    if "SPF" not in found:
        received = re.match(r"[a-zA-Z]+", first(fields, "received-spf"))
        if received:
            found["SPF"] = received[0].lower()
    return json.dumps(found, sort_keys=True) if found else ""


def destination(fields: Fields) -> tuple[str, str] | None:
    """Delivery action and location as the mailbox server noted them; None where it did not."""
    noted = re.search(r"\bdest:([A-Z])", first(fields, "x-microsoft-antispam-mailbox-delivery"))
    return _DESTINATIONS.get(noted[1]) if noted else None
