"""The small trend picture."""

from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from dashapp.figures.sparkline import HEIGHT, PAD, sparkline


def heights(counts: list[int]) -> list[float]:
    picture = sparkline(counts)
    assert picture.startswith("data:image/svg+xml,")
    line = ElementTree.fromstring(unquote(picture.split(",", 1)[1])).find("{http://www.w3.org/2000/svg}polyline")
    assert line is not None
    return [float(point.split(",")[1]) for point in line.attrib["points"].split()]


def test_the_largest_count_is_at_the_top_and_zero_at_the_bottom() -> None:
    assert heights([0, 5, 10]) == [HEIGHT - PAD, HEIGHT / 2, PAD]


@pytest.mark.parametrize("counts", [[], [0], [0, 0, 0]])
def test_nothing_is_a_flat_line(counts: list[int]) -> None:
    assert set(heights(counts)) == {HEIGHT - PAD}
