"""The whole permission table, repeated: no right changes unnoticed."""

import pytest

from dashapp.identity.permissions import ROLE_NAMES, Actor, Permission, PermissionDenied, Role, ensure, permissions_of

TABLE = {
    "dashboard:read": "GA SA SR EX",
    "trends:read": "GA SA SR EX",
    "intel:read": "GA SA SR EX",
    "message:read": "GA SA SR",
    "export:create": "GA SA SR",
    "query:save": "GA SA SR",
    "incident:read": "GA SA SR",
    "incident:add": "GA SA SR",
    "incident:comment": "GA SA SR",
    "action:propose": "GA SA SR",
    "incident:write": "GA SA",
    "intel:write": "GA SA",
    "query:share": "GA SA",
    "connector:manage": "GA SA",
    "audit:read": "GA SA",
    "system:read": "GA SA",
    "action:manage": "GA SA",
    "mail:purge": "SP",
    "message:preview": "PV",
    "people:manage": "GA",
    "licence:manage": "GA",
    "account:own": "GA SA SR EX SP PV",
    "app:open": "GA SA SR EX SP PV",
}


def test_table_is_complete() -> None:
    assert set(TABLE) == set(Permission)
    assert list(Permission) == sorted(Permission)
    assert set(ROLE_NAMES) == set(Role)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("permission", Permission)
def test_role_has_exactly_its_permissions(role: Role, permission: Permission) -> None:
    assert (permission in permissions_of([role])) is (role in TABLE[permission].split())


def test_roles_combine() -> None:
    actor = Actor("1", "Ana", frozenset({Role.SECURITY_ADMINISTRATOR, Role.SEARCH_AND_PURGE}))
    assert {Permission.ACTION_MANAGE, Permission.MAIL_PURGE} <= actor.permissions
    ensure(actor, Permission.ACTION_MANAGE)
    ensure(actor, Permission.MAIL_PURGE)


def test_without_a_role_nothing_is_allowed() -> None:
    nobody = Actor("2", "Rui", frozenset())
    for permission in Permission:
        with pytest.raises(PermissionDenied, match=permission):
            ensure(nobody, permission)
