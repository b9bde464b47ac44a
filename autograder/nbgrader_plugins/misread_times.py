"""Dates that nbgrader reads as other ones than they say: late penalties follow from them.

It reads a short name of a time zone that it does not know (CEST, CST) as UTC, and an offset that
stands alone (`2026-03-29 10:00:00 +0200`) as so many seconds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dateutil import tz  # type: ignore[import-untyped]
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange.default import ExchangeCollect
from nbgrader.utils import parse_utc
from traitlets.config import Config

from autograder.course import Course
from autograder.gradebook.files import time_stamp
from autograder.handout.words import Text

_SLACK = timedelta(minutes=1)  # of a format without seconds
_ZONE = re.compile(r"(?<=[\d ])(?!AM$|PM$)([A-Z]{3,5}|[+-]\d{4})$")  # at the end of a date


def misread_times(
    coursedir: CourseDirectory, config: Config, course: Course, assignment: str
) -> Iterator[Text]:
    """Sentences on the exchange's zone, and on hand-ins that are there."""
    yield from of_exchange(coursedir, config)
    yield from _of_hand_ins(course, assignment)


def _of_hand_ins(course: Course, assignment: str) -> Iterator[Text]:
    misread = {}
    for student in course.students(course.submitted_directory, assignment):
        text = time_stamp(course.submitted(assignment, student))
        if (found := read_otherwise(text)) is not None:
            misread[student] = text, found
    for student, (text, found) in list(misread.items())[:1]:
        yield Text(
            "{n} of the hand-ins have a time stamp that nbgrader reads as another time: {stamp} of "
            "{student} as {read} UTC, so that who is in time may count as late. Write it in UTC "
            "into timestamp.txt, and set c.Exchange.timezone to UTC where students work.",
            n=len(misread), stamp=text, student=student, read=f"{found:%Y-%m-%d %H:%M}",
        )  # fmt: skip


def read_otherwise(text: str) -> datetime | None:
    """The time that nbgrader reads, where a date says another one; else None."""
    zone = _ZONE.search(text)
    if zone is None or not _is_misread(zone[1], len(text.split(" "))):
        return None
    with suppress(ValueError, OverflowError):  # told by whoever grades it
        found: datetime = parse_utc(text)
        return found
    return None


def _is_misread(zone: str, words: int) -> bool:
    if zone[0] in "+-":
        return words == 3 and int(zone) != 0
    return tz.gettz(zone) is None


def of_exchange(coursedir: CourseDirectory, config: Config) -> Iterator[Text]:
    """A sentence where nbgrader reads the time stamps of the exchange as other times.

    It writes them with the short name of the time zone, and knows few of these: CST, CEST and JST
    count as UTC, so that everybody is hours too late, or too early.
    """
    exchange = ExchangeCollect(coursedir=coursedir, config=config)
    try:
        zone = ZoneInfo(str(exchange.timezone))
    except (ZoneInfoNotFoundError, ValueError):  # nbgrader itself says so
        return
    for moment in (datetime(2026, month, 15, 12, tzinfo=UTC) for month in (1, 7)):
        stamp = moment.astimezone(zone).strftime(exchange.timestamp_format)
        try:
            found = parse_utc(stamp)
        except ValueError:
            found = None
        if found is None or abs(found - moment.replace(tzinfo=None)) > _SLACK:
            yield Text(
                "c.Exchange.timezone = {zone}: nbgrader writes hand-ins of {moment} UTC as "
                "{stamp}, and reads that as another time, so that who is in time may count as "
                "late. Set it to UTC, also where students work; due dates keep their zone.",
                zone=repr(str(exchange.timezone)), moment=f"{moment:%Y-%m-%d %H:%M}", stamp=stamp,
            )  # fmt: skip
            return
