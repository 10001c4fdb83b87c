"""A tiny trend beside a number, as an SVG picture: seven of them must not cost seven chart engines."""

from collections.abc import Sequence
from urllib.parse import quote

from dashapp.figures.theme import GREY

WIDTH, HEIGHT, PAD = 120, 28, 2


def sparkline(counts: Sequence[int], colour: str = GREY) -> str:
    """``counts`` in time order as the ``data:`` address of an SVG line over a soft area; flat when all are equal."""
    if not counts:
        counts = [0]
    top = max(max(counts), 1)
    step = (WIDTH - 2 * PAD) / max(len(counts) - 1, 1)
    points = [(PAD + at * step, HEIGHT - PAD - (HEIGHT - 2 * PAD) * count / top) for at, count in enumerate(counts)]
    if len(points) == 1:
        points.append((WIDTH - PAD, points[0][1]))
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    area = f"{points[0][0]:.1f},{HEIGHT} {line} {points[-1][0]:.1f},{HEIGHT}"
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none">'
        f'<polygon points="{area}" fill="{colour}" fill-opacity="0.15"/>'
        f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="1.5" '
        'vector-effect="non-scaling-stroke" stroke-linejoin="round"/></svg>'
    )
    return "data:image/svg+xml," + quote(svg, safe="")
