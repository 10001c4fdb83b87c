"""What fills the page of saved queries. What its buttons do is in ``assets/js/saved.js`` and the routes it calls."""

from dash import Input, Output, html
from dash.development.base_component import Component

from dashapp.callbacks._registry import CallbackSet
from dashapp.callbacks._view import read_view
from dashapp.components import tracker_lists as lists
from dashapp.domain.saved_queries import SavedQuery
from dashapp.domain.tracking import local_day
from dashapp.identity.permissions import Permission
from dashapp.ids import Shell, Trackers
from dashapp.services import services

callbacks = CallbackSet()

VIEW = Input(Shell.VIEW, "data")


@callbacks(
    Output(Trackers.TABS, "children"),
    Output(Trackers.LIST, "children"),
    VIEW,
    permission=Permission.QUERY_SAVE,
)
def show_list(sent: object) -> tuple[Component, Component]:
    """Show the list the address names; one nobody knows is the first."""
    wanted = read_view(sent).parameters.get("tab", "")
    tab = next((tab for tab in lists.Tab if tab == wanted), lists.Tab.SAVED)
    actor = services().actor
    visible = services().saved_queries.visible(actor)
    tracked = [query for query in visible if is_own(query) and query.tracker]
    today = local_day(services().saved_queries.clock(), actor.time_zone)
    shown = {
        lists.Tab.SAVED: lambda: lists.saved_list(visible, actor),
        lists.Tab.TRACKED: lambda: lists.tracked_list(tracked, actor.time_zone, today),
        lists.Tab.READY: lists.ready_list,
    }[tab]()
    counts = {lists.Tab.SAVED: len(visible), lists.Tab.TRACKED: len(tracked), lists.Tab.READY: len(lists.READY)}
    return lists.tabs(tab, counts), shown


def is_own(query: SavedQuery) -> bool:
    """Whether ``query`` belongs to whoever asks."""
    return query.owner_id == services().actor.user_id


@callbacks(Output(Trackers.ALERTS, "children"), VIEW, permission=Permission.QUERY_SAVE)
def show_alerts(_sent: object) -> Component | None:
    """Show the alerts that are not put aside."""
    alerts = services().saved_queries.alerts(services().actor)
    return lists.alert_strip(alerts, services().actor.time_zone) if alerts else None


@callbacks(
    Output(Shell.ALERTS, "children"),
    VIEW,
    Input(Shell.TICK, "n_intervals"),
    permission=Permission.QUERY_SAVE,
    polling=True,
)
def count_alerts(_sent: object, _ticks: int | None) -> list[Component]:
    """Say in the navigation how many alerts there are; nothing when there are none."""
    count = services().saved_queries.alert_count(services().actor)
    if not count:
        return []
    words = "alert" if count == 1 else "alerts"
    return [
        html.Span(f"{count:,}", **{"aria-hidden": "true"}),
        html.Span(f", {count:,} {words}", className="tb-hidden"),
    ]
