"""What attacks look like: malware families, phished brands, subjects, file names, hosts.

Family names are those of well-known families so that look-ups in public knowledge work; threat names follow
``Type:Platform/Family!suffix``.
"""

from dataclasses import dataclass


def _words(text: str) -> list[str]:
    return text.split()


@dataclass(frozen=True)
class Family:
    """A malware family as mail filters name it."""

    name: str
    threat_name: str
    files: tuple[str, ...]
    techniques: tuple[str, ...]
    weight: float


def _family(name: str, threat_name: str, files: str, weight: float) -> Family:
    return Family(name, threat_name, tuple(files.split("|")), ("T1566.001", "T1204.002", "T1059"), weight)


FAMILIES = [
    _family("QakBot", "Trojan:Win32/QakBot!MSR", "Contract_{n}.zip|Complaint_Copy_{n}.one|Document_{n}.html", 2),
    _family("AgentTesla", "TrojanSpy:MSIL/AgentTesla!MTB", "Purchase Order {n}.rar|PO_{n}.gz|Quotation {n}.img", 20),
    _family("FormBook", "Trojan:Win32/FormBook!MTB", "Payment advice {n}.r00|RFQ {n}.docx|Invoice {n}.xlam", 15),
    _family("Remcos", "Backdoor:Win32/Remcos!MTB", "Shipping documents {n}.7z|DHL_{n}.cab|Notice {n}.pdf.js", 13),
    _family("Emotet", "Trojan:Win32/Emotet!MTB", "Rechnung {n}.doc|Form {n}.xls|Scan_{n}.zip", 5),
    _family("LokiBot", "PWS:Win32/Lokibot!MTB", "Bank slip {n}.iso|Order {n}.doc", 8),
    _family("GuLoader", "Trojan:Win32/GuLoader!MTB", "Specification {n}.vbs|Inquiry {n}.zip", 9),
    _family("AsyncRAT", "Backdoor:MSIL/AsyncRAT!MTB", "Invoice_{n}.one|Ticket {n}.lnk", 6),
    _family("DarkGate", "Trojan:Win32/DarkGate!rfn", "Changes {n}.msi|Report {n}.xll", 4),
    _family("SnakeKeylogger", "TrojanSpy:MSIL/SnakeKeylogger!MTB", "Swift copy {n}.exe.xz|Balance {n}.rar", 8),
    _family("XWorm", "Backdoor:MSIL/XWorm!MTB", "Booking {n}.pdf.wsf|Details {n}.svg", 5),
    _family("LummaStealer", "Trojan:Win32/LummaStealer!MTB", "Copyright notice {n}.zip|Brief {n}.scr", 5),
    _family("Dridex", "Trojan:Win32/Dridex!MSR", "Statement {n}.xlsm", 2),
    _family("IcedID", "Trojan:Win64/IcedID!MTB", "request_{n}.zip", 2),
    _family("NanoCore", "Backdoor:MSIL/NanoCore!atmn", "Catalogue {n}.ace", 2),
    _family("Ursnif", "TrojanSpy:Win32/Ursnif!MSR", "Fattura {n}.xls", 2),
]
WAVES = ("QakBot", "DarkGate", "Emotet", "XWorm")  # families of successive waves, the recent one first

# brand, display name of the sender, subjects
BRANDS: list[tuple[str, str, tuple[str, ...]]] = [
    (
        "Microsoft",
        "Microsoft 365 Security",
        (
            "Your password expires today",
            "Unusual sign-in activity",
            "Quarantined mail waiting for release",
            "Voice message from +44 20 79{n}",
        ),
    ),
    (
        "SharePoint",
        "SharePoint Online",
        ("{name} shared a file with you", "Document waiting: Remittance {n}", "New file in your team site"),
    ),
    ("DocuSign", "DocuSign", ("Please sign: Agreement {n}", "Completed: Contract {n}", "Reminder: signature required")),
    (
        "DHL",
        "DHL Express",
        ("Your parcel {n} could not be delivered", "Customs fee for shipment {n}", "Delivery on hold"),
    ),
    ("Adobe", "Adobe Acrobat Sign", ("Signature requested on Proposal {n}", "Secure document received")),
    ("LinkedIn", "LinkedIn", ("You appeared in 9 searches", "New message from a recruiter")),
    ("Sparkasse", "Sparkasse Online", ("Ihr Konto wurde eingeschränkt", "Bestätigung erforderlich {n}")),
    (
        "PayPal",
        "PayPal Service",
        ("Your account is limited", "You sent a payment of 849.99 GBP", "Invoice {n} received"),
    ),
    ("Amazon", "Amazon Business", ("Order {n} needs attention", "Payment declined")),
    (
        "HR department",
        "Human Resources",
        ("Updated leave policy: acknowledge", "Salary review {n}", "Benefits enrolment closes today"),
    ),
    (
        "IT helpdesk",
        "IT Helpdesk",
        ("Mailbox is almost full", "VPN certificate renewal", "Action required: MFA re-enrolment"),
    ),
]
BRAND_WEIGHTS = (26, 15, 12, 9, 7, 3, 4, 6, 5, 7, 9)
QR_SUBJECTS = (
    "Scan to renew your MFA",
    "2FA re-enrolment: scan the code",
    "Payroll update, scan with your phone",
    "Secure PDF {n}",
)
CALLBACK_SUBJECTS = (
    "Subscription renewed: 399.99, call to cancel",
    "Order {n} confirmed, questions? Call us",
    "Antivirus invoice {n}",
)
BEC_SUBJECTS = (
    "Are you at your desk?",
    "Urgent task",
    "Change of bank details",
    "Gift cards for the team",
    "Payroll change request",
    "Confidential acquisition",
)
BEC_CLASSES = ("Task", "Task", "Invoice", "Gift card", "Payroll", "Business intelligence")
SPAM_SUBJECTS = (
    "You have been selected",
    "Cheap toner while stocks last",
    "SEO packages for your site",
    "Lonely? Meet people near you",
    "Lose 10 kg in 10 days",
    "Crypto doubles in a week",
    "Replica watches 80 % off",
    "Pre-approved business loan {n}",
    "Congratulations, winner {n}",
    "Increase your followers",
    "Hot stock tip",
    "Casino bonus waiting",
    "Solar panels for free",
    "Unclaimed inheritance {n}",
    "B2B contact lists for sale",
    "Your website has errors",
)
MALWARE_SUBJECTS = (
    "Purchase order {n}",
    "Re: Contract {n}",
    "Invoice {n} overdue",
    "Shipping documents {n}",
    "Payment copy {n}",
    "RE: Complaint {n}",
    "Request for quotation {n}",
    "Rechnung {n}",
    "Fwd: scanned document {n}",
    "Updated agreement {n}",
)
PHISH_FILES = (
    "Statement {n}.html",
    "Voicemail_{n}.htm",
    "Remittance {n}.pdf",
    "Secure message {n}.shtml",
    "Agreement {n}.pdf",
    "Payslip {n}.svg",
    "Update {n}.docx",
)
QR_FILES = ("MFA renewal {n}.pdf", "HR notice {n}.pdf", "Scan me {n}.png")
HOST_WORDS = _words(
    "account secure login verify portal auth signin office cloud docs share files mail update service support "
    "help invoice billing pay wallet parcel track delivery online center web app id access key"
)
SPAM_WORDS = _words(
    "offer deal promo bonus win prize club lead market growth media shop sale best gold trade coin slim meds date"
)
PATHS = (
    "login",
    "auth/session",
    "wp-content/themes/a",
    "owa/sign-in",
    "doc/view",
    "s/index.php",
    "secure/validate",
    "track",
    "files/download",
    "m365/oauth",
)
# of "aldermoor.example", as an attacker writes it: a Cyrillic letter, swapped and doubled letters
LOOKALIKES = (
    "xn--ldermoor-06g.example",
    "alderrnoor.example",
    "aldermor.example",
    "a1dermoor.example",
    "aldermoor-group.example",
)
LANGUAGES = ("en", "de", "fr", "pl", "es", "it")
