"""How callbacks are declared: with a permission, at import, bound to an app later and as often as a test likes."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

from dash import ClientsideFunction, Dash
from dash.dependencies import DashDependency

from dashapp.components.still import still
from dashapp.identity.permissions import Permission, ensure
from dashapp.services import services

P = ParamSpec("P")
R = TypeVar("R")
RULES = "threatboard.callbacks"


@dataclass(frozen=True)
class CallbackRule:
    """What the server's hook knows of one callback before Dash sees the request.

    Attributes:
        permission: What the caller must hold.
        polling: The browser sends it on a timer, so it must not keep an idle session alive.
    """

    permission: Permission
    polling: bool


@dataclass(frozen=True)
class _Declared:
    function: Callable[..., Any]
    rule: CallbackRule
    dependencies: tuple[DashDependency, ...]
    options: dict[str, Any]


class CallbackSet:
    """Callbacks of one page, declared at import and bound to an app by ``register``.

    ``dash.callback`` is not used: its global list is emptied by the first app that serves a request, so a second app
    in the same process (every test) would have none.
    """

    def __init__(self) -> None:
        self._declared: list[_Declared] = []
        self._clientside: list[tuple[ClientsideFunction, tuple[DashDependency, ...], dict[str, Any]]] = []

    def __call__(
        self, *dependencies: DashDependency, permission: Permission, polling: bool = False, **options: Any
    ) -> Callable[[Callable[P, R]], Callable[P, R]]:
        """Declare a callback; the decorated function itself stays plain and callable."""

        def declare(function: Callable[P, R]) -> Callable[P, R]:
            self._declared.append(_Declared(function, CallbackRule(permission, polling), dependencies, options))
            return function

        return declare

    def clientside(self, name: str, *dependencies: DashDependency, **options: Any) -> None:
        """Declare that the browser runs ``threatboard.<name>`` of ``assets/js``; the server is not asked."""
        self._clientside.append((ClientsideFunction("threatboard", name), dependencies, options))

    def register(self, app: Dash) -> None:
        """Add every declared callback to ``app``, behind its permission check.

        Raises:
            ValueError: Dash gives one the name of another, and would drop that silently: they have the same outputs,
                or none and the same inputs.
        """
        rules = callback_rules(app)
        for declared in self._declared:
            known = set(app.callback_map)
            app.callback(*declared.dependencies, **declared.options)(_guard(declared))
            for output in set(app.callback_map) - known:
                rules[output] = declared.rule
        for function, dependencies, options in self._clientside:
            before = len(app.callback_map)
            app.clientside_callback(function, *dependencies, **options)
            if len(app.callback_map) == before:
                raise ValueError(f"{function.function_name} has the name of another callback: give it other inputs")


def callback_rules(app: Dash) -> dict[str, CallbackRule]:
    """The rules of ``app`` by Dash's name of the output, as it stands in ``output`` of a posted body."""
    rules: dict[str, CallbackRule] = app.server.extensions.setdefault(RULES, {})
    return rules


def _guard(declared: _Declared) -> Callable[..., Any]:
    @functools.wraps(declared.function)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        ensure(services().actor, declared.rule.permission)
        answer = declared.function(*args, **kwargs)
        return tuple(map(still, answer)) if isinstance(answer, tuple) else still(answer)

    return guarded
