"""The panel about a thing and its page over HTTP."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from dashapp.data.engine import open_engine
from dashapp.data.lake import Lake
from dashapp.identity.permissions import Role
from dashapp.ids import EntityPage, EntityPanel, Shell
from dashapp.settings import Settings
from tests.apps import Board, build
from tests.callbacks.test_message import addresses, attributes, told, view
from tests.data.sample import fill
from tests.lakes import at, publish
from tests.threats import HOSTILE

HASH = "ab" * 32
LINK = "https://evil.example/<b>?x=1"
PANEL = (EntityPanel.HEAD, EntityPanel.MAIN, EntityPanel.REST)
PAGE = (EntityPage.HEAD, EntityPage.MAIN, EntityPage.REST)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    folder: Path = tmp_path_factory.mktemp("sample")
    fill(folder / "lake")
    _add_hostile(folder / "lake")
    engine = open_engine(Lake.open(folder / "lake"), Settings(query_memory_mb=200))
    made = build(folder, lake=Lake.open(folder / "lake"), engine=engine)
    yield made
    engine.close()
    made.services.storage.close()


def _add_hostile(lake: Path) -> None:
    when, address = [at("2026-03-02T10:00")], f"{HOSTILE}@evil.example"
    publish(
        lake,
        "EmailEvents",
        Timestamp=when,
        NetworkMessageId=["hostile"],
        recipient=["ana@corp.example"],
        Subject=[HOSTILE],
        SenderFromAddress=[address],
        sender_address=[address],
        sender_domain=["evil.example"],
        sender_as_org=[HOSTILE],
        sender_asn=[64500],
        sender_ip=["203.0.113.9"],
        sender_ip_key=[bytes(10) + b"\xff\xff" + bytes([203, 0, 113, 9])],
        primary_threat=[HOSTILE],
    )
    publish(
        lake,
        "EmailUrlInfo",
        Timestamp=when,
        NetworkMessageId=["hostile"],
        Url=[LINK],
        url_lower=[LINK],
        UrlDomain=["evil.example"],
        url_domain=["evil.example"],
        ThreatTypes=[HOSTILE],
    )
    publish(
        lake,
        "EmailAttachmentInfo",
        Timestamp=when,
        NetworkMessageId=["hostile"],
        recipient=["ana@corp.example"],
        FileName=[HOSTILE],
        file_name=[HOSTILE.lower()],
        SHA256=[HASH],
        ThreatNames=[HOSTILE],
    )
    publish(
        lake,
        "UrlClickEvents",
        Timestamp=when,
        NetworkMessageId=["hostile"],
        account=["ana@corp.example"],
        Url=[LINK],
        url_lower=[LINK],
        url_domain=["evil.example"],
        click_verdict=[HOSTILE],
    )


def panel(board: Board, wanted: object, output: str, *, role: Role = Role.SECURITY_READER) -> Any:
    body = board.body(board.output_of(f"{output}.children"), {f"{EntityPanel.WANTED}.data": wanted})
    return board.browser(role).fire(body)


def page(board: Board, path: str, search: str, output: str, *, role: Role = Role.SECURITY_READER) -> Any:
    body = board.body(board.output_of(f"{output}.children"), {f"{Shell.VIEW}.data": view(path, search)})
    return board.browser(role).fire(body)


def named(name: object, search: str = "") -> dict[str, Any]:
    return {"entity": name, "view": view("/explorer", search)}


def said(board: Board, name: str, search: str = "") -> str:
    """Everything the panel says about a thing."""
    answers = [panel(board, named(name, search), output) for output in PANEL]
    assert [answer.status_code for answer in answers] == [200] * len(PANEL)
    return " ".join(map(told, answers))


def test_a_domain_is_told_of(sample: Board) -> None:
    text = said(sample, "domain:Bad.Example")

    assert "bad[.]example" in text
    assert "As sender" in text
    assert "'5'" in text  # rows from it
    assert "2026-03-01 00:00" in text
    assert "2026-03-07 23:59" in text
    assert "In links" in text
    assert "user:evil@bad.example" in text
    assert "ip:192.0.2.7" in text
    assert "/explorer?from=2026-03-01T00:00Z" in text
    assert "/entity/domain?value=bad.example" in text


def test_a_user_is_told_of(sample: Board) -> None:
    text = said(sample, "user:ana@corp.example")

    assert "Person in the directory" in text
    assert "Ana New" in text
    assert "Priority account" in text
    assert "Received" in text
    assert "Sent" in text
    assert "Reported messages (0)" in text
    assert "Clicks (2" in text
    assert "/message/m1?" in text


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("ip:203.0.113.9", ["Network", "AS64500", "SenderAsn"]),
        (f"url:{LINK}", ["Messages with this link", "evil[.]example", "Verdict of the link", "Clicks (1"]),
        (f"file:{HASH}", ["Messages with this file", "Names", "In shared storage (0)"]),
        ("file:bill.docm", ["Messages with a file of this name", "1,000 bytes"]),
        ("domain:nowhere.example", ["No message from this domain that you may see."]),
        ("user:nobody@else.example", ["No message to this address that you may see."]),
        ("url:http://none.example/", ["No message with this link that you may see."]),
    ],
)
def test_every_kind_is_told_of(sample: Board, name: str, parts: list[str]) -> None:
    text = said(sample, name)

    for part in parts:
        assert part in text


def test_the_range_of_the_page_does_not_matter_and_the_zone_does(sample: Board) -> None:
    text = said(sample, "domain:bad.example", "?from=2020-01-01&to=2020-01-02&tz=Asia/Tokyo")

    assert "'5'" in text
    assert "2026-03-01 09:00" in text
    assert "Times in Asia/Tokyo." in text


def test_the_page_shows_the_same_as_the_panel(sample: Board) -> None:
    for head, (of_panel, of_page) in zip((True, False, False), zip(PANEL, PAGE, strict=True), strict=True):
        one = told(panel(sample, named("domain:bad.example"), of_panel))
        other = told(page(sample, "/entity/domain", "?value=bad.example", of_page))
        assert head or one.replace(of_panel, "") == other.replace(of_page, "")
        assert "'5'" in other or of_page is not EntityPage.MAIN


@pytest.mark.parametrize("forged", [None, [], "x", {}, {"entity": 1}, {"entity": "domain:a.example", "view": []}])
def test_forged_requests_change_nothing(sample: Board, forged: object) -> None:
    for output in PANEL:
        assert panel(sample, forged, output).status_code == 204


@pytest.mark.parametrize(
    "name", ["", "domain:", "planet:mars", "ip:1.2.3", "user:x", "domain:a b", "url:" + "x" * 2001]
)
def test_names_of_nothing_are_said_to_be_so(sample: Board, name: str) -> None:
    text = said(sample, name)

    assert "There is nothing like this" in text
    assert "Messages" not in text


@pytest.mark.parametrize(
    ("path", "search"),
    [
        ("/entity/domain", ""),
        ("/entity/domain", "?value=%00"),
        ("/entity/ip", "?value=x"),
        ("/entity/planet", "?value=mars"),
        ("/entity/user", "?value=" + "x" * 5000),
    ],
)
def test_a_page_of_nothing_says_so(sample: Board, path: str, search: str) -> None:
    for output in PAGE:
        assert page(sample, path, search, output).status_code == 200
    assert "There is nothing like this" in told(page(sample, path, search, EntityPage.HEAD))
    assert page(sample, "/message/m1", search, EntityPage.HEAD).status_code == 204


@pytest.mark.parametrize(
    "name",
    [
        f"user:{HOSTILE}@evil.example",
        "domain:evil.example",
        "ip:203.0.113.9",
        f"url:{LINK}",
        f"file:{HASH}",
        f"file:{HOSTILE}",
        f"url:{HOSTILE}",
    ],
)
def test_hostile_values_stay_text(sample: Board, name: str) -> None:
    for output in PANEL:
        answer = panel(sample, named(name), output)
        assert answer.status_code == 200
        links = addresses(answer.json)
        assert not [link for link in links if not link.startswith(("/explorer?", "/message/", "/entity/"))]
        shown = [value for key, value in attributes(answer.json) if key in {"title", "aria-label"}]
        assert not [text for text in shown if "\u202e" in str(text)]
    text = said(sample, name)
    assert "'https://evil.example/<b>" not in text.replace("'data-copy': 'https", "").replace(f"url:{LINK}", "")


@pytest.mark.parametrize("role", [Role.EXECUTIVE, Role.SEARCH_AND_PURGE, Role.PREVIEW])
def test_panels_are_only_for_who_may_see_messages(sample: Board, role: Role) -> None:
    for output in PANEL:
        assert panel(sample, named("domain:bad.example"), output, role=role).status_code == 403
    for output in PAGE:
        assert page(sample, "/entity/domain", "?value=bad.example", output, role=role).status_code == 403


def test_addresses_of_pages(sample: Board) -> None:
    reader = sample.browser(Role.SECURITY_READER)

    for kind in ("user", "domain", "ip", "url", "file"):
        assert reader.get(f"/entity/{kind}?value={quote(HOSTILE)}").status_code == 200
    for path in ("/entity", "/entity/", "/entity/planet", "/entity/domain/x", "/entity/%00"):
        assert reader.get(path).status_code == 404
    assert "You cannot open" in sample.browser(Role.EXECUTIVE).get("/entity/domain?value=bad.example").text
