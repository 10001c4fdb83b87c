"""The grid of messages: its columns and how it asks for rows. What is in the cells is plain text, whatever it says."""

from typing import Any

import dash_ag_grid as dag
from dash.development.base_component import Component

from dashapp.query.fields import FIELDS, Place

PAGE_ROWS = 100
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


def message_grid(grid_id: str) -> Component:
    """A grid without rows; the browser asks for them once it knows the view (``assets/js/explorer.js``)."""
    return dag.AgGrid(
        id=grid_id,
        rowModelType="infinite",
        columnDefs=[_column(name, width) for name, width in COLUMNS.items()],
        defaultColDef={"sortable": True, "resizable": True, "filter": False, "minWidth": 90},
        getRowId="params.data.id",
        dashGridOptions=GRID_OPTIONS,
        columnSize=None,
        className="tb-grid-box",
        style={"height": "min(70vh, 720px)"},
    )


def _column(name: str, width: int) -> dict[str, Any]:
    field = FIELDS[name]
    return {
        "field": name,
        "headerName": field.label,
        "width": width,
        "sortable": field.place is Place.ROW,
        "tooltipField": name,
        "valueFormatter": {"function": "quiet(params)"},
        **({"sort": "desc"} if name == "Timestamp" else {}),
    }
