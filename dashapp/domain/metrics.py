"""The dashboard's numbers: what each is called, what it means in plain words, and which messages are behind it.

The filter texts here are used twice, by the question that counts and by the list a number leads to, so the two
always agree. DESIGN §5 is where the definitions come from.
"""

from dataclasses import dataclass
from enum import StrEnum


class Metric(StrEnum):
    """One number of the dashboard, in the order of its tiles."""

    ATTACKS = "attacks"
    MALWARE_BLOCKED = "malware-blocked"
    PHISH_BLOCKED = "phish-blocked"
    ZERO_DAY = "zero-day"
    URLS_BLOCKED = "urls-blocked"
    USER_REPORTED = "user-reported"
    REMOVED_AFTER_DELIVERY = "removed-after-delivery"


class Good(StrEnum):
    """Which way a number has to move for the organisation to be better off."""

    DOWN = "down"
    UP = "up"
    NEITHER = "neither"  # more blocked may be more attacks or better protection


@dataclass(frozen=True)
class Definition:
    """What one number means.

    Attributes:
        label: On the tile.
        meaning: One sentence a reader without mail-security background understands.
        filter_text: The messages behind the number, in the grammar of ``dashapp.query``.
        good: Which way is good news.
        unit: What is counted, plural.
        table: The lake's table the number needs; without it there is no number, which is not the same as zero.
        missing: What the tile says when that table has no rows.
        beside: What a second, smaller number beside it counts; empty: none.
        exact: The list behind has as many messages as the tile says. False where the number counts something
            else than messages (clicks, reports).
    """

    label: str
    meaning: str
    filter_text: str
    good: Good
    unit: str = "messages"
    table: str = "EmailEvents"
    missing: str = "no mail loaded"
    beside: str = ""
    exact: bool = True


INBOUND = "EmailDirection:Inbound IsSimulation:false"
ATTACK_FILTER = f"{INBOUND} PrimaryThreat:(Malware, Phish)"
REMOVALS = '"Malware ZAP", "Phish ZAP", "Spam ZAP", "Automated remediation", "Manual remediation"'
DEFINITIONS: dict[Metric, Definition] = {
    Metric.ATTACKS: Definition(
        "Attacks",
        "Incoming messages whose worst verdict was malware or phishing, counted once per recipient.",
        ATTACK_FILTER,
        Good.DOWN,
    ),
    Metric.MALWARE_BLOCKED: Definition(
        "Malware blocked",
        "Messages with malware that were blocked, or whose attachment was replaced, before they reached a mailbox.",
        f"{INBOUND} PrimaryThreat:Malware ExplorerDelivery:(Blocked, Replaced)",
        Good.NEITHER,
        beside="sent to junk",
    ),
    Metric.PHISH_BLOCKED: Definition(
        "Phishing blocked",
        "Phishing messages that were blocked, or replaced, before they reached a mailbox.",
        f"{INBOUND} PrimaryThreat:Phish ExplorerDelivery:(Blocked, Replaced)",
        Good.NEITHER,
        beside="sent to junk",
    ),
    Metric.ZERO_DAY: Definition(
        "New threats found",
        "Attacks nobody had seen before: found by opening the file or link in a sandbox, not by its reputation.",
        f'{ATTACK_FILTER} DetectionTechnology:("File detonation", "URL detonation")',
        Good.NEITHER,
    ),
    Metric.URLS_BLOCKED: Definition(
        "Malicious link clicks blocked",
        "Clicks on malicious links in mail that were stopped by a warning page.",
        f"{INBOUND} ClickAction:ClickBlocked*",
        Good.NEITHER,
        unit="clicks",
        table="UrlClickEvents",
        missing="no click data loaded",
        beside="clicked through",
        exact=False,
    ),
    Metric.USER_REPORTED: Definition(
        "Reported by users",
        "Reports by our own people that a message looked wrong; more reports usually mean more alert readers.",
        f"{INBOUND} SubmissionId:*",
        Good.UP,
        unit="reports",
        table="UserSubmissions",
        missing="no user reports loaded",
        exact=False,
    ),
    Metric.REMOVED_AFTER_DELIVERY: Definition(
        "Removed after delivery",
        "Attacks that reached a mailbox first and were taken out later, by the system or by hand.",
        f"{ATTACK_FILTER} AdditionalAction:({REMOVALS}) PostDeliveryResult:(Success, AdminPolicy)",
        Good.DOWN,
        table="EmailPostDeliveryEvents",
        missing="no removal data loaded",
    ),
}

EFFICACY_PARTS = ("Blocked or junked before delivery", "Removed after delivery", "Uncaught")
EFFICACY_MEANING = (
    "Of all incoming malware and phishing by the time it was delivered: stopped before a mailbox, taken out of a "
    "mailbox afterwards, or still there."
)


def change_words(now: int, before: int | None) -> str:
    """How ``now`` compares with ``before``, in words that stay honest for small numbers.

    Args:
        now: This period's count.
        before: The previous period's; None when there is no earlier data.
    """
    if before is None:
        return "nothing earlier to compare with"
    if now == before:
        return "unchanged"
    if before == 0:
        return "up from none"
    if now == 0:
        return f"down from {before:,}"
    if max(now, before) < SMALL:
        return f"{'up' if now > before else 'down'} from {before:,}"
    return f"{'up' if now > before else 'down'} {percent(abs(now - before) / before)}"


SMALL = 20  # below this a percentage says more than the data does


def percent(share: float) -> str:
    """``share`` as a percentage: one decimal below ten, whole above, ``x-fold`` beyond a thousand per cent."""
    value = share * 100
    if value >= 1000:
        return f"{share + 1:,.0f}-fold"
    if 0 < value < 0.1:
        return "under 0.1\u00a0%"
    return f"{value:.0f}\u00a0%" if value >= 9.95 else f"{value:.1f}\u00a0%"


def outcome(metric: Metric, now: int, before: int | None) -> str:
    """``better``, ``worse`` or ``neutral``: how the change of ``metric`` should be shown."""
    good = DEFINITIONS[metric].good
    if before is None or now == before or good is Good.NEITHER:
        return "neutral"
    if abs(now - before) <= 2 * (now + before) ** 0.5:  # within what chance alone would do
        return "neutral"
    return "better" if (now > before) is (good is Good.UP) else "worse"
