"""What strangers write into requests stays inside its line of the log."""

import logging

import pytest

from dashapp.logs import JsonLines, PlainLines

HOSTILE = "/a\nINFO forged: line\x1b]0;title\x07\u202e\u2028end"


@pytest.mark.parametrize("formatter", [JsonLines(), PlainLines("%(levelname)s %(name)s: %(message)s")])
def test_a_path_cannot_steer_a_terminal_or_forge_a_line(formatter: logging.Formatter) -> None:
    record = logging.LogRecord("threatboard.access", logging.INFO, "", 0, "%s %s", ("GET", HOSTILE), None)
    line = formatter.format(record)
    assert line.isprintable()
    assert "INFO forged" in line
