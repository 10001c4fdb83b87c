"""The explorer's grid: its columns and how it asks for rows. What is in the cells is plain text, whatever it says."""

from typing import Any

import dash_ag_grid as dag
from dash.development.base_component import Component

from dashapp.query.entities import FIELD_KINDS
from dashapp.query.fields import Field, Group
from dashapp.query.subjects import Subject
from dashapp.query.views import ExplorerView

PAGE_ROWS = 100
USUAL_WIDTH = 180
UNSORTABLE = "The list cannot be sorted by it: a {noun} may have several."
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
# In pixels, of the columns that are on by default.
WIDTHS = {
    "Timestamp": 185,
    "Subject": 300,
    "RecipientEmailAddress": 240,
    "UserTag": 120,
    "SenderFromAddress": 250,
    "ThreatTypes": 120,
    "AdditionalAction": 150,
    "LatestDeliveryLocation": 160,
    "DeliveryLocation": 160,
    "ClickAction": 150,
    "ClickVerdict": 140,
    "ClickUrl": 340,
    "DetectionTechnology": 190,
    "ClickThreat": 120,
    "ClickTechnology": 190,
    "ClickIP": 140,
    "SubmittedBy": 240,
    "SubmissionType": 120,
    "SubmissionVerdict": 160,
    "SubmissionStatus": 140,
    "FileName": 280,
    "Workload": 120,
    "LastModifiedBy": 240,
    "FileOwner": 240,
    "FileSize": 110,
    "LastModifiedTime": 185,
}
_GROUPS = list(Group)


def message_grid(grid_id: str, view: ExplorerView) -> Component:
    """A grid without rows; the browser asks for them once it knows the view (``assets/js/explorer.js``).

    Every field of what ``view`` lists is a column of it; ``assets/js/grid.js`` shows those that the address names, in
    its order.
    """
    subject = view.subject
    usual = [subject.fields[name] for name in view.columns]
    others = [field for field in subject.fields.values() if field not in usual]
    others.sort(key=lambda field: _GROUPS.index(field.group))
    return dag.AgGrid(
        id=grid_id,
        rowModelType="infinite",
        columnDefs=[_column(field, subject, hidden=field not in usual) for field in (*usual, *others)],
        defaultColDef={"sortable": True, "resizable": True, "filter": False, "minWidth": 90},
        getRowId="params.data.id",
        dashGridOptions=GRID_OPTIONS,
        columnSize=None,
        className="tb-grid-box",
        style={"height": "min(70vh, 720px)"},
    )


def _column(field: Field, subject: Subject, *, hidden: bool) -> dict[str, Any]:
    sortable = subject.owns(field)
    return {
        "field": field.name,
        "headerName": field.label,
        "headerTooltip": field.help if sortable else f"{field.help} {UNSORTABLE.format(noun=subject.noun)}",
        "width": WIDTHS.get(field.name, USUAL_WIDTH),
        "hide": hidden,
        "sortable": sortable,
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
