"""What the checks of a sender's identity found, and what that means, in plain words."""

import re
from dataclasses import dataclass

GOOD, BAD, UNSURE, UNKNOWN = "good", "bad", "warn", "quiet"

_MEANINGS: dict[str, dict[str, tuple[str, str]]] = {
    "SPF": {
        "pass": (GOOD, "The sending server may send for {envelope}."),
        "fail": (BAD, "The sending server may not send for {envelope}; its owner says so."),
        "softfail": (UNSURE, "The sending server is probably not allowed to send for {envelope}."),
        "neutral": (UNSURE, "The owner of {envelope} says nothing for or against the sending server."),
        "none": (UNSURE, "{envelope} does not say which servers may send for it."),
        "permerror": (UNSURE, "The rules of {envelope} about its servers are broken."),
        "temperror": (UNSURE, "The rules of {envelope} could not be fetched just then."),
    },
    "DKIM": {
        "pass": (GOOD, "The message is signed and was not changed on its way."),
        "fail": (BAD, "It is signed, but the signature does not fit: it was changed, or the signature is forged."),
        "none": (UNSURE, "It is not signed."),
        "error": (UNSURE, "The signature could not be checked."),
        "permerror": (UNSURE, "The signature or its key is broken."),
        "temperror": (UNSURE, "The key of the signature could not be fetched just then."),
        "timeout": (UNSURE, "Fetching the key of the signature took too long."),
        "ignore": (UNSURE, "The signature was not looked at."),
        "test": (UNSURE, "The domain only tests its signatures, so this one was not counted."),
    },
    "DMARC": {
        "pass": (GOOD, "The visible sender {sender} is the one that SPF or DKIM proved."),
        "fail": (BAD, "Neither SPF nor DKIM proved the visible sender {sender}."),
        "bestguesspass": (GOOD, "{sender} has no DMARC rule; it would have passed one."),
        "selectorpass": (GOOD, "The signature fits the visible sender {sender}."),
        "none": (UNSURE, "{sender} has no DMARC rule, so anybody may write in its name unnoticed."),
        "permerror": (UNSURE, "The DMARC rule of {sender} is broken."),
        "temperror": (UNSURE, "The DMARC rule of {sender} could not be fetched just then."),
    },
    "Composite": {
        "pass": (GOOD, "All signs together: the sender is who it says."),
        "softpass": (UNSURE, "All signs together: the sender is probably who it says."),
        "fail": (BAD, "All signs together: the sender is not who it says."),
        "none": (UNSURE, "The service came to no judgement of its own."),
    },
}
# Reasons of the composite result: whole codes, then kinds by their first digit.
_REASONS = {
    "000": "DMARC failed and its rule asks to refuse or quarantine",
    "001": "the domain has no rule of its own, and nothing else spoke for the sender",
    "002": "the organisation forbids this pair of sender and domain to forge",
    "010": "DMARC failed and the domain is one of the organisation's own",
}
_REASON_KINDS = {
    "1": "DMARC or an equal check passed",
    "2": "weaker signs spoke for the sender",
    "3": "no composite check was made",
    "4": "a rule let it pass unchecked",
    "6": "the domain is one of the organisation's own and failed",
    "7": "signs beyond SPF, DKIM and DMARC spoke for the sender",
    "9": "a rule let it pass unchecked",
}
_REASON = re.compile(r"\breason\W{1,4}(\d{3})\b", re.IGNORECASE)


@dataclass(frozen=True)
class Check:
    """One check.

    Attributes:
        name: SPF, DKIM, DMARC or Composite.
        result: As the data has it; None if it does not say.
        tone: ``good``, ``bad``, ``warn`` (not sure), ``quiet`` (unknown).
        meaning: One sentence.
    """

    name: str
    result: str | None
    tone: str
    meaning: str


def checks(
    *,
    spf: str | None = None,
    dkim: str | None = None,
    dmarc: str | None = None,
    compauth: str | None = None,
    sender: str | None = None,
    envelope: str | None = None,
    details: str | None = None,
) -> tuple[Check, ...]:
    """The four checks in the order they build on each other.

    Args:
        spf: Result.
        dkim: Result.
        dmarc: Result.
        compauth: The composite result of the service.
        sender: Domain of the visible sender.
        envelope: Domain of the envelope sender.
        details: Everything the source said of authentication; may hold the reason of the composite result.
    """
    whose = {"sender": sender or "the sender's domain", "envelope": envelope or "the envelope's domain"}
    results = {"SPF": spf, "DKIM": dkim, "DMARC": dmarc, "Composite": compauth}
    found = [_check(name, result, whose) for name, result in results.items()]
    reason = _reason(details)
    if reason and compauth:
        last = found[-1]
        found[-1] = Check(last.name, last.result, last.tone, f"{last.meaning} {reason}")
    return tuple(found)


def _check(name: str, result: str | None, whose: dict[str, str]) -> Check:
    if not result:
        return Check(name, None, UNKNOWN, "Not in this data.")
    tone, meaning = _MEANINGS[name].get(result.lower(), (UNSURE, "What this result means is not known here."))
    words = meaning.format(**whose)
    return Check(name, result, tone, f"{words[:1].upper()}{words[1:]}" if words[:4] == "the " else words)


def _reason(details: str | None) -> str:
    found = _REASON.search(details or "")
    if not found:
        return ""
    code = found[1]
    meaning = _REASONS.get(code) or _REASON_KINDS.get(code[0])
    return f"Reason {code}: {meaning}." if meaning else f"Reason {code}."
