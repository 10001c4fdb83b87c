"""What the browser loads: versions, sizes, compression."""

import gzip
import json
from pathlib import Path

import brotli
import pytest
from flask import Flask, Response, send_from_directory

from dashapp.browser_files import ASSETS, AssetsNotBuilt, BrowserFiles, SuiteCache, send_small
from dashapp.identity.permissions import Role
from tests.apps import Board

LONG = "threats " * 500


@pytest.fixture
def server(tmp_path: Path) -> Flask:
    server = Flask("small", static_folder=None)
    send_small(server, tmp_path / "suites")
    server.add_url_rule("/long", "long", lambda: LONG)
    server.add_url_rule("/short", "short", lambda: "threats")
    server.add_url_rule("/image", "image", lambda: Response(LONG, mimetype="image/png"))
    server.add_url_rule("/_dash-component-suites/x.js", "suite", lambda: Response(LONG, mimetype="text/javascript"))
    server.add_url_rule("/assets/<path:filename>", "assets", lambda filename: send_from_directory(ASSETS, filename))
    return server


@pytest.mark.parametrize(
    ("accepted", "encoding"), [("gzip, deflate, br", "br"), ("gzip", "gzip"), ("", None), ("br;q=0, gzip", "gzip")]
)
def test_answers_come_as_the_browser_accepts_them(server: Flask, accepted: str, encoding: str | None) -> None:
    response = server.test_client().get("/long", headers={"Accept-Encoding": accepted})
    assert response.headers.get("Content-Encoding") == encoding
    assert "Accept-Encoding" in response.headers["Vary"]
    plain = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[encoding](response.data)
    assert plain.decode() == LONG
    assert int(response.headers["Content-Length"]) == len(response.data)


@pytest.mark.parametrize("path", ["/short", "/image"])
def test_what_would_not_shrink_is_left_alone(server: Flask, path: str) -> None:
    response = server.test_client().get(path, headers={"Accept-Encoding": "br"})
    assert "Content-Encoding" not in response.headers


def test_suites_are_compressed_once_and_kept_on_disk(server: Flask, tmp_path: Path) -> None:
    for _ in range(2):
        server.test_client().get("/_dash-component-suites/x.js", headers={"Accept-Encoding": "br"})
    (kept,) = (tmp_path / "suites").iterdir()
    assert brotli.decompress(kept.read_bytes()).decode() == LONG
    kept.write_bytes(b"as it is")
    assert SuiteCache(tmp_path / "suites").compressed(LONG.encode(), "br") == b"as it is"


@pytest.mark.parametrize("accepted", ["br", "gzip", "identity"])
def test_built_files_are_served_from_their_twins(board: Board, accepted: str) -> None:
    address = BrowserFiles("/").built("plotly.js")
    with board.browser().get(address, headers={"Accept-Encoding": accepted}) as response:
        plain = {"br": brotli.decompress, "gzip": gzip.decompress, "identity": bytes}[accepted](response.data)
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert response.mimetype == "text/javascript"
    assert plain == (ASSETS / address.removeprefix("/assets/")).read_bytes()


def test_a_later_chunk_of_dash_is_asked_for_again_without_being_sent_again(board: Board) -> None:
    browser, address = board.browser(Role.EXECUTIVE), "/_dash-component-suites/dash/dcc/async-graph.js"
    browser.get("/")  # Dash learns which files it may serve
    first = browser.get(address, headers={"Accept-Encoding": "br"})
    assert first.headers["Cache-Control"] == "no-cache"
    again = browser.get(address, headers={"Accept-Encoding": "br", "If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert not again.data


def test_a_twin_is_never_outside_the_built_files(server: Flask) -> None:
    for path in ("/assets/vendor/../../pyproject.toml", "/assets/vendor/%2e%2e/%2e%2e/pyproject.toml"):
        assert server.test_client().get(path).status_code == 404


def test_every_file_of_the_page_exists_and_may_be_kept(board: Board) -> None:
    files, browser = BrowserFiles("/"), board.browser()
    for address in [*files.styles, files.early_script, *files.scripts, files.ours("mark.svg")]:
        with browser.get(address) as response:
            assert response.status_code == 200, address
            assert "immutable" in response.headers["Cache-Control"], address


def test_plotly_and_the_maps_are_of_the_version_dash_expects(board: Board) -> None:
    from plotly.offline import get_plotlyjs_version

    manifest = json.loads((ASSETS / "vendor" / "manifest.json").read_text())
    wanted = json.loads((ASSETS.parent / "package.json").read_text())["dependencies"]["plotly.js"]
    assert wanted == get_plotlyjs_version()
    assert manifest["topojson"] == f"topojson-{wanted}/"
    for bundle in ("plotly.js", "plotly-whole.js"):
        text = (ASSETS / "vendor" / manifest[bundle]).read_text()
        assert wanted in text
        assert "eval(" not in text


def test_missing_build_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("dashapp.browser_files.ASSETS", tmp_path)
    with pytest.raises(AssetsNotBuilt, match="make setup"):
        BrowserFiles("/").built("plotly.js")


def test_lock_file_names_no_registry() -> None:
    lock = json.loads((ASSETS.parent / "package-lock.json").read_text())
    assert not [name for name, entry in lock["packages"].items() if "resolved" in entry]


def test_unknown_addresses_are_404_for_programs_too(board: Board) -> None:
    browser = board.browser(Role.EXECUTIVE)
    assert browser.get("/account").status_code == 200
    assert browser.get("/accoun").status_code == 404
