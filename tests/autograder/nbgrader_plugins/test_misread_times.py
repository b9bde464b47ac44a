"""Dates that nbgrader reads as other ones are named: late penalties follow from them."""

from datetime import datetime

import pytest
from dateutil import tz
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import parse_utc
from traitlets.config import Config

from autograder.course import Course
from autograder.nbgrader_plugins.misread_times import misread_times, of_exchange, read_otherwise


@pytest.fixture(autouse=True)
def in_utc(monkeypatch):
    """The machine's own zone is one that nbgrader does know by its short name."""
    monkeypatch.setattr("time.tzname", ("UTC", "UTC"))
    tz.gettz.cache_clear()
    yield
    tz.gettz.cache_clear()


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2026-03-29 03:30:00 CEST", datetime(2026, 3, 29, 3, 30)),
        ("2026-03-29 03:30 CST", datetime(2026, 3, 29, 3, 30)),
        ("Sun Mar 29 2026 03:30:00 CEST", datetime(2026, 3, 29, 3, 30)),
        ("2026-03-29 03:30:00 +0200", datetime(2026, 3, 29, 3, 26, 40)),
        ("2026-03-29 03:30:00 -0500", datetime(2026, 3, 29, 3, 38, 20)),
    ],
)
@pytest.mark.filterwarnings("ignore:tzname CEST")
def test_what_nbgrader_reads_otherwise(text, read):
    assert parse_utc(text) == read, "nbgrader reads it so"
    assert read_otherwise(text) == read


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-03-29 03:30:00.000000 UTC",
        "2026-03-29 03:30:00 GMT",
        "2026-03-29 03:30:00 CET",
        "2026-03-29 03:30:00 EST",
        "2026-03-29 03:30:00 +0000",
        "2026-03-29T03:30:00+02:00",
        "2026-03-29 03:30:00+0200",
        "2026-03-29 03:30 PM",
        "2026-03-29 03:30:00",
        "MARCH",
    ],
)
def test_what_it_reads_as_it_stands(text):
    assert read_otherwise(text) is None


def test_hand_ins_are_named(tmp_path):
    for student, stamp in {"ada": "2026-03-29 03:30:00 CEST", "ben": "2026-03-29 03:30:00 UTC",
                           "cy": "2026-03-29 04:00:00 CEST", "dan": None}.items():  # fmt: skip
        folder = tmp_path / "submitted" / student / "ps1"
        folder.mkdir(parents=True)
        if stamp:
            (folder / "timestamp.txt").write_text(stamp)
    coursedir = CourseDirectory(root=str(tmp_path))
    assert [str(text) for text in misread_times(coursedir, Config(), Course(tmp_path), "ps1")] == [
        "2 of the hand-ins have a time stamp that nbgrader reads as another time: 2026-03-29 "
        "03:30:00 CEST of ada as 2026-03-29 03:30 UTC, so that who is in time may count as late. "
        "Write it in UTC into timestamp.txt, and set c.Exchange.timezone to UTC where students "
        "work.",
    ]


@pytest.mark.parametrize(
    ("zone", "stamp"),
    [
        ("Asia/Shanghai", "2026-01-15 20:00:00.000000 CST"),
        ("Europe/Berlin", "2026-07-15 14:00:00.000000 CEST"),
        ("America/Sao_Paulo", "2026-01-15 09:00:00.000000 -03"),
        ("UTC", ""),
    ],
)
def test_time_stamps_that_nbgrader_reads_as_another_time_are_named(tmp_path, zone, stamp):
    """Late penalties follow from them."""
    config = Config()
    config.Exchange.timezone = zone
    told = list(of_exchange(CourseDirectory(root=str(tmp_path)), config))
    assert [text.parts["stamp"] for text in told] == ([stamp] if stamp else [])


def test_time_stamps_that_say_how_far_they_are_from_utc_are_not_named(tmp_path):
    config = Config()
    config.Exchange.timezone = "Asia/Shanghai"
    config.Exchange.timestamp_format = "%Y-%m-%dT%H:%M:%S.%f%z"
    assert not list(of_exchange(CourseDirectory(root=str(tmp_path)), config))
