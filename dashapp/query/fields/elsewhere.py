"""Fields of rows that are no messages, under names no field of messages has; ``query.subjects`` says whose."""

from functools import partial

from dashapp.query.fields.message import TECHNOLOGIES, THREATS
from dashapp.query.fields.model import Field, Group, Kind, Place

_file = partial(Field, group=Group.FILE)
ELSEWHERE_FIELDS = (
    Field(
        "Workload",
        "Workload",
        Kind.KEYWORD,
        "Workload",
        values=("Email", "Office", "Teams", "SharePoint", "OneDrive"),
        group=Group.CLICK,
        help="The service the link was clicked in, or the file is in.",
    ),
    Field(
        "UrlChain",
        "URL chain",
        Kind.TEXT,
        "UrlChain",
        sensitive=True,
        group=Group.CLICK,
        help="Redirects behind the clicked link.",
    ),
    Field(
        "ClickThreat",
        "Threat type of the click",
        Kind.KEYWORD,
        "threat_types",
        Place.LIST,
        values=THREATS,
        group=Group.CLICK,
        help="What was known of the link when it was clicked.",
    ),
    Field(
        "ClickTechnology",
        "Technology of the click",
        Kind.KEYWORD,
        "det_techs",
        Place.LIST,
        values=TECHNOLOGIES,
        group=Group.CLICK,
        help="What found the threat behind the link.",
    ),
    _file(
        "LastModifiedBy",
        "Last modifying user",
        Kind.KEYWORD,
        "LastModifyingAccountUpn",
        sensitive=True,
        help="Who changed the file last.",
    ),
    _file(
        "LastModifiedTime", "Last modified time", Kind.TIME, "LastModifiedTime", help="When the file was changed last."
    ),
    _file(
        "FileOwner",
        "File owner",
        Kind.KEYWORD,
        "FileOwnerUpn",
        aliases=("owner",),
        sensitive=True,
        help="Address of whose file it is.",
    ),
    _file(
        "FileOwnerName",
        "Name of the owner",
        Kind.TEXT,
        "FileOwnerDisplayName",
        sensitive=True,
        help="Name of whose file it is.",
    ),
    _file("FileCreationTime", "Created", Kind.TIME, "FileCreationTime", help="When the file was made."),
    _file(
        "FolderPath",
        "File path",
        Kind.TEXT,
        "FolderPath",
        aliases=("folder", "site"),
        sensitive=True,
        help="Site and folder the file is in; finds any part of it.",
    ),
    _file(
        "DocumentId",
        "Document ID",
        Kind.KEYWORD,
        "DocumentId",
        aliases=("document",),
        sensitive=True,
        help="Identifier of the file.",
    ),
)
