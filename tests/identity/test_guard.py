"""The door: deny by default (Z1, Z2), CSRF (B1), headers (B3), redirects (B5), errors (F10), F11."""

import json
import re

import pytest
import sqlalchemy as sa
from dash import Dash

from dashapp.identity import web
from dashapp.identity.origins import safe_next
from dashapp.settings import Settings
from dashapp.storage import Storage, tables
from tests.identity.browser import SAME, Browser, show, tick, token_in
from tests.identity.conftest import PASSWORD, Clock, build_app

People = dict[str, str]
CALLBACK = "/_dash-update-component"


def routes(app: Dash) -> list[tuple[str, str, str]]:
    """Endpoint, path and method of everything the server answers, Dash's own routes included."""
    found = []
    for rule in app.server.url_map.iter_rules():
        path = re.sub(r"<[^>]+>", "x", rule.rule)
        found += [(rule.endpoint, path, method) for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}]
    return found


def test_z1_strangers_get_nothing_that_is_not_declared_public(app: Dash, browser: Browser, people: People) -> None:
    browser.get("/livez")  # Dash adds routes at the first request
    walked = routes(app)
    assert {"/", CALLBACK, "/_dash-layout", "/_dash-dependencies"} <= {path for _, path, _ in walked}
    assert not any("_mcp" in path for _, path, _ in walked)
    for endpoint, path, method in walked:
        if endpoint in web.PUBLIC_ENDPOINTS | {"open"}:
            continue
        answer = browser.client.open(path, method=method, headers=SAME)
        assert answer.status_code in {302, 401}, f"{method} {path} answers a stranger"
        if answer.status_code == 302:
            assert answer.location.startswith("/sign-in?next=")


@pytest.mark.parametrize("role", ["GA", "SA", "SR", "EX", "SP", "PV"])
def test_z1_z2_each_role_gets_what_the_table_says(browser: Browser, people: People, role: str) -> None:
    browser.sign_in(people[role])
    assert browser.get("/").status_code == 200
    assert browser.get("/people").status_code == (200 if role == "GA" else 403)
    assert browser.fire(show()).status_code == (200 if role in {"GA", "SA", "SR"} else 403)
    assert browser.fire(tick()).status_code == (200 if role in {"GA", "SA", "SR", "EX"} else 403)


def test_z2_a_refused_callback_did_not_run(browser: Browser, people: People) -> None:
    browser.sign_in(people["EX"])
    answer = browser.fire(show("crash"))
    assert answer.status_code == 403
    assert answer.json["error"] == "You may not do that"
    assert answer.json["request_id"] == answer.headers["X-Request-ID"]


def test_expired_callbacks_get_json_not_a_redirect(browser: Browser, people: People) -> None:
    answer = browser.fire(show())
    assert answer.status_code == 401
    assert answer.json["error"] == "You are signed out"


def test_signing_in_leads_back_to_where_one_was(browser: Browser, people: People) -> None:
    location = browser.get("/explorer?q=a%3Ab&tab=1").location
    page = browser.get(location)
    field = re.search(r'name="next" value="([^"]*)"', page.text)
    assert field is not None
    assert field[1] == "/explorer?q=a%3Ab&amp;tab=1"


# B1: requests that change something


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, True),
        ({"Origin": "http://localhost"}, True),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, False),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "://"}, False),
        ({"Origin": "http://localhost:81"}, False),
        ({"Origin": "https://localhost"}, False),
        ({"Origin": "null"}, False),
        ({}, False),
    ],
    ids=str,
)
@pytest.mark.parametrize("what", ["callback", "sign-in", "sign-out", "setup", "open"])
def test_b1_only_our_own_pages_may_post(
    browser: Browser, people: People, headers: dict[str, str], allowed: bool, what: str
) -> None:
    if what in {"callback", "sign-out"}:
        browser.sign_in(people["SR"])
    else:
        browser.get("/sign-in")
    sent = headers | {"X-CSRFToken": browser.token}
    fields = {"login": people["SR"], "password": PASSWORD, "csrf_token": browser.token}
    if what == "callback":
        answer = browser.post(CALLBACK, json=show(), headers=sent)
    else:
        answer = browser.post(f"/{what}", data=fields, headers=sent)
    assert (answer.status_code < 400) is allowed
    if not allowed:
        assert answer.status_code == 403


@pytest.mark.parametrize("token", ["", "x", "0" * 64, "é"])
def test_b1_a_callback_needs_the_token_of_its_session(reader: Browser, token: str) -> None:
    assert reader.fire(show(), **{"X-CSRFToken": token}).status_code == 403


def test_b1_a_token_of_another_session_is_no_good(reader: Browser, people: People) -> None:
    other = Browser(reader.server)
    other.sign_in(people["SR"])
    assert reader.fire(show(), **{"X-CSRFToken": other.token}).status_code == 403


def test_b1_a_planted_cookie_is_no_token(browser: Browser, people: People) -> None:
    browser.client.set_cookie("_csrf_token", "planted")
    fields = {"login": people["SR"], "password": PASSWORD, "csrf_token": "planted"}
    assert browser.post("/sign-in", data=fields, headers=SAME).status_code == 403


def test_b1_form_and_text_bodies_are_no_callbacks(reader: Browser) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        answer = reader.post(
            CALLBACK, data=json.dumps(show()), content_type=kind, headers=SAME | {"X-CSRFToken": reader.token}
        )
        assert answer.status_code == 415, kind


def test_b1_a_lost_token_comes_back_with_the_page(reader: Browser) -> None:
    reader.client.delete_cookie("_csrf_token")
    reader.get("/")
    assert reader.fire(show()).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:8050", "[::2]", "a_b.example", "[::1"]
)
def test_b1_a_name_pointed_at_this_machine_is_not_answered(browser: Browser, people: People, host: str) -> None:
    answer = browser.get("/sign-in", headers={"Host": host})
    assert answer.status_code == 400
    assert "THREATBOARD_PUBLIC_URL" in answer.text


@pytest.mark.parametrize("host", ["localhost:8050", "127.0.0.1:9", "[::1]:8050"])
def test_this_machine_has_three_names(browser: Browser, people: People, host: str) -> None:
    assert browser.get("/sign-in", headers={"Host": host}).status_code == 200


# B2, B3, S5: headers


def test_b3_s5_every_answer_carries_the_headers(app: Dash, reader: Browser) -> None:
    reader.get("/")
    stranger = Browser(reader.server)
    seen = 0
    for who in (reader, stranger):
        for _, path, method in routes(app):
            answer = who.client.open(path, method=method, headers=SAME | {"X-CSRFToken": who.token})
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy, path
            assert "unsafe-eval" not in policy
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Referrer-Policy"] in {"no-referrer", "same-origin"}
            assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
            assert answer.headers["Permissions-Policy"].startswith("camera=()")
            assert "no-store" in answer.headers["Cache-Control"], path
            assert answer.headers["X-Request-ID"]
            seen += 1
    assert seen > 20


def test_b2_scripts_run_by_hash_only(app: Dash, reader: Browser) -> None:
    policy = reader.get("/").headers["Content-Security-Policy"]
    scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert scripts.split()[:2] == ["script-src", "'self'"]
    assert all(source.startswith("'sha256-") for source in scripts.split()[2:])
    assert len(scripts.split()) > 2
    assert "frame-ancestors 'none'" in policy


def test_s5_fingerprinted_files_are_kept_and_nothing_else(reader: Browser) -> None:
    page = reader.get("/").text
    suite = re.search(r'"(/_dash-component-suites/dash/deps/react@[^"]+m\d+\.[^"]+)"', page)
    assert suite is not None
    assert reader.get(suite[1]).headers["Cache-Control"] == "public, max-age=31536000, immutable"
    css = re.search(r'href="(/sign-in.css\?v=\w+)"', Browser(reader.server).get("/sign-in").text)
    assert css is not None
    assert "immutable" in reader.get(css[1]).headers["Cache-Control"]
    assert reader.get("/sign-in.css").headers["Cache-Control"] == "no-store"
    assert reader.get("/?m=1").headers["Cache-Control"] == "no-store"


# B5: where one may be sent


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "\t//evil.example",
        " //evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "evil.example",
        "http:evil.example",
        "///evil.example",
        "/x\\..\\..\\evil",
        "/\x00",
        "",
        "/" + "x" * 5000,
    ],
)
def test_b5_next_never_leaves_this_server(browser: Browser, people: People, wanted: str) -> None:
    assert safe_next(wanted, "/home") == "/home"
    assert browser.sign_in(people["SR"], next=wanted).location == "/"
    assert browser.get("/sign-in", query_string={"next": wanted}).location == "/"


@pytest.mark.parametrize("wanted", ["/", "/explorer?q=a%2F%2Fb", "/explorer?q=http://x/#y", "/a:b//c"])
def test_b5_our_own_paths_are_kept(wanted: str) -> None:
    assert safe_next(wanted, "/home") == wanted


def test_a_duplicated_session_cookie_and_a_huge_one_are_no_trouble(browser: Browser, people: People) -> None:
    assert browser.get("/", headers={"Cookie": "threatboard=a; threatboard=b"}).status_code == 302
    assert browser.get("/", headers={"Cookie": "threatboard=" + "x" * 8000}).status_code == 302


# F10: errors


def test_f10_a_failing_callback_says_nothing_of_the_inside(reader: Browser, caplog: pytest.LogCaptureFixture) -> None:
    answer = reader.fire(show("crash"))
    assert answer.status_code == 500
    assert answer.json["request_id"] == answer.headers["X-Request-ID"]
    assert "marker-8f3a" not in answer.text
    assert "Traceback" not in answer.text
    assert "marker-8f3a" in caplog.text


def test_f10_a_failing_page_says_nothing_of_the_inside(reader: Browser) -> None:
    answer = reader.get("/crash")
    assert answer.status_code == 500
    assert answer.headers["X-Request-ID"] in answer.text
    assert "ZeroDivision" not in answer.text
    assert "Something went wrong on our side" in answer.text
    assert answer.text.startswith("<!doctype html>")


@pytest.mark.parametrize(("accept", "is_json"), [("text/html", False), ("application/json", True)])
def test_f10_refusals_come_as_page_or_json(reader: Browser, accept: str, is_json: bool) -> None:
    answer = reader.get("/people", headers={"Accept": accept})
    assert answer.status_code == 403
    assert answer.is_json is is_json
    assert "None of your roles allows it" in answer.text


def test_f10_the_address_is_not_echoed(browser: Browser) -> None:
    answer = browser.post("/<script>alert(1)</script>", headers=SAME)
    assert "<script>" not in answer.text


def test_refused_permissions_are_recorded(reader: Browser, storage: Storage) -> None:
    reader.get("/people")
    with storage.read() as connection:
        row = connection.execute(sa.select(tables.audit).order_by(tables.audit.c.seq.desc()).limit(1)).one()
    assert (row.action, row.object, row.actor_name) == ("permission.refuse", "path:/people", "Security_Reader")
    assert json.loads(row.detail) == {"permission": "people:manage", "endpoint": "people"}


# F11: whom to believe about addresses


def test_f11_a_forged_forwarded_address_counts_for_nothing(browser: Browser, people: People, storage: Storage) -> None:
    for number in range(6):
        token = token_in(browser.get("/sign-in").text)
        forged = SAME | {"X-Forwarded-For": f"198.51.100.{number}", "X-Forwarded-Host": "evil.example"}
        fields = {"csrf_token": token, "login": people["SR"], "password": "wrong password 1"}
        answer = browser.post("/sign-in", data=fields, headers=forged)
    assert answer.status_code == 429
    with storage.read() as connection:
        refused = tables.audit.c.action == "session.refuse"
        assert set(connection.scalars(sa.select(tables.audit.c.ip).where(refused))) == {"127.0.0.1"}


def test_f11_declared_proxies_are_believed_and_no_one_before_them(
    settings: Settings, storage: Storage, clock: Clock, people: People
) -> None:
    behind = Settings(**settings.model_dump() | {"proxy_hops": 1, "public_url": "https://mail.example"})
    browser = Browser(build_app(behind, storage, clock).server)
    headers = {
        "X-Forwarded-For": "6.6.6.6, 198.51.100.7",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "mail.example",
        "Origin": "https://mail.example",
    }
    token = token_in(browser.get("/sign-in", headers=headers, base_url="https://mail.example").text)
    answer = browser.post(
        "/sign-in",
        base_url="https://mail.example",
        data={"csrf_token": token, "login": people["SR"], "password": PASSWORD},
        headers=headers,
    )
    assert answer.status_code == 303
    with storage.read() as connection:
        opened = tables.audit.c.action == "session.open"
        assert list(connection.scalars(sa.select(tables.audit.c.ip).where(opened))) == ["198.51.100.7"]


def test_a_sub_path_stays_in_front(settings: Settings, storage: Storage, clock: Clock, people: People) -> None:
    behind = Settings(**settings.model_dump() | {"proxy_hops": 1})
    browser = Browser(build_app(behind, storage, clock).server)
    answer = browser.get("/explorer?q=1", headers={"X-Forwarded-Prefix": "/threatboard"})
    assert answer.location == "/threatboard/sign-in?next=/threatboard/explorer?q%3D1"
