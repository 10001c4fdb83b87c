"""What happened around a thing beside the mail itself: clicks, reports, alerts, documents."""

from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

from dashapp.components.data_table import data_table
from dashapp.components.entity_link import entity_link
from dashapp.components.entity_view import UNSAID, instant
from dashapp.components.message_view import section
from dashapp.domain.message_timeline import Row
from dashapp.domain.text import visible
from dashapp.query.entities import EntityKind

Cells = list[list[str | int | Component]]


def clicks_section(
    counts: Sequence[Row], latest: Sequence[Row], zone: str, *, by_user: bool, every: str = ""
) -> Component:
    """What happened to clicks, and the latest of them.

    Args:
        counts: Rows of ``click_counts``.
        latest: Rows of ``latest_clicks``.
        zone: What times are shown in.
        by_user: They are one person's, so what was clicked is told, and not by whom.
        every: Address of the list of all of them; empty: there is none.
    """
    total = sum(int(row["clicks"]) for row in counts)
    if not total:
        return section("Clicks (0)", html.P("None recorded that you may see.", className="tb-none"))
    through = sum(int(row["through"]) for row in counts)
    split = [
        html.Li([html.Span(visible(str(row["verdict"] or UNSAID))), html.Span(_clicks(row, by_user=by_user))])
        for row in counts
    ]
    cells: Cells = [
        [
            html.Time(instant(row["Timestamp"], zone)),
            entity_link(EntityKind.URL, str(row["Url"] or ""), mono=True)
            if by_user
            else entity_link(EntityKind.USER, str(row["account"] or "")),
            visible(str(row["verdict"] or UNSAID)),
            "Yes" if row["through"] else "No",
        ]
        for row in latest
    ]
    heads = ["Time", "Link" if by_user else "Who", "What happened", "Reached it"]
    return section(
        f"Clicks ({total:,}; {through:,} reached the site)",
        html.Div(
            [
                html.Ul(split, className="tb-similar"),
                data_table(heads, cells, caption="Latest clicks"),
                dcc.Link("View all clicks", href=every, className="tb-more-link") if every else None,
            ],
        ),
    )


def _clicks(row: Row, *, by_user: bool) -> str:
    times = f"{row['clicks']:,} {'click' if row['clicks'] == 1 else 'clicks'}"
    people = f"{row['people']:,} {'person' if row['people'] == 1 else 'people'}"
    return times if by_user else f"{times} by {people}"


def reports_section(rows: Sequence[Row], zone: str) -> Component:
    """The messages a person reported."""
    cells: Cells = [
        [
            html.Time(instant(row["Timestamp"], zone)),
            html.Bdi(visible(str(row["subject"] or UNSAID), most=80)),
            visible(str(row["kind"] or UNSAID)),
            visible(str(row["verdict"] or UNSAID)),
        ]
        for row in rows
    ]
    table = data_table(
        ["Time", "Subject", "Reported as", "Verdict"],
        cells,
        caption="Latest reports",
        empty="None recorded that you may see.",
    )
    return section(f"Reported messages ({_all(rows):,})", table)


def alerts_section(rows: Sequence[Row], zone: str) -> Component:
    """The alerts that name a thing."""
    cells: Cells = [
        [
            html.Time(instant(row["Timestamp"], zone)),
            html.Bdi(visible(str(row["title"] or row["alert"]))),
            visible(str(row["severity"] or UNSAID)),
            visible(str(row["category"] or UNSAID)),
        ]
        for row in rows
    ]
    table = data_table(
        ["Time", "Alert", "Severity", "Category"],
        cells,
        caption="Latest alerts",
        empty="None recorded that you may see.",
    )
    return section(f"Alerts ({_all(rows):,})", table)


def documents_section(rows: Sequence[Row], zone: str) -> Component:
    """Files in shared storage that are this one and were found malicious."""
    cells: Cells = [
        [
            html.Time(instant(row["Timestamp"], zone)),
            html.Bdi(visible(str(row["FileName"] or UNSAID))),
            html.Bdi(visible(" · ".join(str(row[name]) for name in ("Workload", "FolderPath") if row[name]) or UNSAID)),
            html.Bdi(visible(str(row["FileOwnerUpn"] or UNSAID))),
            visible(str(row["ThreatNames"] or row["ThreatTypes"] or UNSAID)),
        ]
        for row in rows
    ]
    table = data_table(
        ["Time", "Name", "Where", "Owner", "Threat"],
        cells,
        caption="Latest documents",
        empty="None recorded that you may see.",
    )
    return section(f"In shared storage ({_all(rows):,})", table)


def _all(rows: Sequence[Row]) -> int:
    return int(rows[0]["all"]) if rows else 0
