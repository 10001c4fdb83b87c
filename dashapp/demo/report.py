"""How near a demonstration is to published figures: a small table from its manifest."""

from dataclasses import dataclass

from dashapp.demo.manifest import Manifest


@dataclass(frozen=True)
class Line:
    """A share of 0 to 1, beside the range it should lie in and where the range is from: published, or ours."""

    what: str
    found: float
    low: float
    high: float
    source: str

    @property
    def holds(self) -> bool:
        """Whether the figure lies in its range."""
        return self.low <= self.found <= self.high


_FILTERED = "our model of mail behind an edge filter (Cloudflare 2025: 5.6 % of all mail malicious)"
# kind: lowest and highest share of inbound mail
_INBOUND = {
    "clean": (0.70, 0.78),
    "bulk": (0.10, 0.14),
    "spam": (0.08, 0.12),
    "phish": (0.035, 0.06),
    "malware": (0.002, 0.006),
}


def report(manifest: Manifest) -> list[Line]:
    """Return the figures of the whole range; a demonstration without mail has none."""
    numbers = manifest.total(manifest.plan.first, max(manifest.days, default=manifest.plan.first))
    inbound = sum(numbers[f"share/{kind}"] for kind in _INBOUND)
    if not inbound:
        return []
    lines = [
        Line(f"inbound {kind}", numbers[f"share/{kind}"] / inbound, low, high, _FILTERED)
        for kind, (low, high) in _INBOUND.items()
    ]
    slipped = numbers["efficacy/removed"] + numbers["efficacy/uncaught"]
    zapped = numbers["zap/Phish ZAP|Success"] + numbers["zap/Malware ZAP|Success"]
    volume = {name: number for name, number in numbers.items() if name.startswith("volume/")}
    intra = sum(number for name, number in volume.items() if name.startswith("volume/Intra-org"))
    return [
        *lines,
        Line("internal of all mail", intra / sum(volume.values()), 0.20, 0.30, "our model"),
        Line(
            "purged of what slipped through",
            zapped / max(slipped, 1),
            0.45,
            0.96,
            "Microsoft benchmark, June 2026, as reported",
        ),
        Line(
            "detonation among attacks",
            numbers["metric/zero-day"] / max(numbers["metric/attacks"], 1),
            0.05,
            0.2,
            "model",
        ),
    ]
