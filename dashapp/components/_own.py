"""Dash components of ours: a class here with its properties, a React function of the same name in ``assets/js``."""

from typing import Any, ClassVar

from dash.development.base_component import Component


class OwnComponent(Component):  # type: ignore[misc]  # Dash is untyped here
    """What Dash wants to know of a component; the browser finds it as ``window.threatboard.<class name>``.

    Attributes:
        PROPERTIES: What it takes, in the order they are sent.
    """

    PROPERTIES: ClassVar[tuple[str, ...]] = ()
    _namespace = "threatboard"
    _children_props: tuple[str, ...] = ()
    _base_nodes = ("children",)

    def __init__(self, **properties: Any) -> None:
        self._type = type(self).__name__
        self._prop_names = self.available_properties = list(self.PROPERTIES)
        self._valid_wildcard_attributes: list[str] = []
        self.available_wildcard_properties: list[str] = []
        super().__init__(**properties)
