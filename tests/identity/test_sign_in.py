"""Signing in over HTTP: credentials (A1, A4, A5), sessions (S1 to S5), cookies."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher

from dashapp.identity import first_run
from dashapp.identity.accounts import Accounts
from dashapp.identity.permissions import Role
from dashapp.settings import Settings
from dashapp.storage import Storage, tables, users
from tests.identity.browser import Browser, show, tick
from tests.identity.conftest import PASSWORD, ROOT, Clock, build_app

People = dict[str, str]


def actions(storage: Storage) -> list[str]:
    with storage.read() as connection:
        return list(connection.scalars(sa.select(tables.audit.c.action).order_by(tables.audit.c.seq)))


def test_the_right_password_opens_the_app(browser: Browser, people: People) -> None:
    answer = browser.sign_in(people["SR"], next="/?q=a%20b")
    assert (answer.status_code, answer.location) == (303, "/?q=a%20b")
    assert browser.get("/").status_code == 200
    assert browser.fire(show()).json["response"]["out"]["children"] == "Security_Reader: hello"


def test_login_names_are_found_as_people_type_them(browser: Browser, people: People) -> None:
    assert browser.sign_in(f"  {people['SR'].upper()} ").status_code == 303


@pytest.mark.parametrize("login", ["sr@example.com", "unknown@example.com", "", "x" * 5000, "\x00", "' OR 1=1 --"])
def test_a4_a_wrong_password_and_an_unknown_login_get_the_same_answer(
    browser: Browser, people: People, login: str
) -> None:
    answer = browser.sign_in(login, "wrong password 123")
    assert answer.status_code == 401
    assert "That login and password do not belong together." in answer.text
    assert browser.cookie("threatboard") == ""


def test_a4_a_disabled_account_gets_the_same_answer(browser: Browser, people: People, accounts: Accounts) -> None:
    accounts.set_disabled(ROOT, people["SR"], disabled=True)
    answer = browser.sign_in(people["SR"])
    assert answer.status_code == 401
    assert "do not belong together" in answer.text


def test_a1_an_old_hash_is_renewed_at_sign_in(browser: Browser, people: People, storage: Storage, clock: Clock) -> None:
    old = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    with storage.write() as connection:
        user = users.by_login(connection, people["EX"])
        assert user is not None
        users.change(connection, user.id, clock(), password_hash=old)
    assert browser.sign_in(people["EX"]).status_code == 303
    with storage.read() as connection:
        after = users.by_id(connection, user.id)
    assert after is not None
    assert after.password_hash is not None
    assert after.password_hash.startswith("$argon2id$v=19$m=32768,t=2,p=1$")


def test_a4_twenty_wrong_passwords_are_throttled_for_the_right_one_too(
    browser: Browser, people: People, clock: Clock
) -> None:
    codes = [browser.sign_in(people["SR"], "wrong password 123").status_code for _ in range(20)]
    assert codes[:5] == [401] * 5
    assert codes[-1] == 429
    answer = browser.sign_in(people["SR"])
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) >= 1
    clock.forward(hours=1)
    assert browser.sign_in(people["SR"]).status_code == 303


def test_a4_counters_are_shared_between_processes(
    browser: Browser, people: People, settings: Settings, storage: Storage, clock: Clock
) -> None:
    for _ in range(6):
        browser.sign_in(people["SR"], "wrong password 123")
    other_process = Browser(build_app(settings, storage, clock).server, address="192.0.2.9")
    assert other_process.sign_in(people["SR"]).status_code == 429


def test_a4_one_address_cannot_try_many_accounts(browser: Browser, people: People) -> None:
    codes = [browser.sign_in(f"nobody{number}@example.com", "wrong password").status_code for number in range(20)]
    assert set(codes) == {401}
    assert browser.sign_in("nobody@example.com", "wrong password").status_code == 429
    assert Browser(browser.server, address="192.0.2.9").sign_in(people["SR"]).status_code == 303


def test_a4_waiting_doubles_up_to_fifteen_minutes(browser: Browser, people: People, clock: Clock) -> None:
    waits = []
    for _ in range(30):
        answer = browser.sign_in(people["SR"], "wrong password 123")
        if answer.status_code == 429:
            waits.append(int(answer.headers["Retry-After"]))
            clock.forward(seconds=waits[-1])
    assert waits[:4] == [1, 2, 4, 8]
    assert max(waits) == 15 * 60


def test_a4_a_throttled_account_is_on_record_once_per_block(
    browser: Browser, people: People, storage: Storage, clock: Clock
) -> None:
    def throttled() -> list[tuple[str, str, str]]:
        columns = tables.audit.c.object, tables.audit.c.ip, tables.audit.c.detail
        with storage.read() as connection:
            found = connection.execute(sa.select(*columns).where(tables.audit.c.action == "session.throttle"))
            return [tuple(row) for row in found]

    with storage.read() as connection:
        victim = users.by_login(connection, people["SR"])
    assert victim is not None
    for _ in range(40):  # five are counted, the others refused by the block
        browser.sign_in(people["SR"], "wrong password 123")
    assert throttled() == [(f"user:{victim.id}", "127.0.0.1", '{"by":"account","seconds":1}')]
    elsewhere = Browser(browser.server, address="192.0.2.9")
    assert elsewhere.sign_in(people["SR"]).status_code == 429
    assert len(throttled()) == 1
    clock.forward(seconds=1)
    for _ in range(40):
        browser.sign_in(people["SR"], "wrong password 123")
    assert [detail for _, _, detail in throttled()[1:]] == ['{"by":"account","seconds":2}']
    assert actions(storage).count("session.refuse") == 6


def test_a4_a_throttled_address_is_on_record_once_whatever_names_it_tries(
    browser: Browser, people: People, storage: Storage
) -> None:
    browser.sign_in("first@example.com", "wrong password 123")
    for number in range(60):
        browser.sign_in(f"nobody{number}@example.com", "wrong password 123")
    assert actions(storage).count("session.refuse") == 20
    assert actions(storage).count("session.throttle") == 1


def test_a5_a_fresh_installation_has_no_account_and_asks_for_the_token(browser: Browser, storage: Storage) -> None:
    assert browser.get("/sign-in").location == "/setup"
    token = first_run.first_run_token(storage)
    assert token is not None
    fields = {"login": "Root@Example.com", "display_name": "Ro Ot", "password": PASSWORD, "again": PASSWORD}
    assert browser.submit("/setup", token="guess", **fields).status_code == 403
    assert actions(storage) == ["setup.refuse"]
    assert browser.submit("/setup", token=token, **fields | {"password": "short", "again": "short"}).status_code == 400
    assert browser.submit("/setup", token=token, **fields | {"again": "other"}).status_code == 400
    assert browser.submit("/setup", token=token, **fields).status_code == 303
    assert browser.get("/people").text == "people"
    assert Browser(browser.server).get("/setup").location == "/sign-in"
    assert first_run.first_run_token(storage) is None


def test_a5_the_token_works_once(browser: Browser, storage: Storage, accounts: Accounts) -> None:
    token = first_run.first_run_token(storage) or ""
    first_run.create_first_administrator(accounts, token, login="a@example.com", display_name="A", password=PASSWORD)
    with pytest.raises(first_run.WrongToken):
        first_run.create_first_administrator(
            accounts, token, login="b@example.com", display_name="B", password=PASSWORD
        )


def test_a5_two_at_once_with_one_token_make_one_administrator(storage: Storage, accounts: Accounts) -> None:
    token = first_run.first_run_token(storage) or ""
    ready = threading.Barrier(4)

    def claim(name: str) -> bool:
        ready.wait(30)
        try:
            first_run.create_first_administrator(
                accounts, token, login=f"{name}@example.com", display_name=name, password=PASSWORD
            )
        except first_run.WrongToken:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(claim, "abcd")) == [False, False, False, True]


def test_a5_a_new_token_replaces_the_old_one(storage: Storage, accounts: Accounts) -> None:
    old = first_run.first_run_token(storage) or ""
    first_run.first_run_token(storage)
    with pytest.raises(first_run.WrongToken):
        first_run.create_first_administrator(accounts, old, login="a@example.com", display_name="A", password=PASSWORD)


def test_s1_the_id_is_new_at_every_sign_in_and_the_old_one_is_useless(browser: Browser, people: People) -> None:
    browser.client.set_cookie("threatboard", "chosen-by-somebody-else")
    browser.sign_in(people["SR"])
    first = browser.cookie("threatboard")
    browser.post(
        "/sign-in",
        data={"csrf_token": browser.token, "login": people["SR"], "password": PASSWORD},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    second = browser.cookie("threatboard")
    assert len({first, second, "chosen-by-somebody-else"}) == 3
    assert len(second) == 43  # 256 bits
    browser.client.set_cookie("threatboard", first)
    assert browser.get("/").status_code == 302


def test_s1_only_a_hash_is_stored(browser: Browser, people: People, storage: Storage) -> None:
    browser.sign_in(people["SR"])
    with storage.read() as connection:
        stored = connection.execute(sa.select(tables.session)).mappings().one()
    assert browser.cookie("threatboard") not in str(dict(stored))


def test_s1_s3_a_changed_role_ends_the_session(browser: Browser, people: People, accounts: Accounts) -> None:
    browser.sign_in(people["EX"])
    accounts.set_roles(ROOT, people["EX"], grant=[Role.SECURITY_READER])
    assert browser.get("/").status_code == 302
    browser.sign_in(people["EX"])
    assert browser.fire(show()).status_code == 200


def test_s2_idle_sessions_end_and_clicks_keep_them(browser: Browser, people: People, clock: Clock) -> None:
    browser.sign_in(people["SR"])
    for _ in range(4):
        clock.forward(minutes=20)
        assert browser.fire(show()).status_code == 200
    clock.forward(minutes=31)
    assert browser.fire(show()).status_code == 401
    assert browser.get("/").status_code == 302


def test_s2_timers_do_not_keep_a_session_alive(browser: Browser, people: People, clock: Clock) -> None:
    browser.sign_in(people["SR"])
    for _ in range(5):
        clock.forward(minutes=5)
        assert browser.fire(tick()).status_code == 200
    clock.forward(minutes=6)
    assert browser.fire(tick()).status_code == 401


def test_s2_sessions_end_after_twelve_hours_however_busy(browser: Browser, people: People, clock: Clock) -> None:
    browser.sign_in(people["SR"])
    for _ in range(12 * 3 - 1):
        clock.forward(minutes=20)
        assert browser.fire(show()).status_code == 200
    clock.forward(minutes=20)
    assert browser.fire(show()).status_code == 401


def test_s2_a_wall_screen_stays_but_reads_aggregates_only(browser: Browser, people: People, clock: Clock) -> None:
    assert "Max-Age=2592000" in browser.sign_in(people["GA"], kiosk="1").headers["Set-Cookie"]
    clock.forward(days=5)
    assert browser.fire(tick()).status_code == 200
    assert browser.fire(show()).status_code == 403
    assert browser.get("/people").status_code == 403
    clock.forward(days=26)
    assert browser.fire(tick()).status_code == 401


def test_s3_sign_out_ends_the_session_everywhere_its_cookie_went(browser: Browser, people: People) -> None:
    browser.sign_in(people["SR"])
    cookie = browser.cookie("threatboard")
    answer = browser.sign_out()
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert browser.cookie("threatboard") == ""
    thief = Browser(browser.server)
    thief.client.set_cookie("threatboard", cookie)
    assert thief.get("/").status_code == 302


def test_s3_signing_out_is_a_post(browser: Browser, people: People) -> None:
    browser.sign_in(people["SR"])
    browser.get("/sign-out")
    assert browser.fire(show()).status_code == 200


@pytest.mark.parametrize("how", ["disable", "reset", "end_sessions"])
def test_s3_what_an_administrator_does_counts_at_once(
    browser: Browser, people: People, accounts: Accounts, how: str
) -> None:
    browser.sign_in(people["SR"])
    assert browser.fire(show()).status_code == 200
    if how == "disable":
        accounts.set_disabled(ROOT, people["SR"], disabled=True)
    elif how == "reset":
        accounts.reset_password(ROOT, people["SR"])
    else:
        assert accounts.end_sessions(ROOT, people["SR"]) == 1
    assert browser.fire(show()).status_code == 401


def test_s4_cookies_on_this_machine(browser: Browser, people: People) -> None:
    session, token = sorted(browser.sign_in(people["SR"]).headers.getlist("Set-Cookie"), reverse=True)
    assert session.startswith("threatboard=")
    assert "; HttpOnly; Path=/; SameSite=Lax" in session
    assert "HttpOnly" not in token  # Dash's renderer reads it
    assert not any("Expires" in cookie or "Max-Age" in cookie or "Domain" in cookie for cookie in (session, token))


@pytest.mark.parametrize(
    "changed", [{"host": "0.0.0.0"}, {"public_url": "https://mail.example/threatboard"}, {"proxy_hops": 1}], ids=str
)
def test_s4_cookies_elsewhere_are_secure_and_bound_to_the_host(
    settings: Settings, storage: Storage, clock: Clock, people: People, changed: dict[str, object]
) -> None:
    strict = Settings(**settings.model_dump() | changed)
    browser = Browser(build_app(strict, storage, clock).server)
    page = browser.get("/sign-in", base_url="https://localhost")
    assert "; Secure" in page.headers["Set-Cookie"]
    token = page.headers["Set-Cookie"].split("=", 1)[1].split(";")[0]
    answer = browser.post(
        "/sign-in",
        base_url="https://localhost",
        data={"csrf_token": token, "login": people["SR"], "password": PASSWORD},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    (session,) = [text for text in answer.headers.getlist("Set-Cookie") if "threatboard" in text]
    assert session.startswith("__Host-threatboard=")
    assert "; Secure; HttpOnly; Path=/; SameSite=Lax" in session
    assert "Strict-Transport-Security" in answer.headers


def test_s5_signing_out_clears_what_the_browser_kept(browser: Browser, people: People) -> None:
    browser.sign_in(people["SR"])
    assert browser.sign_out().headers["Clear-Site-Data"] == '"storage"'


def test_everything_is_recorded(browser: Browser, people: People, storage: Storage) -> None:
    browser.sign_in(people["EX"], "wrong password 123")
    browser.sign_in(people["EX"])
    browser.fire(show())
    browser.sign_out()
    assert actions(storage)[-4:] == ["session.refuse", "session.open", "permission.refuse", "session.close"]
    with storage.read() as connection:
        rows = connection.execute(sa.select(tables.audit).order_by(tables.audit.c.seq.desc()).limit(2)).mappings().all()
        assert storage.audit.verify(connection).problems == ()
    assert all(row["ip"] == "127.0.0.1" and len(row["request_id"]) == 16 and row["session"] for row in rows)


def test_demo_accounts_are_offered_on_this_machine_only(demo_browser: Browser) -> None:
    page = demo_browser.get("/sign-in").text
    assert page.count('name="user"') == len(first_run.DEMO_ROLES)
    assert "Global Administrator + Search and Purge" in page
    elsewhere = Browser(demo_browser.server, address="192.0.2.9")
    assert 'name="user"' not in elsewhere.get("/sign-in").text
    forwarded = demo_browser.get("/sign-in", headers={"X-Forwarded-For": "192.0.2.9"})
    assert 'name="user"' not in forwarded.text  # a tunnel or proxy on this machine


def test_a_demo_account_opens_at_a_click(demo_browser: Browser, storage: Storage) -> None:
    with storage.read() as connection:
        executive = users.by_login(connection, "executive@demo.example")
    assert executive is not None
    token = demo_browser.get("/sign-in") and demo_browser.token
    fields = {"user": executive.id, "csrf_token": token}
    headers = {"Sec-Fetch-Site": "same-origin"}
    elsewhere = Browser(demo_browser.server, address="192.0.2.9")
    elsewhere.client.set_cookie("_csrf_token", token)
    assert elsewhere.post("/sign-in/demo", data=fields, headers=headers).status_code == 404
    assert demo_browser.post("/sign-in/demo", data=fields | {"csrf_token": "x"}, headers=headers).status_code == 403
    assert demo_browser.post("/sign-in/demo", data=fields, headers=headers).status_code == 303
    assert demo_browser.fire(tick()).status_code == 200
    assert demo_browser.fire(show()).status_code == 403


def test_no_demo_clicks_outside_the_demo(browser: Browser, people: People, storage: Storage) -> None:
    with storage.read() as connection:
        user = users.by_login(connection, people["GA"])
    assert user is not None
    browser.get("/sign-in")
    answer = browser.post(
        "/sign-in/demo",
        data={"user": user.id, "csrf_token": browser.token},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status_code == 404


def test_demo_accounts_have_random_passwords_shown_once(storage: Storage, settings: Settings) -> None:
    created = first_run.create_demo_accounts(storage, settings)
    assert [roles for _, _, roles in created] == list(first_run.DEMO_ROLES.values())
    assert len({password for _, password, _ in created}) == len(created)
    assert first_run.create_demo_accounts(storage, settings) == []
