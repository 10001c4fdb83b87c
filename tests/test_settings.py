"""Settings: what stops the start, and what it says."""

import pytest

from dashapp.settings import SettingsError, load_settings


def test_defaults_need_no_environment() -> None:
    assert load_settings({}).port == 8050


def test_value_is_read_and_parsed() -> None:
    settings = load_settings({"THREATBOARD_PORT": "9000", "THREATBOARD_OUR_DOMAINS": "A.example, b.example"})
    assert settings.port == 9000
    assert settings.own_domains == {"a.example", "b.example"}


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("THREATBOARD_PROT", "1", "unknown setting THREATBOARD_PROT; did you mean THREATBOARD_PORT?"),
        ("THREATBOARD_PORT", "http", "bad setting THREATBOARD_PORT"),
        ("THREATBOARD_PORT", "0", "bad setting THREATBOARD_PORT"),
        (
            "THREATBOARD_TIME_ZONE",
            "Mars/Olympus",
            "bad setting THREATBOARD_TIME_ZONE: unknown time zone 'Mars/Olympus'",
        ),
        ("THREATBOARD_PARQUET_CODEC", "RAR", "bad setting THREATBOARD_PARQUET_CODEC"),
        ("THREATBOARD_LOG_LEVEL", "LOUD", "bad setting THREATBOARD_LOG_LEVEL"),
        ("THREATBOARD_JOBS", "somewhere", "bad setting THREATBOARD_JOBS: 'somewhere' is not embedded or worker"),
        ("THREATBOARD_REDIS_URL", "http://x", "bad setting THREATBOARD_REDIS_URL: it starts with redis://"),
        ("THREATBOARD_JOB_THREADS", "0", "bad setting THREATBOARD_JOB_THREADS"),
        ("THREATBOARD_TRACKER_MINUTES", "1", "bad setting THREATBOARD_TRACKER_MINUTES"),
    ],
)
def test_a_wrong_setting_is_named_in_one_line(name: str, value: str, message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings({name: value})
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_other_variables_are_ignored() -> None:
    assert load_settings({"PATH": "/bin", "THREAT": "x"}).port == 8050


@pytest.mark.parametrize(("given", "kept"), [("", "/"), ("/", "/"), ("mail", "/mail/"), ("/a/b/", "/a/b/")])
def test_prefix_gets_its_slashes(given: str, kept: str) -> None:
    assert load_settings({"THREATBOARD_URL_PREFIX": given}).url_prefix == kept
