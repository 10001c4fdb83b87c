"""The flyout and the message's page over HTTP."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dashapp.callbacks._message import cell_window, instant_window
from dashapp.data.engine import open_engine
from dashapp.data.lake import Lake
from dashapp.identity.permissions import Role
from dashapp.ids import Flyout, Message, Shell
from dashapp.settings import Settings
from tests.apps import Board, build
from tests.data.sample import fill
from tests.lakes import at, publish
from tests.threats import HOSTILE

AT = "at=2026-03-01T00:00:00Z"
LINK = "https://evil.example/<b>?x=1"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    folder: Path = tmp_path_factory.mktemp("sample")
    fill(folder / "lake")
    publish(
        folder / "lake",
        "EmailEvents",
        Timestamp=[at("2026-03-02T10:00")],
        NetworkMessageId=["hostile"],
        recipient=["ana@corp.example"],
        RecipientEmailAddress=["ana@corp.example"],
        Subject=[HOSTILE],
        SenderDisplayName=[HOSTILE],
        SenderFromAddress=[f"{HOSTILE}@evil.example"],
        AdditionalFields=['{"Headers": "Subject: <b>x</b>\\nReceived: by\\u202e y", "Extra": {"a": 1}}'],
    )
    publish(
        folder / "lake",
        "EmailUrlInfo",
        Timestamp=[at("2026-03-02T10:00")],
        NetworkMessageId=["hostile"],
        Url=[LINK],
        UrlDomain=["evil.example"],
    )
    engine = open_engine(Lake.open(folder / "lake"), Settings(query_memory_mb=200))
    made = build(folder, lake=Lake.open(folder / "lake"), engine=engine)
    yield made
    engine.close()
    made.services.storage.close()


def view(path: str, search: str = "") -> dict[str, Any]:
    return {"path": path, "search": search, "now": datetime.now(UTC).isoformat(), "refresh": 0, "since": "now-7d"}


def page(board: Board, path: str, search: str = "", *, output: str = Message.CONTENT, role: Role | None = None) -> Any:
    body = board.body(board.output_of(f"{output}.children"), {f"{Shell.VIEW}.data": view(path, search)})
    return board.browser(role or Role.SECURITY_READER).fire(body)


def flyout(board: Board, wanted: object, *, output: str = Flyout.CONTENT, role: Role | None = None) -> Any:
    body = board.body(board.output_of(f"{output}.children"), {f"{Flyout.WANTED}.data": wanted})
    return board.browser(role or Role.SECURITY_READER).fire(body)


def told(response: Any) -> str:
    """The answer as text, without the escapes of JSON."""
    return str(response.json)


def opened(name: str, shown: str = "", search: str = "?from=2026-03-01&to=2026-03-08") -> dict[str, Any]:
    return {"message": name, "shown": shown, "view": view("/explorer", search)}


def test_the_page_tells_the_message(sample: Board) -> None:
    said = told(page(sample, "/message/m1", f"?recipient=bo@corp.example&{AT}"))

    assert "Phishing that was delivered, later removed" in said
    assert "a link was opened in a sandbox" in said
    assert "hxxp://bad[.]example/A?x=1" in said
    assert "Phish ZAP: moved to quarantine" in said
    assert "2026-03-01 02:00:00" in said
    assert "/message/m1?" in said  # the other recipient's
    assert "recipient=ana%40corp.example" in said


def test_times_are_in_the_zone_of_the_address(sample: Board) -> None:
    assert "2026-03-01 11:00:00" in told(page(sample, "/message/m1", "?recipient=bo@corp.example&tz=Asia/Tokyo"))


@pytest.mark.parametrize(
    "search", ["", "?recipient=", "?at=nonsense", "?at=0001-01-01T00:00Z", "?at=2020-01-01T00:00Z"]
)
def test_without_a_hint_the_message_is_found_all_the_same(sample: Board, search: str) -> None:
    assert "Invoice 1" in told(page(sample, "/message/m1", search))


@pytest.mark.parametrize(
    ("path", "search"),
    [("/message/m99", ""), ("/message/m1", "?recipient=nobody@corp.example"), ("/message/m1", "?recipient=%00")],
)
def test_an_unknown_message_is_said_to_be_unknown(sample: Board, path: str, search: str) -> None:
    response = page(sample, path, search)

    assert response.status_code == 200
    assert "This message is not here" in told(response)
    assert page(sample, path, search, output=Message.AROUND).json["response"][Message.AROUND]["children"] is None


def test_similar_messages_are_counted_and_lead_to_the_explorer(sample: Board) -> None:
    said = told(page(sample, "/message/m1", "?recipient=bo@corp.example", output=Message.AROUND))

    assert "Same sender" in said
    assert "'5 messages'" in said  # of evil@bad.example from a week before to a week after
    assert "'2 messages'" in said  # of this subject
    assert "from=2026-02-22T00:00Z" in said
    assert "Finance" not in said
    assert "Sales" in said  # the recipient's department


def test_the_flyout_shows_the_same_as_the_page(sample: Board) -> None:
    said = told(flyout(sample, opened("m1 Bo@Corp.example", "2026-03-01 00:00:00")))

    assert "Phishing that was delivered, later removed" in said
    assert "Open as a page" in said
    assert "at=2026-03-01T00%3A00%3A00Z" in said
    assert "'5 messages'" in told(flyout(sample, opened("m1 bo@corp.example"), output=Flyout.AROUND))


@pytest.mark.parametrize("shown", ["", "gestern", "2026-13-01 00:00:00", "9999-12-31 23:59:59", None, 7])
def test_the_flyout_finds_messages_outside_the_range_too(sample: Board, shown: Any) -> None:
    assert "Invoice 1" in told(flyout(sample, opened("m1 bo@corp.example", shown, "?from=2020-01-01&to=2020-01-02")))


@pytest.mark.parametrize(
    "forged",
    [None, [], "x", {}, {"message": 1}, {"message": "m1 x"}, {"message": "m1", "view": []}, opened(""), opened("\0")],
)
def test_forged_requests_change_nothing(sample: Board, forged: object) -> None:
    assert flyout(sample, forged).status_code == 204
    assert flyout(sample, forged, output=Flyout.AROUND).status_code == 204


def test_hostile_text_is_text(sample: Board) -> None:
    response = page(sample, "/message/hostile")
    tree = str(response.json)

    assert "⟦U+202E⟧" in tree
    assert "hxxps://evil[.]example" in tree
    assert "Header" in tree
    assert "Subject: <b>x</b>" in tree
    assert not [address for address in addresses(response.json) if not address.startswith(("/explorer?", "/message/"))]
    copied = [value for name, value in attributes(response.json) if name == "data-copy"]
    assert LINK in copied


def attributes(tree: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(tree, dict):
        for name, value in tree.items():
            yield name, value
            yield from attributes(value)
    elif isinstance(tree, list):
        for one in tree:
            yield from attributes(one)


def addresses(tree: Any) -> list[str]:
    return [value for name, value in attributes(tree) if name in {"href", "src", "action"} and isinstance(value, str)]


@pytest.mark.parametrize("role", [Role.EXECUTIVE, Role.SEARCH_AND_PURGE, Role.PREVIEW])
def test_messages_are_only_for_who_may_see_them(sample: Board, role: Role) -> None:
    for output in (Message.CONTENT, Message.AROUND):
        assert page(sample, "/message/m1", output=output, role=role).status_code == 403
    for output in (Flyout.CONTENT, Flyout.AROUND):
        assert flyout(sample, opened("m1 bo@corp.example"), output=output, role=role).status_code == 403


@pytest.mark.parametrize("name", ["%00", "x" * 201, "%F0%9F%92%A3", "a%20b", "..%2f..", "%3Cscript%3E", "a/b", ""])
def test_hostile_ids_get_the_ordinary_page_of_nothing(sample: Board, name: str) -> None:
    response = sample.browser(Role.SECURITY_READER).get(f"/message/{name}")

    assert response.status_code == 404
    assert sample.browser(Role.SECURITY_READER).get("/message/m1").status_code == 200


def test_what_the_grid_shows_as_a_time_is_looked_around() -> None:
    found = cell_window("2026-10-25 01:30:00", "Europe/Lisbon")  # two instants: clocks are turned back

    assert found is not None
    assert (
        found.start <= datetime(2026, 10, 25, 0, 30, tzinfo=UTC) < datetime(2026, 10, 25, 1, 30, tzinfo=UTC) < found.end
    )
    assert cell_window("", "UTC") is None
    assert instant_window("2026-03-01T00:00:00") is None
