"""How long after a message something happened, in words."""

from datetime import datetime

_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"))


def after(received: datetime, moment: datetime) -> str:
    """``2 hours later``; ``within a minute``; ``before it was received`` where clocks disagree."""
    seconds = (moment - received).total_seconds()
    if seconds < 0:
        return "before it was received"
    for size, name in _UNITS:
        if seconds >= size:
            count = int(seconds // size)
            return f"{count:,} {name}{'' if count == 1 else 's'} later"
    return "within a minute"
