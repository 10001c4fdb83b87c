"""The grid of messages: its columns and how it asks for rows. What is in the cells is plain text, whatever it says."""

from typing import Any

import dash_ag_grid as dag
from dash.development.base_component import Component

from dashapp.query.entities import FIELD_KINDS
from dashapp.query.fields import FIELDS, Field, Group

PAGE_ROWS = 100
USUAL_WIDTH = 180
UNSORTABLE = "The list cannot be sorted by it: a message may have several."
GRID_OPTIONS = {
    "rowBuffer": 10,
    "rowHeight": 36,
    "headerHeight": 38,
    "cacheBlockSize": PAGE_ROWS,
    "maxBlocksInCache": 20,
    "maxConcurrentDatasourceRequests": 1,
    "infiniteInitialRowCount": 1,
    "suppressCellFocus": False,
    "enableCellTextSelection": True,
    "ensureDomOrder": True,
    "suppressDragLeaveHidesColumns": True,
    "animateRows": False,
    "multiSortKey": "ctrl",
    "tooltipShowDelay": 600,
    "context": {},
    "rowSelection": {"mode": "multiRow", "checkboxes": True, "headerCheckbox": False, "enableClickSelection": False},
    "selectionColumnDef": {"width": 42, "minWidth": 42, "resizable": False, "suppressMovable": True},
}
# The columns of Defender's Explorer that are on by default, in its order; width in pixels.
COLUMNS = {
    "Timestamp": 185,
    "Subject": 300,
    "RecipientEmailAddress": 240,
    "UserTag": 120,
    "SenderFromAddress": 250,
    "SenderFromDomain": 180,
    "ThreatTypes": 120,
    "AdditionalAction": 150,
    "LatestDeliveryLocation": 160,
    "DeliveryLocation": 160,
}


_GROUPS = list(Group)
_PLACES = {name: (_GROUPS.index(field.group), place) for place, (name, field) in enumerate(FIELDS.items())}
_OTHERS = sorted((FIELDS[name] for name in FIELDS.keys() - COLUMNS.keys()), key=lambda field: _PLACES[field.name])


def message_grid(grid_id: str) -> Component:
    """A grid without rows; the browser asks for them once it knows the view (``assets/js/explorer.js``).

    Every field is a column of it; ``assets/js/grid.js`` shows those that the address names, in its order.
    """
    return dag.AgGrid(
        id=grid_id,
        rowModelType="infinite",
        columnDefs=[_column(field) for field in (*(FIELDS[name] for name in COLUMNS), *_OTHERS)],
        defaultColDef={"sortable": True, "resizable": True, "filter": False, "minWidth": 90},
        getRowId="params.data.id",
        dashGridOptions=GRID_OPTIONS,
        columnSize=None,
        className="tb-grid-box",
        style={"height": "min(70vh, 720px)"},
    )


def is_sortable(field: Field) -> bool:
    """Whether the list can be sorted by a field: a message has one value of it at most."""
    return not field.place.joined


def _column(field: Field) -> dict[str, Any]:
    return {
        "field": field.name,
        "headerName": field.label,
        "headerTooltip": field.help if is_sortable(field) else f"{field.help} {UNSORTABLE}",
        "width": COLUMNS.get(field.name, USUAL_WIDTH),
        "hide": field.name not in COLUMNS,
        "sortable": is_sortable(field),
        "tooltipField": field.name,
        "valueFormatter": {"function": "quiet(params)"},
        "context": {
            "group": field.group,
            "help": field.help,
            "entity": FIELD_KINDS.get(field.name, ""),
            "many": field.many,
        },
        **({"sort": "desc"} if field.name == "Timestamp" else {}),
    }
