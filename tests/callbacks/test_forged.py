"""Addresses and values nobody meant, to every callback of an app that has data: an answer or a refusal, no failure."""

from typing import Any

import pytest

from dashapp.identity.permissions import Role
from dashapp.ids import Shell
from tests.apps import Board
from tests.callbacks.test_dashboard import view

pytestmark = pytest.mark.slow

LONG = "a" * 3_000
SEARCHES = [
    "?q=" + "(" * 40 + "a" + ")" * 40,
    "?q=subject~%22(a%2B)%2B%24%22",
    "?q=ip:999.1.1.1/99&off=sender:x",
    "?q=%ff%fe%00",
    f"?q={LONG}",
    "?q=" + "%20OR%20".join(f"to:a{number}" for number in range(150)),
    "?off=(((&q=sender:a",
    "?q=@nosuchlist&off=@nosuchlist",
    "?q=%24t0%20%24l0%20%24f0",
    "?q=subject:%22%27;%20DROP%20TABLE%20x;--%22",
    "?by=__class__&sort=__proto__&cols=constructor,__proto__",
    "?by=SenderFromAddress&cols=" + ",".join(["Subject"] * 400),
    "?sort=" + ",".join(["Subject"] * 200),
    "?msg=../../etc/passwd",
    f"?msg={LONG}|{LONG}",
    "?msg=%00|%00&tab=../..&view=../..&entity=domain:%00&entity=" + LONG,
    "?view=clicks&by=Nonsense&sort=-Nonsense",
    "?view=clicks&q=Url:a+OR+FileOwner:b&cols=Subject,Url,FileOwner&sort=Subject&by=Department&tab=top-urls",
    "?view=reported&q=(((&cols=constructor&by=SubmittedBy&grain=hour&log=1&cmp=1",
    f"?view=files&q=SenderIP:10.0.0.0/8+NOT+FileSize>1&msg={LONG}&entity=file:{LONG}&by=SenderFromDomain",
    "?view=files&view=clicks&q=Timestamp>now%2B1d&off=Spf:fail&tab=url-clicks-n3000-by-path",
    "?view=CLICKS&view=files",
    "?view=__proto__",
    "?from=9999-12-31&to=0001-01-01&grain=second&tz=../../etc/passwd",
    "?from=now-100000y&to=now%2B100000y",
    "?from=now-1d&from=now-2d&q=a&q=b&q=" + "&q=".join("c" * 50),
    "?" + "&".join(f"p{number}=1" for number in range(2_000)),
]
VIEWS = ("all", "clicks", "reported", "files")
ROLES = [(Role.SECURITY_READER,), (Role.EXECUTIVE,), (Role.SECURITY_ADMINISTRATOR, Role.SEARCH_AND_PURGE)]
SENT: list[Any] = [
    None, "", 3, -1, 1e308, True, [], {}, [[]], {"startRow": 0, "endRow": 5, "sortModel": [{"colId": "__proto__"}]},
    {"startRow": -5, "endRow": 2**63, "context": {"view": 3}}, {"text": LONG, "cursor": 2**40, "sequence": 1},
    {"text": "to:", "cursor": 3, "sequence": 2**60}, {"field": "Subject", "row": ["x\x00"], "time": []},
    {"field": "__class__", "row": LONG, "out": "yes"}, {"field": "Workload", "row": "\x00 " * 99, "time": LONG},
    {"id": "' OR 1=1", "key": {"$ne": None}},
]  # fmt: skip


def values_of(board: Board, output: str, search: str, sent: Any) -> dict[str, Any]:
    """One value for everything a callback reads; the view is a view."""
    entry = board.app.callback_map[output]
    names = [f"{one['id']}.{one['property']}" for one in entry["inputs"] + entry["state"]]
    return dict.fromkeys(names, sent) | {f"{Shell.VIEW}.data": view(search, "/explorer")}


@pytest.mark.parametrize("roles", ROLES, ids=lambda roles: "+".join(roles))
def test_no_address_and_no_value_makes_a_callback_fail(busy: Board, roles: tuple[Role, ...]) -> None:
    browser = busy.browser(*roles)
    tries = [(search, None) for search in SEARCHES] + [
        (f"?from=now-90d&view={one}", sent) for one in VIEWS for sent in SENT
    ]
    for output, entry in busy.app.callback_map.items():
        if "callback" not in entry:
            continue
        for search, sent in tries:
            answer = browser.fire(busy.body(output, values_of(busy, output, search, sent)))
            assert answer.status_code in {200, 204, 400, 403, 404}, (output, search[:200], sent, answer.text[:300])
