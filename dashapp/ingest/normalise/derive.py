"""The derived columns of each table: what a row knows about itself."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from dashapp.data.coded import as_text, coded, no_text
from dashapp.data.schema import FLAG, TEXT, TEXTS
from dashapp.domain.values import Direction
from dashapp.ingest.enrichment import Enrichment
from dashapp.ingest.normalise import network, verdicts
from dashapp.ingest.normalise.unique import by_unique, by_unique_pair, coalesced, each_value
from dashapp.ingest.normalise.values import list_of_text

NULL = pa.scalar(None, TEXT)


@dataclass(frozen=True)
class Rules:
    """What normalising needs to know besides the rows.

    Attributes:
        enrichment: Offline look-ups.
        own_domains: The organisation's mail domains, lower-cased; they decide a missing direction.
    """

    enrichment: Enrichment = field(default_factory=Enrichment)
    own_domains: frozenset[str] = frozenset()


@dataclass
class Row:
    """The columns of one table on their way: all given ones are there; derived ones are added.

    Attributes:
        columns: Name to values, in the stored type, all of one length; text may be coded.
        brought: The given columns the source has; the others are null.
    """

    columns: dict[str, pa.Array]
    brought: frozenset[str]
    rules: Rules

    def __getitem__(self, name: str) -> pa.Array:
        return self.columns[name]

    def __setitem__(self, name: str, values: pa.Array) -> None:
        self.columns[name] = values

    def lower(self, name: str, source: str) -> None:
        """Add the lower-cased twin ``name`` of ``source``."""
        self[name] = network.lower(self[source])

    def fill(self, name: str, values: Callable[[], pa.Array]) -> None:
        """Fill what is missing in ``name``; ``values`` is asked only if something is."""
        if self[name].null_count:
            self[name] = coalesced(self[name], values())

    def fill_from(self, name: str, source: str, values: Callable[[pa.Array], pa.Array]) -> None:
        """Fill what is missing in ``name`` with ``values`` of ``source``, where that has something to say."""
        if pc.any(pc.and_(self[name].is_null(), self[source].is_valid())).as_py():
            self[name] = coalesced(self[name], values(self[source]))


def _threats(row: Row) -> None:
    row["threat_types"], row["primary_threat"] = verdicts.threats(row["ThreatTypes"], row["DetectionMethods"])


def _email_events(row: Row) -> None:
    _verdict(row)
    row.columns |= verdicts.authentication(row["AuthenticationDetails"])
    row["explorer_delivery"] = verdicts.explorer_delivery(row["DeliveryAction"], row["DeliveryLocation"])
    _overrides(row)
    for domain, address in (
        ("SenderFromDomain", "SenderFromAddress"),
        ("SenderMailFromDomain", "SenderMailFromAddress"),
        ("RecipientDomain", "RecipientEmailAddress"),
    ):
        row.fill_from(domain, address, network.domain_of)
    _twins(row)
    _sender(row)
    row.fill("EmailDirection", lambda: _direction(row))


def _verdict(row: Row) -> None:
    """A source that says nothing of threats, ever, leaves them unknown; an empty verdict is "None"."""
    if row.brought & {"ThreatTypes", "DetectionMethods", "ConfidenceLevel"}:
        _threats(row)
    else:
        count = len(row["Timestamp"])
        row["threat_types"], row["primary_threat"] = pa.nulls(count, TEXTS), no_text(count)
    row["confidence"] = verdicts.confidence(row["ConfidenceLevel"], row["primary_threat"])
    row["det_techs"] = verdicts.technologies(row["DetectionMethods"])
    row["primary_technology"] = verdicts.primary_technology(row["DetectionMethods"], row["primary_threat"])
    row["threat_family"] = verdicts.threat_family(row["ThreatNames"])


def _overrides(row: Row) -> None:
    organisation = by_unique(row["OrgLevelAction"], lambda found: _override_words(found, "organization"))
    person = by_unique(row["UserLevelAction"], lambda found: _override_words(found, "user"))
    row["primary_override"] = coalesced(organisation, person)
    of_organisation = pc.or_(organisation.is_valid(), person.is_null())
    policies = as_text(row["OrgLevelPolicy"]), as_text(row["UserLevelPolicy"])
    row["primary_override_source"] = coded(pc.if_else(of_organisation, policies[0], pc.coalesce(*reversed(policies))))
    row["override_sources"] = by_unique_pair(
        row["OrgLevelPolicy"], row["UserLevelPolicy"], lambda pairs: pa.array([_sources(*p) for p in pairs], TEXTS)
    )
    row["is_simulation"] = by_unique_pair(
        row["OrgLevelPolicy"], row["UserLevelPolicy"], lambda pairs: pa.array([_simulated(*p) for p in pairs], FLAG)
    )


def _override_words(actions: list[str], who: str) -> pa.Array:
    words = {"allow": f"Allowed by {who} policy", "block": f"Blocked by {who} policy"}
    return pa.array([next((words[key] for key in words if a.lower().startswith(key)), None) for a in actions], TEXT)


def _sources(*policies: str | None) -> list[str] | None:
    found = [part for policy in policies if policy for part in list_of_text(policy) or []]
    return list(dict.fromkeys(found)) or None


def _simulated(*policies: str | None) -> bool:
    return any("phishing simulation" in policy.lower() for policy in policies if policy)


def _twins(row: Row) -> None:
    for name, source in (
        ("sender_address", "SenderFromAddress"),
        ("sender_domain", "SenderFromDomain"),
        ("sender_name", "SenderDisplayName"),
        ("mail_from_address", "SenderMailFromAddress"),
        ("mail_from_domain", "SenderMailFromDomain"),
        ("recipient", "RecipientEmailAddress"),
        ("recipient_domain", "RecipientDomain"),
        ("subject_lower", "Subject"),
    ):
        row.lower(name, source)


def _sender(row: Row) -> None:
    enrichment = row.rules.enrichment
    row["sender_ip"] = network.sender_ip(row["SenderIPv4"], row["SenderIPv6"])
    row["sender_ip_key"] = network.ip_keys(row["sender_ip"])
    row.columns |= enrichment.of_addresses(row["sender_ip_key"])
    row["sender_registered_domain"] = enrichment.registered_domains(row["sender_domain"])
    row["is_free_mail"] = enrichment.is_free_mail(row["sender_domain"])
    row["is_disposable"] = enrichment.is_disposable(row["sender_domain"])


def _direction(row: Row) -> pa.Array:
    """Who is ours decides; without "our domains" nothing is known."""
    ours = row.rules.own_domains
    if not ours:
        return no_text(len(row["Timestamp"]))

    def known(pairs: list[tuple[Any, Any]]) -> pa.Array:
        return pa.array([_direction_of(is_own(sender, ours), is_own(to, ours)) for sender, to in pairs], TEXT)

    return by_unique_pair(row["sender_domain"], row["recipient_domain"], known)


def is_own(domain: str | None, ours: frozenset[str]) -> bool:
    """Whether a domain is one of ours or below one."""
    return domain is not None and (domain in ours or any(domain.endswith("." + own) for own in ours))


def _direction_of(from_us: object, to_us: object) -> str:
    if to_us:
        return Direction.INTRA_ORG if from_us else Direction.INBOUND
    return Direction.OUTBOUND if from_us else Direction.UNKNOWN


def _urls(row: Row) -> None:
    row.fill_from("UrlDomain", "Url", network.host_of)
    row.lower("url_lower", "Url")
    row.lower("url_domain", "UrlDomain")
    row["url_registered_domain"] = row.rules.enrichment.registered_domains(row["url_domain"])


def _hashes(row: Row, *names: str) -> None:
    """Sources write hashes in either case; in one, they join between tables and are one value in a list."""
    for name in names:
        row.lower(name, name)


def _attachments(row: Row) -> None:
    _hashes(row, "SHA256")
    row.lower("recipient", "RecipientEmailAddress")
    row.lower("file_name", "FileName")
    given = each_value(row["FileExtension"], lambda found: pc.utf8_ltrim(found, "."))
    row["file_extension"] = network.lower(coalesced(given, each_value(row["FileName"], _extension)))
    row["threat_family"] = verdicts.threat_family(row["ThreatNames"])


def _extension(names: pa.Array) -> pa.Array:
    return pc.struct_field(pc.extract_regex(names, r"[^.]\.(?P<ext>[A-Za-z0-9_\-]{1,16})$"), "ext")


def _post_delivery(row: Row) -> None:
    row.lower("recipient", "RecipientEmailAddress")
    _, row["primary_threat"] = verdicts.threats(row["ThreatTypes"], row["DetectionMethods"])


def _clicks(row: Row) -> None:
    row.lower("account", "AccountUpn")
    row.lower("url_lower", "Url")
    row["url_domain"] = network.lower(network.host_of(row["Url"]))
    row["click_verdict"] = verdicts.click_verdict(row["ActionType"], row["IsClickedThrough"])
    _, row["primary_threat"] = verdicts.threats(row["ThreatTypes"], row["DetectionMethods"])
    row["client_ip_key"] = network.ip_keys(row["IPAddress"])


def _submissions(row: Row) -> None:
    row.lower("recipient", "RecipientEmailAddress")
    row.lower("submitted_by", "SubmittedBy")


_ENTITY = {
    "user": ("AccountUpn", "AccountObjectId", "AccountSid", "AccountName"),
    "mailbox": ("AccountUpn", "AccountObjectId", "AccountName"),
    "ip": ("RemoteIP", "LocalIP"),
    "url": ("RemoteUrl",),
    "file": ("SHA256", "SHA1", "FileName"),
    "process": ("SHA256", "ProcessCommandLine", "FileName"),
    "machine": ("DeviceId", "DeviceName"),
    "cloudapplication": ("Application", "OAuthApplicationId"),
    "mailmessage": ("NetworkMessageId", "EmailSubject"),
}
_ANY_ENTITY = (
    *("NetworkMessageId", "AccountUpn", "RemoteUrl", "RemoteIP", "SHA256", "DeviceId", "FileName", "Application"),
    *("CloudResource", "ResourceID", "RegistryKey", "AdditionalFields"),
)


def _entity(row: Row) -> None:
    _hashes(row, "SHA1", "SHA256")
    entity = pc.coalesce(*[as_text(row[name]) for name in _ANY_ENTITY])
    kinds = as_text(network.lower(row["EntityType"]))
    for kind, names in _ENTITY.items():
        of_kind = pc.equal(kinds, kind).fill_null(False)
        if pc.any(of_kind).as_py():
            entity = pc.if_else(of_kind, pc.coalesce(*[as_text(row[name]) for name in names], entity), entity)
    row["entity"] = coded(entity)


def _identities(row: Row) -> None:
    row.lower("account", "AccountUpn")
    row.lower("email_address", "EmailAddress")


def _campaigns(row: Row) -> None:
    row.lower("recipient", "RecipientEmailAddress")


def _files(row: Row) -> None:
    _hashes(row, "SHA256")
    row.lower("file_name", "FileName")
    row["threat_family"] = verdicts.threat_family(row["ThreatNames"])


def _no_more(_row: Row) -> None:
    """A table without derived columns."""


DERIVE: dict[str, Callable[[Row], None]] = {
    "EmailEvents": _email_events,
    "EmailUrlInfo": _urls,
    "EmailAttachmentInfo": _attachments,
    "EmailPostDeliveryEvents": _post_delivery,
    "UrlClickEvents": _clicks,
    "UserSubmissions": _submissions,
    "AlertInfo": _no_more,
    "AlertEvidence": _entity,
    "IdentityInfo": _identities,
    "CampaignInfo": _campaigns,
    "FileMaliciousContentInfo": _files,
}
