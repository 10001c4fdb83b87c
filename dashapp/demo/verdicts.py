"""What the filter made of a message: authentication, detection technologies, confidence, action, overrides.

Authentication is drawn jointly. The shares of hostile mail are our own count of 7,682 public phishing messages (SPF
pass 55 %, none 28; DKIM none 50, pass 38; DMARC none 42, pass 24; CompAuth pass 50, fail 24).
"""

import json

import numpy as np

from dashapp.demo.rows import (
    BEC,
    BLOCKED,
    CALLBACK,
    CLEAN,
    DELIVERED,
    DROPPED,
    FAILED,
    FILE,
    HIGH,
    INBOUND,
    INBOX,
    JUNK,
    JUNKED,
    LINK,
    MALWARE,
    NO_VECTOR,
    NORMAL,
    PHISH,
    QR,
    QUARANTINE,
    REPLACED,
    SPAM,
    Array,
    Rows,
    pick,
)  # fmt: skip

# SPF, DKIM, DMARC, CompAuth, weight in honest, bulk and hostile mail
_AUTHENTICATION: list[tuple[str, str, str, str, float, float, float]] = [
    ("pass", "pass", "pass", "pass", 905, 900, 22),
    ("pass", "pass", "bestguesspass", "pass", 35, 40, 9),
    ("pass", "none", "bestguesspass", "pass", 12, 10, 9),
    ("pass", "none", "none", "softpass", 14, 10, 8),
    ("pass", "pass", "none", "pass", 4, 20, 5),
    ("pass", "fail", "fail", "fail", 3, 2, 2),
    ("softfail", "pass", "pass", "pass", 12, 10, 2),
    ("none", "none", "none", "none", 5, 2, 12),
    ("none", "none", "none", "fail", 1, 1, 9),
    ("none", "none", "none", "pass", 2, 1, 5),
    ("none", "fail", "none", "fail", 1, 1, 2),
    ("fail", "fail", "fail", "fail", 1, 1, 5),
    ("fail", "none", "fail", "fail", 1, 1, 2),
    ("softfail", "none", "none", "softpass", 1, 1, 3),
    ("softfail", "none", "none", "fail", 1, 0, 2),
    ("neutral", "none", "permerror", "none", 1, 0, 2),
    ("temperror", "timeout", "temperror", "none", 1, 0, 1),
]
AUTHENTICATION = [
    json.dumps({"SPF": spf, "DKIM": dkim, "DMARC": dmarc, "CompAuth": compauth}, separators=(",", ":"))
    for spf, dkim, dmarc, compauth, *_ in _AUTHENTICATION
]
_HONEST, _BULK, _HOSTILE = (np.array([row[column] for row in _AUTHENTICATION], float) for column in (4, 5, 6))
INTERNAL_AUTHENTICATION = 0

_ANY_LINK = (
    ("URL malicious reputation", 26), ("URL detonation reputation", 18), ("URL detonation", 9), ("Advanced filter", 12),
    ("Fingerprint matching", 9), ("Mixed analysis detection", 6), ("Impersonation brand", 6), ("Spoof DMARC", 5),
    ("Spoof external domain", 4), ("Campaign", 4), ("LLM content analysis", 4), ("General filter", 3),
    ("Impersonation domain", 2), ("Impersonation user", 1), ("Spoof intra-org", 1),
)  # fmt: skip
# technology and weight, by threat and vector; each is valid for its threat
TECHNOLOGIES: dict[tuple[int, int], tuple[tuple[str, int], ...]] = {
    (SPAM, NO_VECTOR): (
        ("Advanced filter", 30), ("Fingerprint matching", 14), ("Bulk", 12), ("General filter", 12),
        ("Mixed analysis detection", 10), ("Domain reputation", 8), ("IP reputation", 8),
        ("URL malicious reputation", 6),
    ),
    (PHISH, LINK): _ANY_LINK,
    (PHISH, FILE): (
        ("File detonation reputation", 22), ("File reputation", 20), ("File detonation", 14), ("Advanced filter", 14),
        ("Fingerprint matching", 12), ("Mixed analysis detection", 8), ("Campaign", 5), ("URL detonation", 5),
    ),
    (PHISH, QR): (
        ("URL detonation reputation", 28), ("URL malicious reputation", 24), ("Advanced filter", 16),
        ("LLM content analysis", 12), ("Mixed analysis detection", 12), ("URL detonation", 8),
    ),
    (PHISH, CALLBACK): (("LLM content analysis", 45), ("Fingerprint matching", 30), ("Advanced filter", 25)),
    (PHISH, BEC): (
        ("Impersonation user", 26), ("Mailbox intelligence impersonation", 24), ("LLM content analysis", 24),
        ("Advanced filter", 14), ("Spoof intra-org", 8), ("Impersonation domain", 4),
    ),
    (MALWARE, FILE): (
        ("Antimalware protection", 42), ("File reputation", 20), ("File detonation reputation", 14),
        ("File detonation", 14), ("Fingerprint matching", 6), ("Campaign", 4),
    ),
    (MALWARE, LINK): (("URL malicious reputation", 60), ("URL detonation", 40)),
}  # fmt: skip
ZERO_DAY = frozenset({"File detonation", "URL detonation"})
_THREAT_WORDS = {SPAM: "Spam", PHISH: "Phish", MALWARE: "Malware"}


def _detections() -> list[tuple[int, int, str, str, float, bool]]:
    """Every value of DetectionMethods: threat, vector, second threat's technology, text, weight, is zero-day."""
    found = []
    for (threat, vector), choices in TECHNOLOGIES.items():
        word = _THREAT_WORDS[threat]
        for number, (name, weight) in enumerate(choices):
            partner = choices[(number + 1) % len(choices)][0]
            for names, share in (([name], 0.8), ([name, partner], 0.2)):
                zero_day = bool(ZERO_DAY & set(names))
                found.append((threat, vector, "", _json({word: names}), weight * share, zero_day))
                lesser = {PHISH: ("Spam", "Advanced filter"), MALWARE: ("Phish", "Fingerprint matching")}.get(threat)
                if lesser:
                    text = _json({word: names, lesser[0]: [lesser[1]]})
                    found.append((threat, vector, lesser[0], text, weight * share, zero_day))
    return found


def _json(value: dict[str, list[str]]) -> str:
    return json.dumps(value, separators=(",", ":"))


_DETECTIONS = _detections()
DETECTIONS = [text for _, _, _, text, _, _ in _DETECTIONS]
IS_ZERO_DAY: Array = np.array([zero_day for *_, zero_day in _DETECTIONS])

POLICIES = (
    "Antispam", "Antispam high-confidence", "Antispam bulk mail", "Antispam phishing",
    "Anti-phishing spoof", "Anti-phishing user impersonation", "Anti-phishing domain impersonation",
    "Anti-phishing graph impersonation", "Antimalware", "Safe Attachments", "Enterprise Transport Rules (ETR)",
)  # fmt: skip
# action, source of it, who decides
OVERRIDES: list[tuple[str, str, str]] = [
    ("Allow", "Sender domain list (Admin)", "org"), ("Allow", "Exchange transport rule", "org"),
    ("Allow", "Connection policy", "org"), ("Allow", "Sender address list (Admin)", "org"),
    ("Allow", "Sender address list (User)", "user"), ("Allow", "Sender domain list (User)", "user"),
    ("Allow", "Trusted contact list (User)", "user"), ("Block", "Sender address list (User)", "user"),
    ("Block", "Sender domain list (Admin)", "org"), ("Allow", "Phishing Simulation", "org"),
]  # fmt: skip
ORG_ALLOW = {number for number, (action, _, who) in enumerate(OVERRIDES) if action == "Allow" and who == "org"}
SIMULATION_OVERRIDE = len(OVERRIDES) - 1


def authenticate(random: np.random.Generator, rows: Rows, kind: str) -> None:
    """Set ``auth`` of rows of one kind ("honest", "bulk" or "hostile")."""
    weights = {"honest": _HONEST, "bulk": _BULK, "hostile": _HOSTILE}[kind]
    rows["auth"] = pick(random, weights, len(rows))


def judge(random: np.random.Generator, rows: Rows) -> None:
    """Set confidence, detection, policy, action, location, second threat, SCL and overrides of hostile rows."""
    _confidence(random, rows)
    for threat, vector in TECHNOLOGIES:
        here = np.flatnonzero((rows["threat"] == threat) & (rows["vector"] == vector))
        both = random.random(len(here)) < {SPAM: 0.0, PHISH: 0.18, MALWARE: 0.25}[threat]
        for second in (False, True):
            choices = [n for n, one in enumerate(_DETECTIONS) if one[:2] == (threat, vector) and bool(one[2]) == second]
            places = here[both == second]
            if len(places):
                weights = np.array([_DETECTIONS[n][4] for n in choices])
                rows["detection"][places] = np.array(choices)[pick(random, weights, len(places))]
        rows["second"][here[both]] = threat - 1
    _act(random, rows)
    _override(random, rows)


def _confidence(random: np.random.Generator, rows: Rows) -> None:
    threat, draw = rows["threat"], random.random(len(rows))
    rows["confidence"] = np.select(
        [threat == PHISH, threat == SPAM],
        [np.where(draw < 0.47, HIGH, NORMAL), np.where(draw < 0.35, HIGH, NORMAL)],
        0,
    )
    rows["scl"] = np.select([threat == SPAM, threat == PHISH], [np.where(draw < 0.35, 9, 5 + (draw < 0.6)), 5], 1)


def _act(random: np.random.Generator, rows: Rows) -> None:
    threat, sure = rows["threat"], rows["confidence"] == HIGH
    # quarantined below the first number, junked below the second, delivered above
    blocked = np.select([threat == MALWARE, (threat == PHISH) & sure, threat == PHISH], [0.975, 0.95, 0.30], 0.05)
    junked = np.select([threat == MALWARE, (threat == PHISH) & sure, threat == PHISH], [0.975, 0.97, 0.90], 0.90)
    draw = random.random(len(rows))
    rows["action"] = np.select([draw < blocked, draw < junked], [BLOCKED, JUNKED], DELIVERED)
    replaced = (threat == MALWARE) & (rows["vector"] == FILE) & (random.random(len(rows)) < 0.03) & (draw < blocked)
    rows["action"][replaced] = REPLACED
    where = random.random(len(rows))
    rows["location"] = np.select(
        [rows["action"] == JUNKED, rows["action"] == BLOCKED],
        [JUNK, np.select([where < 0.02, where < 0.03], [DROPPED, FAILED], QUARANTINE)],
        INBOX,
    )
    choice = random.integers(0, 4, len(rows))
    rows["policy"] = np.select(
        [
            (threat == MALWARE) & (choice < 3),
            threat == MALWARE,
            (threat == PHISH) & (rows["vector"] == BEC),
            threat == PHISH,
            sure,
        ],
        [8, 9, 4 + choice, 3, 1],
        np.where(choice == 0, 2, 0),
    )


def _override(random: np.random.Generator, rows: Rows) -> None:
    open_to_it = (rows["threat"] < MALWARE) & ~((rows["threat"] == PHISH) & (rows["confidence"] == HIGH))
    allowed = open_to_it & (random.random(len(rows)) < 0.035)
    rows["override"][allowed] = pick(random, np.array([30, 25, 15, 10, 10, 6, 4]), int(allowed.sum()))
    rows["action"][allowed] = DELIVERED
    rows["location"][allowed] = INBOX


def override_clean(random: np.random.Generator, rows: Rows) -> None:
    """Let half a percent of clean inbound rows pass by, or be caught by, somebody's list."""
    inbound = (rows["direction"] == INBOUND) & (rows["threat"] == CLEAN)
    draw = random.random(len(rows))
    allowed, blocked = inbound & (draw < 0.005), inbound & (draw > 0.9992)
    rows["override"][allowed] = pick(random, np.array([20, 15, 5, 10, 25, 15, 10]), int(allowed.sum()))
    rows["override"][blocked] = 7
    rows["action"][blocked] = JUNKED
    rows["location"][blocked] = JUNK
