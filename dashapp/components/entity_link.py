"""A value that opens its panel; ``assets/js/entity.js`` does. It is a button, never a link to what it names."""

from dash import html
from dash.development.base_component import Component

from dashapp.components.text import defang
from dashapp.domain.entity_story import KIND_NAMES
from dashapp.domain.text import visible
from dashapp.query.entities import EntityKind, entity_of

DEFANGED = {EntityKind.DOMAIN, EntityKind.URL}


def entity_link(kind: EntityKind, value: str, *, shown: str = "", mono: bool = False) -> Component:
    """``value`` as text whose click tells more about it; mere text where it cannot be such a thing.

    Args:
        kind: What it is.
        value: As the data has it.
        shown: Instead of it, such as a short form; empty: the value, as harmless as its kind needs.
        mono: In type of one width.
    """
    text = shown or value
    words = html.Bdi(defang(text) if kind in DEFANGED else visible(text), className="tb-mono" if mono else "")
    found = entity_of(kind, value)
    if found is None:
        return words
    return html.Button(
        words,
        type="button",
        className="tb-entity",
        title=f"Details of this {_noun(kind)}",
        **{"data-entity": f"{kind}:{value}"},
    )


def _noun(kind: EntityKind) -> str:
    name = KIND_NAMES[kind]
    return name if name.isupper() or name.startswith("IP") else name.lower()
