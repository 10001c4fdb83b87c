"""The tables of the lake: columns, types, keys. What a column means is in docs/tables.md.

Microsoft's column names are kept so that real exports load unchanged; our own stored columns are snake_case.
Times are UTC microseconds without a zone.
"""

from dataclasses import dataclass
from functools import cached_property

import pyarrow as pa

SCHEMA_VERSION = 1

TIME = pa.timestamp("us")
TEXT = pa.string()
TEXTS = pa.list_(pa.field("element", pa.string()))
WHOLE = pa.int64()
SMALL = pa.int32()
FLAG = pa.bool_()
IP_KEY = pa.binary()  # 16 bytes, IPv4 mapped into IPv6, so that CIDR is a range


@dataclass(frozen=True)
class Table:
    """One event type of the lake.

    Attributes:
        name: As in the lake and in advanced hunting.
        given: Columns a source may bring, Microsoft's names.
        derived: Columns a row knows about itself, computed at ingest.
        key: What makes a row the same row; ingest keeps the first. Names of stored columns.
    """

    name: str
    given: dict[str, pa.DataType]
    derived: dict[str, pa.DataType]
    key: tuple[str, ...]

    @cached_property
    def schema(self) -> pa.Schema:
        """Every stored column in order: given, derived, then ``batch_id`` and ``ingested_at``."""
        columns = self.given | self.derived | {"batch_id": TEXT, "ingested_at": TIME}
        return pa.schema([pa.field(name, type_) for name, type_ in columns.items()])


def _texts(names: str) -> dict[str, pa.DataType]:
    return dict.fromkeys(names.split(), TEXT)


_SENDER_NETWORK = {
    "sender_ip": TEXT,
    "sender_ip_key": IP_KEY,
    "sender_country": TEXT,  # ISO 3166 alpha-2
    "sender_asn": WHOLE,
    "sender_as_org": TEXT,
}

_AUTHENTICATION = _texts("spf dkim dmarc compauth")

EMAIL_EVENTS = Table(
    "EmailEvents",
    given={"Timestamp": TIME}
    | _texts(
        "NetworkMessageId InternetMessageId SenderMailFromAddress SenderFromAddress SenderDisplayName SenderObjectId "
        "SenderMailFromDomain SenderFromDomain SenderIPv4 SenderIPv6 RecipientEmailAddress RecipientObjectId "
        "RecipientDomain Subject"
    )
    | {"EmailClusterId": WHOLE}
    | _texts("EmailDirection DeliveryAction DeliveryLocation ThreatTypes ThreatNames DetectionMethods ConfidenceLevel")
    | {"BulkComplaintLevel": SMALL}
    | _texts("EmailAction EmailActionPolicy EmailActionPolicyGuid AuthenticationDetails")
    | {"AttachmentCount": SMALL, "UrlCount": SMALL}
    | _texts(
        "EmailLanguage Connectors OrgLevelAction OrgLevelPolicy UserLevelAction UserLevelPolicy ReportId "
        "AdditionalFields LatestDeliveryLocation LatestDeliveryAction To Cc DistributionList ForwardingInformation"
    )
    | {"EmailSize": WHOLE}
    | _texts("ExchangeTransportRule")
    | {"IsFirstContact": FLAG}
    | _texts("Context ThreatClassification"),
    derived={
        "primary_threat": TEXT,  # Malware, Phish, Spam, None; null where the source brings no verdicts at all
        "threat_types": TEXTS,
        "confidence": TEXT,  # High, Normal, Low of the primary threat; null if not said
        "det_techs": TEXTS,
        "primary_technology": TEXT,
    }
    | _AUTHENTICATION
    | {
        "explorer_delivery": TEXT,  # Delivered, Delivered to junk, Blocked, Replaced
        "primary_override": TEXT,
        "primary_override_source": TEXT,
        "override_sources": TEXTS,
    }
    | _SENDER_NETWORK
    | {
        "sender_registered_domain": TEXT,
        "is_free_mail": FLAG,
        "is_disposable": FLAG,
        "threat_family": TEXT,
        "is_simulation": FLAG,
        # lower-cased twins; the recipient's is part of the key
        "sender_address": TEXT,
        "sender_domain": TEXT,
        "sender_name": TEXT,
        "mail_from_address": TEXT,
        "mail_from_domain": TEXT,
        "recipient": TEXT,
        "recipient_domain": TEXT,
        "subject_lower": TEXT,  # not "subject": Delta and DuckDB tell columns apart without case
    },
    key=("NetworkMessageId", "recipient"),
)

EMAIL_URL_INFO = Table(
    "EmailUrlInfo",
    given={"Timestamp": TIME}
    | _texts("NetworkMessageId Url UrlDomain UrlLocation ReportId ThreatTypes DetectionMethods AdditionalFields"),
    derived=_texts("url_lower url_domain url_registered_domain"),
    key=("NetworkMessageId", "Url", "UrlLocation"),
)

EMAIL_ATTACHMENT_INFO = Table(
    "EmailAttachmentInfo",
    given={"Timestamp": TIME}
    | _texts(
        "NetworkMessageId SenderFromAddress SenderDisplayName SenderObjectId RecipientEmailAddress RecipientObjectId "
        "FileName FileType SHA256"
    )
    | {"FileSize": WHOLE}
    | _texts("ThreatTypes ThreatNames DetectionMethods ReportId FileExtension AdditionalFields"),
    derived=_texts("recipient file_name file_extension threat_family"),
    key=("NetworkMessageId", "recipient", "SHA256", "FileName"),
)

EMAIL_POST_DELIVERY_EVENTS = Table(
    "EmailPostDeliveryEvents",
    given={"Timestamp": TIME}
    | _texts(
        "NetworkMessageId InternetMessageId Action ActionType ActionTrigger ActionResult RecipientEmailAddress "
        "DeliveryLocation ThreatTypes DetectionMethods ReportId AdditionalFields"
    ),
    derived=_texts("recipient primary_threat"),
    key=("NetworkMessageId", "recipient", "Timestamp", "ActionType"),
)

URL_CLICK_EVENTS = Table(
    "UrlClickEvents",
    given={"Timestamp": TIME}
    | _texts("Url ActionType AccountUpn Workload NetworkMessageId ThreatTypes DetectionMethods IPAddress")
    | {"IsClickedThrough": FLAG}
    | _texts("UrlChain ReportId AppName AdditionalFields"),
    derived=_texts("account url_lower url_domain click_verdict primary_threat") | {"client_ip_key": IP_KEY},
    key=("ReportId", "ActionType"),
)

USER_SUBMISSIONS = Table(
    "UserSubmissions",
    given={"Timestamp": TIME}
    | _texts(
        "SubmissionId NetworkMessageId InternetMessageId RecipientEmailAddress SubmittedBy SubmissionType "
        "Subject SenderFromAddress Verdict Status AdditionalFields"
    ),
    derived=_texts("recipient submitted_by"),
    key=("SubmissionId",),
)

ALERT_INFO = Table(
    "AlertInfo",
    given={"Timestamp": TIME}
    | _texts("AlertId Title Category Severity ServiceSource DetectionSource AttackTechniques AdditionalFields"),
    derived={},
    key=("AlertId",),
)

ALERT_EVIDENCE = Table(
    "AlertEvidence",
    given={"Timestamp": TIME}
    | _texts(
        "AlertId Title Categories AttackTechniques ServiceSource DetectionSource EntityType EvidenceRole "
        "EvidenceDirection FileName FolderPath SHA1 SHA256"
    )
    | {"FileSize": WHOLE}
    | _texts(
        "ThreatFamily RemoteIP RemoteUrl AccountName AccountDomain AccountSid AccountObjectId AccountUpn DeviceId "
        "DeviceName LocalIP NetworkMessageId EmailSubject Application"
    )
    | {"ApplicationId": SMALL}
    | _texts(
        "OAuthApplicationId ProcessCommandLine RegistryKey RegistryValueName RegistryValueData AdditionalFields "
        "Severity CloudResource CloudPlatform ResourceType ResourceID SubscriptionId"
    ),
    derived=_texts("entity"),  # the one value that names the evidence, by EntityType
    key=("AlertId", "EntityType", "entity"),
)

IDENTITY_INFO = Table(
    "IdentityInfo",
    given={"Timestamp": TIME}
    | _texts("ReportId AccountObjectId AccountUpn OnPremSid AccountDisplayName AccountName AccountDomain")
    | {"CriticalityLevel": SMALL}
    | _texts(
        "Type DistinguishedName CloudSid GivenName Surname Department JobTitle EmailAddress SipProxyAddress Address "
        "City Country"
    )
    | {"IsAccountEnabled": FLAG}
    | _texts("Manager Phone")
    | {"CreatedDateTime": TIME}
    | _texts("ChangeSource RiskLevel RiskLevelDetails RiskStatus")
    | {"Tags": TEXTS, "AssignedRoles": TEXTS}
    | _texts("PrivilegedEntraPimRoles TenantId SourceSystem OnPremObjectId TenantMembershipType UserAccountControl")
    | _texts("IdentityEnvironment")
    | {"SourceProviders": TEXTS}
    | _texts("BlastRadius CompanyName")
    | {"DeletedDateTime": TIME}
    | _texts("EmployeeId")
    | {"OtherMailAddresses": TEXTS}
    | _texts("State")
    | {"GroupMembership": TEXTS, "AssignedLicenses": TEXTS, "UserTags": TEXTS}
    | {"LicensedFrom": TIME, "LicensedUntil": TIME, "AdditionalFields": TEXT},
    derived=_texts("account email_address"),
    key=("AccountObjectId", "Timestamp"),
)

CAMPAIGN_INFO = Table(
    "CampaignInfo",
    given={"Timestamp": TIME}
    | _texts("CampaignName CampaignId CampaignType CampaignSubtype NetworkMessageId RecipientEmailAddress ReportId")
    | _texts("AdditionalFields"),
    derived=_texts("recipient"),
    key=("CampaignId", "NetworkMessageId", "recipient"),
)

FILE_MALICIOUS_CONTENT_INFO = Table(
    "FileMaliciousContentInfo",
    given={"Timestamp": TIME}
    | _texts("Workload FileName FolderPath")
    | {"FileSize": WHOLE}
    | _texts(
        "SHA256 FileOwnerDisplayName FileOwnerUpn DocumentId ThreatTypes ThreatNames DetectionMethods "
        "LastModifyingAccountUpn"
    )
    | {"LastModifiedTime": TIME, "FileCreationTime": TIME}
    | _texts("ReportId AdditionalFields"),
    derived=_texts("file_name threat_family"),
    key=("DocumentId", "Timestamp"),
)

# Children first: a batch is published in this order, EmailEvents last.
TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        EMAIL_URL_INFO,
        EMAIL_ATTACHMENT_INFO,
        EMAIL_POST_DELIVERY_EVENTS,
        URL_CLICK_EVENTS,
        USER_SUBMISSIONS,
        ALERT_INFO,
        ALERT_EVIDENCE,
        IDENTITY_INFO,
        CAMPAIGN_INFO,
        FILE_MALICIOUS_CONTENT_INFO,
        EMAIL_EVENTS,
    )
}
