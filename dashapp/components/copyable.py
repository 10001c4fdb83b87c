"""Values with a button that copies them; ``assets/js/copy.js`` does the copying."""

from dash import html
from dash.development.base_component import Component

from dashapp.components.entity_link import entity_link
from dashapp.components.icon import icon
from dashapp.components.text import defang
from dashapp.domain.text import visible
from dashapp.query.entities import EntityKind


def copy_button(value: str, *, about: str, picture: str = "copy") -> Component:
    """A small button that copies ``value``, exactly as it is stored.

    Args:
        value: What is copied.
        about: What it is, for the button's name: "Copy …".
        picture: Its icon.
    """
    return html.Button(
        icon(picture, size=14),
        type="button",
        title=f"Copy {about}",
        className="tb-copy",
        **{"aria-label": f"Copy {about}", "data-copy": value},
    )


def copyable(value: str, *, about: str, mono: bool = False, kind: EntityKind | None = None) -> Component:
    """``value`` as text, whatever it contains, with its button; of a ``kind`` of thing, it opens the panel about it."""
    plain = html.Bdi(visible(value), className="tb-mono" if mono else "")
    shown = entity_link(kind, value, shown=value, mono=mono) if kind else plain
    return html.Span([shown, copy_button(value, about=about)], className="tb-copyable")


def copyable_link(url: str) -> Component:
    """A URL nobody can follow, with buttons that copy it harmless and as it is; its text opens the panel about it."""
    harmless = defang(url)
    return html.Span(
        [
            entity_link(EntityKind.URL, url, mono=True),
            copy_button(harmless, about="the link, defanged"),
            copy_button(url, about="the real link", picture="link"),
        ],
        className="tb-copyable",
    )
