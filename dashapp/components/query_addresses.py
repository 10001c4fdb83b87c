"""Where saved and ready-made queries lead."""

from dashapp.components.links import href
from dashapp.domain.ready_made import ReadyMade
from dashapp.query.urlstate import EXPLORER, ViewState

HUNTS = "/hunts"
_PLAIN = "?view=all"  # an address without any state would open the person's default


def explorer_address(state: ViewState) -> str:
    """The explorer showing ``state``; never its bare address, which is for what a person has chosen as default."""
    return href("/explorer") + explorer_search(state)


def explorer_search(state: ViewState) -> str:
    """What stands behind the explorer's address when it shows ``state``."""
    return state.to_search(EXPLORER) or _PLAIN


def ready_address(one: ReadyMade) -> str:
    """The explorer or the table that answers a ready-made question."""
    return explorer_address(one.state) if one.state is not None else href(HUNTS, view=one.slug)
