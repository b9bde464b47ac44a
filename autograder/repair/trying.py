"""Tries versions of a student's function in the sandbox against the checks of its exercise.

A version may hold pieces of the solution. It runs after everything of the submission is judged,
in a session of which only the answers to calls are read, and no output or file.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from functools import cached_property, partial
from itertools import islice
from typing import Any

import pytest

from autograder.judge.calls import Answer, Backend, Call, OpenBackend, apart
from autograder.judge.hint_matching import WrongVersion
from autograder.judge.judge import Judge
from autograder.judge.rehearsal import Given, Script
from autograder.model import Check
from autograder.repair.nearness import could_be_right, is_close, is_near, right_in_all, weight
from autograder.repair.own_calls import script_without
from autograder.repair.profiles import PartialRepairs, agreeing, profile, vary
from autograder.repair.traces import Table, tables
from autograder.repair.versions import OneVersion, Versions, with_ends
from autograder.repair.watching import Comparing, Watched, called
from autograder.sandbox import CallResult, PreparedCall, SandboxError

BATCH = 40  # versions in one message
SLOWEST = 0.3  # seconds of processor time for a call, or twenty times what the reference takes
SCREENED = 2  # calls that a version has to answer before it makes all those of a check
MOST_MEASURED = 40  # calls in which partial repairs are compared
MOST_TELLING = 6  # checks whose calls show where a function goes astray
FIRST_OF = 6  # calls of each of them
MOST_TRACED = 3  # calls whose values on the way are looked at
CALL, RUN, STUCK = 4, 1, 400  # steps: a call made alone, a check, what ran into its limit
A_STEP = 1 << 17  # bytes of an answer: a large one takes longer to send than to calculate
MOST_DEAD = 12  # versions that end the process, of one function
OTHER_SEED = "another term"
KnownCall = tuple[Call, PreparedCall]


class _OfOneFunction:
    """Calls of versions of one function, counted in steps."""

    def __init__(
        self, judge: Judge, live: Versions, name: str, checks: Sequence[Check],
        right: Collection[str] = (),
    ) -> None:  # fmt: skip
        """`right` are other functions of the student's, which pass all their checks."""
        self._judge = judge
        self._live = live
        self._name = name
        items = {item.name: item for item in judge.collected.items_of(frozenset([name]))}
        failing = [items[c.id] for c in checks if not c.passed]
        passing = [items[c.id] for c in checks if c.passed]
        self._items = [*failing, *passing]
        self._passing = passing
        self.steps = 0  # of about the same work, whatever else the machine does
        scripts = [(item, s) for item in failing if (s := self._script(item, right))]
        own = [pair for pair in scripts if {c.name for c in pair[1].calls} == {name}]
        self._scripts = sorted(own, key=lambda pair: weight(pair[1]))
        self._telling = next(iter(self._scripts), None)
        self._item = self._telling[0] if self._telling else self._items[0]
        self._seconds = max(SLOWEST, 20 * judge.reference_seconds.get(name, 0.0))
        self._failed: set[tuple[bytes | None, ...]] = set()  # digests of answers seen before
        self._screen: tuple[int, ...] = ()  # places of calls that are looked at first
        self._asked = 0  # the place of the call that is looked at first, where none are sent ahead
        self.notes: PartialRepairs | None = None  # of what versions repair that do not repair all
        self.doubtful: Collection[str] = ()  # other functions of the student's, wrong perhaps
        self.dead = 0

    def _script(self, item: pytest.Item, right: Collection[str]) -> Script | None:
        """The calls of a check, as far as they can be sent together."""
        known = self._judge.rehearsal.script(item)
        if known is not None or not right:
            return known
        return script_without(self._judge, self._calls_of(item, every=True), right)

    def _calls_of(self, item: pytest.Item, *, every: bool = False) -> list[Call]:
        """The calls of the function, or of `every` one, that a check makes on right ones."""
        watched = Watched(apart(vars(self._judge.reference)))
        self._passes(item, watched)
        return [call for call in watched.calls if every or call.name == self._name]

    @property
    def known_checks(self) -> str:
        """The failing checks whose calls are known ahead, by name."""
        return " ".join(item.nodeid for item, _ in self._scripts)

    def known_calls(self, most_of_one: int, most: int) -> list[KnownCall]:
        """The first calls of failing checks on the right function, where they are known ahead."""
        found = [
            pair for _, script in self._scripts
            for pair in islice(zip(script.calls, script.prepared, strict=True), most_of_one)
        ]  # fmt: skip
        return found[:most]

    def _answers(self, sources: Sequence[str], places: Sequence[int]) -> list[list[Answer]]:
        """What versions answer to some calls of the most telling check."""
        assert self._telling is not None
        return self._rows(sources, [self._telling[1].prepared[place] for place in places])

    def _rows(self, sources: Sequence[str], calls: Sequence[PreparedCall]) -> list[list[Answer]]:
        """What versions answer to calls; nothing of one that ends the process, and does so again.

        A machine that stalls has such ends, too.
        """
        if not calls:
            return [[] for _ in sources]
        self.steps += len(sources) * len(calls)
        turns = [with_ends(source) for source in sources]
        rows = self._live.versions(self._name, turns, calls, self._seconds)
        self.steps += sum(answer.size // A_STEP for row in rows for answer in row)
        for place, row in enumerate(rows):
            if not row and self.dead <= MOST_DEAD:
                again = self._live.versions(self._name, [turns[place]], calls, self._seconds)
                rows[place] = again[0] if again else []
        return rows

    def _died(self) -> None:
        self.dead += 1
        self.steps += STUCK

    def _version(self, source: str) -> OneVersion:
        return OneVersion(self._live, with_ends(source), self._seconds, self._count)

    def _count(self, result: CallResult) -> None:
        self.steps += CALL if result.status in ("value", "raised") else STUCK

    def _passes(self, item: pytest.Item, backend: Backend, seed: str | None = None) -> bool:
        seed = self._judge.course.seed if seed is None else seed
        self.steps += RUN
        try:
            [(check, _)] = self._judge.collected.run([(item, backend)], seed).values()
        except (SandboxError, MemoryError):
            raise
        except Exception:  # a check that breaks on what a version returns
            return False
        return check.passed


class _Compared(_OfOneFunction):
    """What versions of one function answer, beside right versions and known mistakes."""

    @property
    def check(self) -> str:
        """The check by whose calls versions are told apart."""
        return self._item.nodeid

    @property
    def is_quick(self) -> bool:
        """Whether the calls of that check can be sent together."""
        return self._telling is not None

    @cached_property
    def calls(self) -> list[Call]:
        """The calls of that check on the right function, the first few."""
        if self._telling is not None:
            return list(self._telling[1].calls[:MOST_TRACED])
        return self._calls_of(self._item)[:MOST_TRACED]

    def every_call(self) -> list[Call]:
        """The calls of all checks on the right function."""
        return [call for item in self._items for call in self._calls_of(item)]

    def answering(self, source: str) -> Callable[[Call], CallResult]:
        """What answers calls as a version does, counted in steps."""
        return partial(called, self._version(source))

    def tables(self, sources: Sequence[str], calls: Sequence[KnownCall] = ()) -> list[Table]:
        """What traced versions answer to calls, by default those: one table for each version."""
        prepared = [prepared for _, prepared in calls]
        if not prepared and self._telling is not None:
            prepared = list(self._telling[1].prepared[:MOST_TRACED])
        self.steps += len(sources) * len(prepared or self.calls)
        if prepared:
            turns = [with_ends(source) for source in sources]
            rows = self._live.versions(self._name, turns, prepared, 5 * self._seconds)
            return [tables([answer.result.value for answer in row]) for row in rows]
        found = []
        for source in sources:
            backend = self._version(source)
            found.append(tables([called(backend, call).value for call in self.calls]))
        return found

    @cached_property
    def telling_calls(self) -> dict[str, Call]:
        """The first calls of the first checks that fail, on the right function."""
        if not self._scripts:
            return {f"{self.check} {number}": call for number, call in enumerate(self.calls)}
        return {
            f"{item.nodeid} {number}": replace(call, prepared=prepared)
            for item, script in self._scripts[:MOST_TELLING]
            for number, (call, prepared) in enumerate(
                zip(script.calls[:FIRST_OF], script.prepared[:FIRST_OF], strict=True)
            )
        }

    def tables_of_calls(self, sources: Sequence[str], calls: Sequence[Call]) -> list[list[Table]]:
        """What traced versions answer, one table for each version and call."""
        self.steps += len(sources) * len(calls)
        prepared = [call.prepared for call in calls if call.prepared is not None]
        if len(prepared) == len(calls):
            turns = [with_ends(source) for source in sources]
            rows = self._live.versions(self._name, turns, prepared, 5 * self._seconds)
            return [[tables([answer.result.value]) for answer in row] for row in rows]
        backends = map(self._version, sources)
        return [[tables([called(b, call).value]) for call in calls] for b in backends]

    def right_places(self, sources: Sequence[str]) -> list[frozenset[Any]]:
        """Places in the tuple, or keys of the dictionary, that versions get right.

        Looked at in the most telling check; one set for each version.
        """
        if self._telling is None:
            return [frozenset() for _ in sources]
        _, script = self._telling
        rows = self._answers(sources, range(len(script.calls)))
        return [right_in_all(row, script) for row in rows]

    def note(self, source: str, known: Sequence[WrongVersion]) -> None:
        """Note from now on which versions repair more than this one, or leave a `known` mistake.

        They are told by the calls that are looked at first.
        """
        if self._telling is None:
            calls = self.calls[self._asked :][:1]
            answered = [called(self._version(source), call) for call in calls]
        else:
            script = self._telling[1]
            places = self._screen or tuple(range(len(script.calls)))
            calls = [replace(script.calls[p], prepared=script.prepared[p]) for p in places]
            rows = self._answers([source], places)
            answered = [answer.result for answer in rows[0]] if rows else []
        wanted = profile([call.result for call in calls])
        answers = [(one, [one.answer(call)[0] for call in calls]) for one in known]
        mistakes = [
            (one, profile(results)) for one, results in answers
            if all(result.status == "value" for result in results)
        ]  # fmt: skip
        self.notes = PartialRepairs(wanted, profile(answered), mistakes)

    def measured(self, own: str, sources: Sequence[str]) -> PartialRepairs:
        """What versions repair in the calls of all failing checks, the first few of them."""
        pairs = self.known_calls(MOST_MEASURED, MOST_MEASURED)
        rows = self._rows((own, *sources), [prepared for _, prepared in pairs])
        found = [[answer.result for answer in row] for row in rows]
        for row in rows if pairs else ():
            if not row:
                self._died()
        wanted = profile([call.result for call, _ in pairs])
        repairs = PartialRepairs(wanted, profile(found[0] if found else []))
        for source, results in zip(sources, found[1:], strict=False):
            repairs.look(source, results)
        return repairs

    def gain_beside(self, own: str, source: str, known: WrongVersion) -> bool | None:
        """Whether a version makes more right than the student's own function, and leaves a mistake.

        None where it does not give what the mistake gives in all calls of all checks, twice; where
        all its answers are the same, or an argument as it came: many mistakes end in these; or
        where it, or the mistake, makes something wrong that the own function does right.
        """
        answers: list[Any] = []
        results: list[tuple[CallResult, CallResult, CallResult]] = []
        mistake, is_gain = OpenBackend(known.space), False
        for seed in (self._judge.course.seed, OTHER_SEED):
            for item in self._items:
                backends = self._version(own), self._version(source)
                beside = Comparing(vars(self._judge.reference), *backends, known)
                if not self._passes(item, beside, seed) or beside.differ:
                    return None
                own_passes = self._passes(item, backends[0], seed)
                mistake_passes = self._passes(item, mistake, seed)
                if own_passes and not mistake_passes:
                    return None
                is_gain |= mistake_passes and not own_passes
                answers += beside.answers
                results += beside.results
        wanted, before, after = (profile([row[which] for row in results]) for which in range(3))
        right_before, right_after = agreeing(before, wanted), agreeing(after, wanted)
        if not vary(answers) or not right_before <= right_after:
            return None
        return is_gain or right_before < right_after


class Trials(_Compared):
    """Tries versions of one function: against its most telling check first."""

    def aim(self, source: str) -> None:
        """Compare from now on by the cheapest failing check that this version fails too."""
        backend = self._version(source)
        for pair in self._scripts:
            if not self._passes(pair[0], backend):
                if pair is not self._telling:
                    self._telling, self._item = pair, pair[0]
                    self._failed.clear()
                    vars(self).pop("calls", None)
                return

    @property
    def is_over(self) -> bool:
        return self.dead > MOST_DEAD

    def promising(self, sources: Sequence[str]) -> Iterator[int]:
        """Places of the versions that pass the most telling check."""
        if self._telling is None:
            for place, source in enumerate(sources):
                if self._could_pass(source) and self._passes(self._item, self._version(source)):
                    yield place
            return
        item, script = self._telling
        if not (places := list(self._screened(sources, script))):
            return
        rows = self._answers([sources[place] for place in places], range(len(script.calls)))
        for place, answers in zip(places, rows, strict=False):
            if not answers:
                self._died()
                continue
            if self.notes is not None and not self._screen:
                self.notes.look(sources[place], [answer.result for answer in answers])
            digests = tuple(answer.digest for answer in answers)
            if digests in self._failed or not could_be_right(answers, script):
                continue
            if None not in digests:
                self._failed.add(digests)
            backend = self._version(sources[place])
            if self._passes(item, Given(backend, item.nodeid, script, answers)):
                self._failed.discard(digests)
                yield place

    def screen(self, source: str) -> None:
        """Choose the calls of the most telling check that versions have to answer first.

        They are the first ones that this version answers wrong.
        """
        self._screen, self._asked = (), 0
        if self._telling is None:
            found = (called(self._version(source), call).value for call in self.calls)
            pairs = enumerate(zip(found, self.calls, strict=True))
            wrong = (place for place, (v, call) in pairs if not is_close(v, call.result.value))
            self._asked = next(wrong, 0)
        elif len(self._telling[1].calls) > SCREENED:
            calls = self._telling[1].calls
            rows = self._answers([source], range(len(calls)))
            answered = enumerate(zip(rows[0] if rows else (), calls, strict=False))
            missed = (place for place, (a, call) in answered if not is_near(a, call))
            self._screen = tuple(missed)[:SCREENED]

    def _screened(self, sources: Sequence[str], script: Script) -> Iterator[int]:
        """Places of the versions that answer those calls about right."""
        if not self._screen:
            yield from range(len(sources))
            return
        calls = [script.calls[place] for place in self._screen]
        for place, answers in enumerate(self._answers(sources, self._screen)):
            if not answers:
                self._died()
                continue
            if self.notes is not None:
                self.notes.look(sources[place], [answer.result for answer in answers])
            if all(is_near(a, call) for a, call in zip(answers, calls, strict=True)):
                yield place

    def _could_pass(self, source: str) -> bool:
        """Whether the call that is looked at first is answered like the right function does it."""
        for call in self.calls[self._asked :][:1]:
            result = called(self._version(source), call)
            if self.notes is not None:
                self.notes.look(source, [result])
            return result.status == "value" and is_close(result.value, call.result.value)
        return True

    def passes_all(self, source: str) -> bool:
        """Whether a version passes every check, with this term's inputs and with others."""
        backend = self._version(source)
        for seed in (self._judge.course.seed, OTHER_SEED):
            for item in list(self._items):
                if not self._passes(item, backend, seed):
                    self._items.remove(item)
                    self._items.insert(0, item)  # it may be as telling for the next one
                    return False
        return True

    def keeps_right(self, source: str) -> bool:
        """Whether a version passes the checks that the student's function passes."""
        backend = self._version(source)
        return all(self._passes(item, backend) for item in self._passing)

    def restore(self, source: str) -> None:
        """Put the notebook's own function back, for other exercises that call it."""
        nothing = OneVersion(self._live, source, self._seconds, self._count)
        nothing.call("no such function", (), {}, seed=0, stand_ins={})
