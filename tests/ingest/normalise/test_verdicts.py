"""What verdict columns say, by example."""

import json

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashapp.ingest.normalise import verdicts


def text(*values: str | None) -> pa.Array:
    return pa.array(values, pa.string())


@pytest.mark.parametrize(
    ("types", "methods", "threats", "primary"),
    [
        ("Phish, Malware", None, ["Phish", "Malware"], "Malware"),
        ("phish,spam", None, ["Phish", "Spam"], "Phish"),
        ("Spam", '{"Phish":["URL detonation"]}', ["Spam"], "Spam"),
        (None, '{"Phish":["URL detonation"],"Spam":[]}', ["Phish"], "Phish"),
        ('["Malware","Spam"]', None, ["Malware", "Spam"], "Malware"),
        ("High Confidence Phish", None, ["Phish"], "Phish"),
        ("Weird", None, ["Weird"], "None"),
        ("None", None, None, "None"),
        ("", "", None, "None"),
        (None, None, None, "None"),
        (None, "{broken", None, "None"),
    ],
)
def test_threats(types: str | None, methods: str | None, threats: list[str] | None, primary: str) -> None:
    every, worst = verdicts.threats(text(types), text(methods))
    assert (every.to_pylist(), worst.to_pylist()) == ([threats], [primary])


@pytest.mark.parametrize(
    ("methods", "threat", "techniques", "first"),
    [
        (
            '{"Malware":["File detonation"],"Phish":["URL detonation"]}',
            "Phish",
            ["File detonation", "URL detonation"],
            "URL detonation",
        ),
        ('{"phish":["spoof dmarc","New thing"]}', "Phish", ["Spoof DMARC", "New thing"], "Spoof DMARC"),
        ('{"Phish":"Spoof DMARC, Bulk"}', "Phish", ["Spoof DMARC", "Bulk"], "Spoof DMARC"),
        ("URL detonation; Bulk", "Spam", ["URL detonation", "Bulk"], "URL detonation"),
        ('["Bulk"]', "Spam", ["Bulk"], "Bulk"),
        ('{"Spam":["Bulk","Bulk"]}', "Phish", ["Bulk"], None),
        ('{"Spam":["Bulk"]}', "None", ["Bulk"], None),
        ('{"Spam":null}', "Spam", None, None),
        ('{"Spam":{"a":1}}', "Spam", None, None),
        ("None", "Spam", None, None),
        (None, "Spam", None, None),
    ],
)
def test_technologies(methods: str | None, threat: str, techniques: list[str] | None, first: str | None) -> None:
    assert verdicts.technologies(text(methods)).to_pylist() == [techniques]
    assert verdicts.primary_technology(text(methods), text(threat)).to_pylist() == [first]


@pytest.mark.parametrize(
    ("levels", "threat", "wanted"),
    [
        ('{"Phish":"High","Spam":"5"}', "Phish", "High"),
        ('{"Phish":"High","Spam":"5"}', "Spam", "Normal"),
        ('{"Spam":9}', "Spam", "High"),
        ('{"Spam":"-1"}', "Spam", "Low"),
        ("Normal", "Phish", "Normal"),
        ("medium", "Phish", "Normal"),
        ("High", "None", None),
        ('{"Phish":"High"}', "Malware", None),
        ("odd", "Phish", None),
        (None, "Phish", None),
        ("High", None, None),
    ],
)
def test_confidence_is_of_the_primary_threat(levels: str | None, threat: str | None, wanted: str | None) -> None:
    assert verdicts.confidence(text(levels), text(threat)).to_pylist() == [wanted]


@pytest.mark.parametrize(
    ("details", "wanted"),
    [
        (
            '{"SPF":"pass","DKIM":"none","DMARC":"bestguesspass","CompAuth":"softpass"}',
            ("Pass", "None", "BestGuessPass", "SoftPass"),
        ),
        ('{"spf":"PermError","dkim":"odd one"}', ("PermError", "odd", None, None)),
        (
            "spf=fail (sender IP is 192.0.2.1); dkim=pass; dmarc=none; compauth=fail reason=001",
            ("Fail", "Pass", "None", "Fail"),
        ),
        ('{"SPF":null,"DKIM":""}', (None, None, None, None)),
        ("[1,2]", (None, None, None, None)),
        (None, (None, None, None, None)),
    ],
)
def test_authentication(details: str | None, wanted: tuple[str | None, ...]) -> None:
    found = verdicts.authentication(text(details))
    assert tuple(values.to_pylist()[0] for values in found.values()) == wanted


@pytest.mark.parametrize(
    ("action", "location", "wanted"),
    [
        ("Delivered", "Inbox/folder", "Delivered"),
        ("Delivered", "Junk folder", "Delivered to junk"),
        ("Delivered", "Deleted items", "Delivered to junk"),
        ("Junked", "Junk folder", "Delivered to junk"),
        ("Blocked", "Quarantine", "Blocked"),
        ("Blocked", "Dropped", "Blocked"),
        ("Replaced", "Inbox/folder", "Replaced"),
        ("DeliveredAsSpam", "JunkFolder", "Delivered to junk"),
        ("Delivered to junk", None, "Delivered to junk"),
        (None, "Quarantine", "Blocked"),
        (None, "Failed", "Blocked"),
        (None, "Inbox/folder", "Delivered"),
        (None, "On-premises/external", "Delivered"),
        ("Odd", None, None),
        (None, None, None),
    ],
)
def test_delivery_as_explorer_tells_it(action: str | None, location: str | None, wanted: str | None) -> None:
    assert verdicts.explorer_delivery(text(action), text(location)).to_pylist() == [wanted]


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        ("Trojan:Win32/QakBot!MSR", "QakBot"),
        ("Trojan:O97M/Emotet.SS!MTB", "Emotet"),
        ("Virus:DOS/EICAR_Test_File", "EICAR_Test_File"),
        ("W32/AgentTesla.gen", "AgentTesla"),
        ("ATP-Formbook", "Formbook"),
        ("Formbook", "Formbook"),
        ("Trojan:Win32/Wacatac.B!ml, Trojan:Win32/Other", "Wacatac"),
        ('["Trojan:Win32/QakBot"]', "QakBot"),
        ('{"Malware":["Trojan:Win32/QakBot"]}', "QakBot"),
        ("", None),
        ("None", None),
        ("!!!", None),
        (None, None),
    ],
)
def test_family_of_a_threat_name(names: str | None, wanted: str | None) -> None:
    assert verdicts.threat_family(text(names)).to_pylist() == [wanted]


@pytest.mark.parametrize(
    ("action", "through", "wanted"),
    [
        ("ClickAllowed", True, "Allowed"),
        ("ClickBlocked", False, "Blocked"),
        ("ClickBlocked", None, "Blocked"),
        ("ClickBlocked", True, "Block overridden"),
        ("ClickBlockedByTenantPolicy", False, "Blocked"),
        ("UrlScanInProgress", False, "Pending verdict"),
        ("UrlScanInProgress", True, "Pending verdict bypassed"),
        ("UrlErrorPage", False, "Error"),
        ("Failure", False, "Failure"),
        ("Block overridden", None, "Block overridden"),
        ("odd", None, "None"),
        (None, None, "None"),
    ],
)
def test_click_verdict(action: str | None, through: bool | None, wanted: str) -> None:
    assert verdicts.click_verdict(text(action), pa.array([through], pa.bool_())).to_pylist() == [wanted]


TEXT = (
    st.none()
    | st.text(max_size=40)
    | st.recursive(
        st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["Phish", "SPF", "x", ""]), inner, max_size=3)
        ),
        max_leaves=6,
    ).map(json.dumps)
)


@given(st.lists(st.tuples(TEXT, TEXT), max_size=8))
def test_any_text_gives_columns_of_the_right_length(rows: list[tuple[str | None, str | None]]) -> None:
    first, second = text(*(row[0] for row in rows)), text(*(row[1] for row in rows))
    threats, primary = verdicts.threats(first, second)
    columns = [
        threats,
        primary,
        verdicts.technologies(first),
        verdicts.primary_technology(first, primary),
        verdicts.confidence(first, primary),
        *verdicts.authentication(first).values(),
        verdicts.explorer_delivery(first, second),
        verdicts.threat_family(first),
    ]
    assert {len(column) for column in columns} == {len(rows)}
    assert set(primary.to_pylist()) <= {"Malware", "Phish", "Spam", "None"}
