"""What is told of a function that an exception ends, or a name that nobody knows: of what is behind
it nothing has run."""

from __future__ import annotations

import ast
import re
from abc import ABC, abstractmethod
from dataclasses import replace

from autograder.model import Exercise
from autograder.repair.at_sight import comparisons, never_read, no_seed, overwritten
from autograder.repair.choosing import Repair, told
from autograder.repair.disproved import is_disproved
from autograder.repair.draws import wrong_draws
from autograder.repair.explained import is_of_a_name
from autograder.repair.facts import Facts
from autograder.repair.holding import is_too_large
from autograder.repair.places import OwnFunction
from autograder.repair.put_beside import behind, unhinted, with_all, with_hint
from autograder.repair.searched import Searched
from autograder.repair.sentences import NO_FURTHER, NOT_ALL
from autograder.repair.trying import Trials
from autograder.repair.unknown_names import Meant, spelled_right, unknown_names
from autograder.repair.versions import Versions, with_and_without_helpers

UNREADABLE = (SyntaxError, LookupError, ValueError, RecursionError)


class BehindExceptions(Facts, ABC):
    """Looks behind exceptions."""

    _whole: set[str]  # functions in which nothing is wrong but what is told

    @abstractmethod
    def _known_or_found(self, exercise: Exercise, own: OwnFunction, live: Versions) -> Searched: ...

    @abstractmethod
    def _in_part(
        self, own: OwnFunction, exercise: Exercise, live: Versions, searched: Searched,
        written: OwnFunction | None = None,
    ) -> str: ...  # fmt: skip

    def _at_sight(self, own: OwnFunction, alone: OwnFunction) -> str:
        """What is wrong whatever an exception hides: a parameter never read, no seed, the draws."""
        donors, say = self._donors(own.name), self._judge.translation
        facts = [never_read(alone, donors) or overwritten(alone, donors), no_seed(own, donors)]
        facts.append(wrong_draws(own, donors))
        return " ".join(say(fact) for fact in facts if fact)

    def _behind_exception(
        self, exercise: Exercise, own: OwnFunction, alone: OwnFunction, live: Versions,
        searched: Searched,
    ) -> Exercise:  # fmt: skip
        """The exercise with what is known behind an exception, or that more may be wrong there."""
        say, language = self._judge.translation, self._judge.course.language
        names = " ".join(map(say, unknown_names(live.sources, own)))
        repair = searched.repair
        if repair is not None and _is_of_the_line(exercise, own, repair):
            return behind(exercise, told(repair, own, say, language))
        more = ""
        if repair is None:
            steps = replace(searched, parts=())  # any edit that lets it run makes parts right
            more = self._in_part(own, unhinted(exercise), live, steps)
        more = more or f"{self._at_sight(own, alone)} {say(NO_FURTHER)}".strip()
        return behind(exercise, f"{names} {more}".strip())

    def _behind_known(
        self, exercise: Exercise, own: OwnFunction, alone: OwnFunction, live: Versions,
        searched: Searched,
    ) -> Exercise:  # fmt: skip
        """The exercise with what a known mistake hides, which ends every call."""
        say, language = self._judge.translation, self._judge.course.language
        repair = searched.repair
        if repair is not None and is_disproved(self._judge, exercise, own, repair):
            return with_hint(exercise, told(repair, own, say, language))
        if repair is not None and (hidden := repair.hidden):
            return behind(exercise, told(hidden, own, say, language))
        if repair is not None and repair.is_single and repair.is_certain and not repair.is_vague:
            self._whole.add(exercise.name)
            return exercise
        return self._behind_exception(exercise, own, alone, live, searched)

    def _with_further_names(self, exercise: Exercise, live: Versions) -> Exercise:
        """The exercise whose function a name has ended that has no value, with all such names."""
        failing = [check for check in exercise.checks if not check.passed]
        if not failing or not all(map(is_of_a_name, failing)):
            return exercise
        try:
            own, _ = with_and_without_helpers(exercise.name, live)
        except UNREADABLE:
            return exercise
        texts = unknown_names(live.sources, own)
        told = [(f"`{text.parts['name']}`", self._judge.translation(text)) for text in texts]
        checks = (
            c if c.passed
            else replace(c, hint=" ".join([c.hint, *(t for name, t in told if name not in c.hint)]))
            for c in exercise.checks
        )  # fmt: skip
        found = replace(exercise, checks=tuple(checks))
        return with_all(found, list(map(self._judge.translation, comparisons(own))))

    def _behind_names(self, exercise: Exercise, live: Versions) -> Exercise:
        """The exercise with what a name hides that nobody knows: it ends every call."""
        failing = [check for check in exercise.checks if not check.passed]
        if not self._deep or not failing or not all(map(is_of_a_name, failing)):
            return exercise
        try:
            own, alone = with_and_without_helpers(exercise.name, live)
        except UNREADABLE:
            return exercise
        told = {name for check in failing for name in re.findall(r"`(\w+)`", check.hint)}
        meant = spelled_right(live.sources, own, told)
        text: str | None = ""
        if meant is not None and not is_too_large(own):
            try:
                text = self._told_behind(own, meant, exercise, live)
            finally:
                trials = Trials(self._judge, live, exercise.name, exercise.checks)
                trials.restore(own.with_splices())
        if text is None:
            self._whole.add(exercise.name)
            return exercise
        if not text:
            say = self._judge.translation
            text = f"{self._at_sight(own, alone)} {say(NO_FURTHER)}".strip()
        return behind(exercise, text)

    def _told_behind(
        self, own: OwnFunction, meant: Meant, exercise: Exercise, live: Versions
    ) -> str | None:
        """What is wrong with a version whose names are known, in the lines of the student's own.

        None where nothing is.
        """
        say, language = self._judge.translation, self._judge.course.language
        bare, version = unhinted(exercise), meant.own
        if not self._may_search(live):
            return ""
        with self._trials(version, bare, live) as trials:
            if trials.passes_all(version.with_splices()):
                return None
        searched = self._known_or_found(bare, version, live)
        repair = searched.repair
        if repair is not None and repair.is_certain and not repair.is_vague:
            return told(repair, own, say, language)
        if not meant.is_sure:
            return ""  # what is wrong with it may be that another name was meant
        found = self._in_part(version, bare, live, searched, own) if repair is None else ""
        return "" if self._is_out_of_time(live) else found or say(NOT_ALL)


def _is_of_the_line(exercise: Exercise, own: OwnFunction, repair: Repair) -> bool:
    """Whether another expression in the line of the exception alone repairs the function."""
    raised = re.compile(rf"^{re.escape(own.name)}, line (\d{{1,5}}): ", re.M)
    ended = {int(n) for c in exercise.checks if not c.passed for n in raised.findall(c.message)}
    nodes = list(ast.walk(own.bare))
    lines = {getattr(nodes[n], "lineno", 0) for slip in repair.slips for n in slip.nodes}
    is_expression = [slip.kind for slip in repair.slips] == ["donor"]
    return repair.is_certain and is_expression and lines == ended
