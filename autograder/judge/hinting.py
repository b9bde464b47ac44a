"""Hints beside the checks of one exercise: known mistakes first, then kinds of exceptions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from autograder.course import Course
from autograder.judge.exceptions import by_exceptions
from autograder.judge.hint_matching import CheckCalls, Diagnostician
from autograder.judge.rehearsal import Judged, Remembered
from autograder.language.translation import Translation
from autograder.model import Check, CourseError
from autograder.notebook.headings import chinese_headings
from autograder.notebook.reading import read


class Hinting:
    """Hints of one assignment, cached by the answers that they explain."""

    def __init__(
        self,
        course: Course,
        assignment: str,
        diagnostician: Diagnostician,
        translation: Translation,
    ) -> None:
        self._course = course
        self._assignment = assignment
        self._diagnostician = diagnostician
        self._translation = translation
        self._explained: Remembered[tuple[Check, ...]] = Remembered()

    def hinted(
        self, name: str, checks: tuple[Check, ...], judged: Sequence[Judged], seed: str
    ) -> tuple[Check, ...]:
        """The checks with hints; equal answers get the hints that were found the first time."""
        digests = [found.digests for found in judged]
        if None in digests:
            return self._explain(name, checks, judged)
        key = (seed, name, *digests)
        if (known := self._explained.get(key)) is None:
            known = self._explained[key] = self._explain(name, checks, judged)
        return tuple(
            hinted.lasting(check.seconds) for hinted, check in zip(known, checks, strict=True)
        )

    def _explain(
        self, name: str, checks: tuple[Check, ...], judged: Sequence[Judged]
    ) -> tuple[Check, ...]:
        rows = [
            CheckCalls(check.passed, list(found.calls()))
            for check, found in zip(checks, judged, strict=True)
        ]
        if (found := self._diagnostician.explain(name, rows)) is None:
            return by_exceptions(checks, rows, self._translation, self._diagnostician.names)
        hinted = list(checks)
        for place in found.rows if found.certain else found.rows[:1]:
            hinted[place] = replace(
                checks[place],
                hint=found.hint(self._course.language),
                section=self._section(found.section),
                misconception=found.name,
            )
        return tuple(hinted)

    def _section(self, heading: str) -> str:
        """A heading of the lesson in the course's language."""
        return self._translated.get(heading, heading)

    @cached_property
    def _translated(self) -> Mapping[str, str]:
        if self._course.language != "zh":
            return {}
        path = self._course.source_notebook(self._assignment)
        return chinese_headings(read(path, error=CourseError))
