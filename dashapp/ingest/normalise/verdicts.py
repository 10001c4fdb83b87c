"""What a row's verdict columns say, in the words of ``dashapp.domain.values``."""

import re
from typing import Any

import orjson
import pyarrow as pa

from dashapp.data.coded import spread
from dashapp.data.schema import TEXT, TEXTS
from dashapp.domain.values import Delivery, Threat
from dashapp.ingest.normalise.unique import Pairs, by_unique, by_unique_pair
from dashapp.query.fields.message import TECHNOLOGIES

SEVERITY = (Threat.MALWARE, Threat.PHISH, Threat.SPAM)
_THREATS = {
    "malware": "Malware",
    "phish": "Phish",
    "phishing": "Phish",
    "high confidence phish": "Phish",
    "highconfphish": "Phish",
    "spam": "Spam",
    "high confidence spam": "Spam",
    "bulk": "Spam",
}
_NO_THREAT = frozenset({"", "none", "clean", "no threat", "no threats found", "good", "null", "unknown"})
_TECHNOLOGIES = {name.lower(): name for name in TECHNOLOGIES}
_AUTHENTICATION = ("spf", "dkim", "dmarc", "compauth")
_RESULTS = {
    name.lower(): name
    for name in (
        *(
            "Pass",
            "Fail",
            "SoftFail",
            "Neutral",
            "None",
            "PermError",
            "TempError",
            "Error",
            "Ignore",
            "Test",
            "Timeout",
        ),
        *("Unknown", "BestGuessPass", "SelectorPass", "SoftPass"),
    )
}
_CONFIDENCE = {"high": "High", "normal": "Normal", "medium": "Normal", "low": "Low"}


def threats(types: pa.Array, methods: pa.Array) -> tuple[pa.Array, pa.Array]:
    """What threatened, from ``ThreatTypes``, else from the keys of ``DetectionMethods``.

    Returns:
        Every threat of a row (list of string), and the worst of them, ``None`` where there is none (string).
    """
    pairs = Pairs(types, methods)
    every = pairs.each(lambda found: pa.array([_threats_of(*pair) for pair in found], TEXTS))
    return every, pairs.each(lambda found: pa.array([_worst(_threats_of(*pair) or []) for pair in found], TEXT))


def _worst(threats: list[str]) -> str:
    return next((threat.value for threat in SEVERITY if threat in threats), Threat.NONE.value)


def technologies(methods: pa.Array) -> pa.Array:
    """Every detection technology of a row (list of string), each once, in the order given."""
    return by_unique(methods, lambda texts: pa.array([_technologies_of(value) for value in texts], TEXTS))


def primary_technology(methods: pa.Array, threats: pa.Array) -> pa.Array:
    """The first technology that belongs to the primary threat; null where none is named."""
    return by_unique_pair(methods, threats, lambda pairs: pa.array([_first_of(*pair) for pair in pairs], TEXT))


def confidence(levels: pa.Array, threats: pa.Array) -> pa.Array:
    """``High``, ``Normal`` or ``Low`` of the primary threat; null where not said."""
    return by_unique_pair(levels, threats, lambda pairs: pa.array([_level_of(*pair) for pair in pairs], TEXT))


def authentication(details: pa.Array) -> dict[str, pa.Array]:
    """``spf``, ``dkim``, ``dmarc``, ``compauth`` from ``AuthenticationDetails``."""
    encoded = details.dictionary_encode()
    parsed = [_results_of(value) for value in encoded.dictionary.to_pylist()]
    return {
        name: spread(pa.array([found.get(name) for found in parsed], TEXT), encoded.indices) for name in _AUTHENTICATION
    }


def explorer_delivery(action: pa.Array, location: pa.Array) -> pa.Array:
    """What Explorer calls the delivery action; null where neither column says."""
    return by_unique_pair(action, location, lambda pairs: pa.array([_delivery_of(*pair) for pair in pairs], TEXT))


def threat_family(names: pa.Array) -> pa.Array:
    """The family in ``ThreatNames``: ``QakBot`` of ``Trojan:Win32/QakBot!MSR``; null where none is named."""
    return by_unique(names, lambda texts: pa.array([family_of(value) for value in texts], TEXT))


def family_of(names: str) -> str | None:
    """The family of the first name that has one."""
    for name in _names_of(names):
        family = re.split(r"[!@\s]", re.split(r"[/:\\]", name.strip())[-1])[0]
        family = re.sub(r"\.[A-Za-z0-9_.\-]*$", "", family).removeprefix("ATP-").strip(" -_")
        if family and family.lower() not in _NO_THREAT:
            return family
    return None


def _names_of(names: str) -> list[str]:
    found = _json(names)
    if isinstance(found, list):
        return [value for value in found if isinstance(value, str)]
    if isinstance(found, dict):
        lists = [value if isinstance(value, list) else [value] for value in found.values()]
        return [value for each in lists for value in each if isinstance(value, str)]
    return re.split(r"[,;]", names)


def _json(text: str | None) -> Any:
    """What a text holds if it is a JSON object or list, else None."""
    if text is None or text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None


def threat_word(word: str) -> str | None:
    """One threat in our spelling; unknown ones as they are; None where the word says there is none."""
    cleaned = word.strip().strip("'\"")
    lowered = cleaned.lower()
    return None if lowered in _NO_THREAT else _THREATS.get(lowered, cleaned)


def _threats_of(types: str | None, methods: str | None) -> list[str] | None:
    found = _json(types)
    words = found if isinstance(found, list) else re.split(r"[,;/]", types) if types else []
    threats = [threat for word in words if isinstance(word, str) and (threat := threat_word(word))]
    if not threats and isinstance(keys := _json(methods), dict):
        threats = [threat for key, value in keys.items() if value and (threat := threat_word(key))]
    return list(dict.fromkeys(threats)) or None


def _by_threat(methods: str | None) -> dict[str, list[str]]:
    """Technologies by threat; under ``""`` where the source does not say of which threat."""
    found = _json(methods)
    if isinstance(found, dict):
        lists = {threat_word(key) or "": _words(value) for key, value in found.items()}
    else:
        lists = {"": _words(found if found is not None else methods)}
    return {key: [_TECHNOLOGIES.get(word.lower(), word) for word in words] for key, words in lists.items()}


def _words(value: object) -> list[str]:
    if isinstance(value, list):
        return [word.strip() for word in value if isinstance(word, str) and word.strip()]
    if isinstance(value, str):
        return [word.strip() for word in re.split(r"[,;]", value) if word.strip() and word.strip().lower() != "none"]
    return []


def _technologies_of(methods: str) -> list[str] | None:
    return list(dict.fromkeys(word for words in _by_threat(methods).values() for word in words)) or None


def _first_of(methods: str | None, threat: str | None) -> str | None:
    if threat in (None, Threat.NONE):
        return None
    lists = _by_threat(methods)
    words = lists.get(str(threat)) or lists.get("") or []
    return words[0] if words else None


def _level_of(levels: str | None, threat: str | None) -> str | None:
    if levels is None or threat in (None, Threat.NONE):
        return None
    found = _json(levels)
    level = next((v for k, v in found.items() if threat_word(k) == threat), None) if isinstance(found, dict) else levels
    word = str(level).strip().lower()
    if re.fullmatch(r"-?\d+", word):  # a spam confidence level: 5 and 6 are spam, 9 is sure
        return "High" if int(word) >= 7 else "Normal" if int(word) >= 5 else "Low"
    return _CONFIDENCE.get(word)


def _results_of(details: str) -> dict[str, str | None]:
    found = _json(details)
    if isinstance(found, dict):
        pairs = [(str(key).lower(), str(value)) for key, value in found.items() if value]
    else:  # as in an Authentication-Results header: spf=pass dkim=none
        pairs = [(key.lower(), value) for key, value in re.findall(r"(\w+)\s*[=:]\s*(\w+)", details)]
    known = [(key, value.split()) for key, value in pairs if key in _AUTHENTICATION]
    return {key: _RESULTS.get(words[0].lower().strip("();,"), words[0]) for key, words in known if words}


_JUNK = ("junk", "deleted")
_BLOCKED = ("quarantine", "failed", "dropped")


def _delivery_of(action: str | None, location: str | None) -> str | None:
    did, place = (action or "").lower().replace(" ", ""), (location or "").lower()
    if did.startswith("replaced"):
        return Delivery.REPLACED
    if did.startswith("block") or (not did.startswith(("junk", "deliver")) and place.startswith(_BLOCKED)):
        return Delivery.BLOCKED
    if did.startswith("junk") or did in {"deliveredasspam", "deliveredtojunk"} or place.startswith(_JUNK):
        return Delivery.JUNKED
    return Delivery.DELIVERED if did.startswith("deliver") or place.startswith(("inbox", "on-prem")) else None


def click_verdict(action: pa.Array, through: pa.Array) -> pa.Array:
    """Explorer's click verdict from ``ActionType`` and ``IsClickedThrough``; ``None`` where there is no action."""
    return by_unique_pair(action, through, lambda pairs: pa.array([_click_of(*pair) for pair in pairs], TEXT))


def _click_of(action: str | None, through: bool | None) -> str:
    word = re.sub(r"[^a-z]", "", (action or "").lower())
    if word == "blockoverridden":
        return "Block overridden"
    if word.startswith(("clickblocked", "blockpage", "blocked")):
        return "Block overridden" if through or word.endswith("override") else "Blocked"
    if word.startswith(("urlscaninprogress", "pendingdetonation", "pendingverdict")):
        return "Pending verdict bypassed" if through or word.endswith(("override", "bypassed")) else "Pending verdict"
    if word.startswith(("clickallowed", "allowed")):
        return "Allowed"
    if word.startswith(("urlerrorpage", "errorpage", "error")):
        return "Error"
    if word.startswith("failure"):
        return "Failure"
    return "None"
