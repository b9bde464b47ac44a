"""Calls known from the reference are sent ahead; a verdict depends on the answers alone."""

import json
from contextlib import closing

import numpy as np
import pytest

from autograder.course import Course
from autograder.grading.grader import Grader
from autograder.judge.calls import Answer, OpenBackend
from autograder.judge.collected import CollectedChecks
from autograder.judge.rehearsal import Rehearsal, Rehearsing
from autograder.sandbox import CallResult

GRADERS = '''
import numpy as np
import pytest
from autograder.graders import assert_same, fail

@pytest.mark.exercise("f", public=True)
def test_public(student):
    """The example"""
    assert_same(student.f(np.array([1.0])), np.array([2.0]))

@pytest.mark.exercise("f")
def test_chained(student):
    """Twice is four times"""
    x = np.array([1.0, 2.0])
    y = student.f(student.f(x))
    assert_same(y, 4 * x)

@pytest.mark.exercise("f")
def test_changes_its_input_afterwards(student):
    """Right for two inputs in one array"""
    x = np.array([1.0, 2.0])
    assert_same(student.f(x), np.array([2.0, 4.0]))
    x += 1
    assert_same(student.f(x), np.array([4.0, 6.0]))

@pytest.mark.exercise("f")
def test_with_a_stand_in(student):
    """Calls g"""
    assert_same(student.standing_in(g=lambda x: x).f(np.array([3.0])), np.array([3.0]))

@pytest.fixture
def numbers(rng):
    return rng.standard_normal(3)

@pytest.mark.exercise("f")
def test_manners(student, numbers):
    """Leaves its argument alone"""
    student.f(numbers)
    if student.last.changed:
        student.remark("it changed x")
'''


class Counting:
    """A backend to which calls can be sent ahead, over plain functions; counts both ways."""

    def __init__(self, space=None, **functions):
        self._open = OpenBackend(functions if space is None else space)
        self.ahead, self.alone, self.events = [], [], []

    def call(self, name, args, kwargs, *, seed, stand_ins):
        self.alone.append(name)
        self.events.append("alone")
        return self._result(name, args, kwargs, seed, stand_ins)

    def _result(self, name, args, kwargs, seed, stand_ins):
        return self._open.call(name, args, kwargs, seed=seed, stand_ins=stand_ins)

    def call_ahead(self, calls):
        from autograder.sandbox.frames import unwrap, wrap
        from autograder.sandbox.series import unwrap_series

        answers = []
        self.events.append(f"{len(calls)} ahead")
        for call in calls:
            name, payload, keywords, _, seed, _ = unwrap(call.payload)
            self.ahead.append(name)
            values, _ = unwrap_series(payload)
            assert not keywords  # no check here has any
            result = self._result(name, values, {}, seed, {})
            digest = None if result.status != "value" else wrap(result.value).tobytes()
            answers.append(Answer(digest, 0.5, lambda result=result: result))
        return answers


def double():
    space = {"g": lambda x: 2 * x}
    exec("def f(x):\n    return g(x)", space)
    return space


@pytest.fixture
def session(tmp_path):
    (tmp_path / "tests/tiny").mkdir(parents=True)
    (tmp_path / "tests/tiny/test_tiny.py").write_text(GRADERS)
    session = CollectedChecks(Course(tmp_path), "tiny", None)
    yield session
    session.close()


@pytest.fixture
def rehearsal(session):
    return Rehearsal(session, double(), "s")


FIXTURES = """
import pytest

OPEN = []

@pytest.fixture(autouse=True, scope="{scope}")
def opened():
    OPEN.append(len(OPEN))
    yield OPEN
    OPEN.pop()
"""
ONE_CHECK = """
import numpy as np
import pytest
from autograder.graders import assert_same

@pytest.fixture
def one():
    return np.ones(1)

@pytest.mark.exercise("{name}")
def test_{name}(student, opened, one):
    assert opened == [0]
    assert_same(student.{name}(one), one)
"""


@pytest.mark.parametrize("scope", ["function", "module", "session"])
@pytest.mark.parametrize("order", ["ff", "fgf", "gfg", "gg", "fggf"])
def test_checks_with_the_author_s_own_fixtures_can_be_run_in_any_order(tmp_path, scope, order):
    """One check twice, one of another file, the first one last: each has its fixtures, once."""
    folder = tmp_path / "tests/tiny"
    folder.mkdir(parents=True)
    (folder / "conftest.py").write_text(FIXTURES.format(scope=scope))
    for name in "fg":
        (folder / f"test_{name}.py").write_text(ONE_CHECK.format(name=name))
    session = CollectedChecks(Course(tmp_path), "tiny", None)
    items = {session.items[number].name[-1]: session.items[number] for number in (0, 1)}
    backend = OpenBackend({"f": np.copy, "g": np.copy})
    try:
        for name in order:  # each alone
            [(check, _)] = session.run([(items[name], backend)], "s").values()
            assert (str(check.verdict), check.message) == ("passed", "")
        found = session.run([(items[name], backend) for name in order], "s")  # all at once
        assert {str(check.verdict) for check, _ in found.values()} == {"passed"}
    finally:
        session.close()


def test_a_fixture_that_fails_after_the_check_fails_it(tmp_path):
    folder = tmp_path / "tests/tiny"
    folder.mkdir(parents=True)
    after = "def one(student):\n    yield 1.0\n    assert_same(student.f(2.0), 2.0)"
    text = ONE_CHECK.format(name="f").replace("def one():\n    return np.ones(1)", after)
    text = text.replace("opened, one", "one").replace("    assert opened == [0]\n", "")
    (folder / "test_f.py").write_text(text)
    session = CollectedChecks(Course(tmp_path), "tiny", None)
    verdicts = []
    for f in (lambda x: x, lambda x: 1.0, lambda x: 2.0):
        [(check, _)] = session.run([(session.items[0], OpenBackend({"f": f}))], "s").values()
        verdicts.append(str(check.verdict))
    session.close()
    assert verdicts == ["passed", "wrong", "wrong"]


def run(rehearsal, backend):
    return {j.check.id: j for j in rehearsal.run(backend, frozenset(["f"]))}


def verdicts(judged):
    return {name: str(j.check.verdict) for name, j in judged.items()}


def test_all_calls_but_those_with_stand_ins_are_sent_ahead(rehearsal):
    backend = Counting(double())
    judged = run(rehearsal, backend)
    assert set(verdicts(judged).values()) == {"passed"}
    assert backend.ahead == ["f"] * 6
    assert backend.alone == ["f"]


def test_equal_answers_are_judged_once(rehearsal, session, monkeypatch):
    first = run(rehearsal, Counting(double()))
    ran = []
    serve = session.run
    monkeypatch.setattr(session, "run", lambda turns, seed: ran.extend(turns) or serve(turns, seed))
    again = run(rehearsal, Counting(double()))
    assert [item.name for item, _ in ran] == ["test_with_a_stand_in"]
    assert verdicts(again) == verdicts(first)
    assert list(again) == list(first), "in the order of the checks"


def test_a_check_whose_inputs_depend_on_the_answers_is_asked_again(rehearsal):
    """The second call of `test_chained` was sent ahead with the reference's first answer."""
    wrong = Counting(f=lambda x: 3 * x, g=abs)
    judged = run(rehearsal, wrong)
    assert verdicts(judged)["test_chained"] == "wrong"
    assert wrong.alone == ["f", "f"], "the chained call, and the one with a stand-in"
    odd = Counting(f=lambda x: 3 * x if x[0] == 1 else 4 * x / 3, g=abs)
    assert verdicts(run(rehearsal, odd))["test_chained"] == "passed"
    assert verdicts(run(rehearsal, wrong))["test_chained"] == "wrong"


def test_public_checks_are_judged_before_a_hidden_input_crosses(tmp_path):
    """Whatever is asked in a public check, what is shown of it was answered without knowing."""
    chained = GRADERS.replace('"f")\ndef test_chained', '"f", public=True)\ndef test_chained')
    (tmp_path / "tests/tiny").mkdir(parents=True)
    (tmp_path / "tests/tiny/test_tiny.py").write_text(chained)
    session = CollectedChecks(Course(tmp_path), "tiny", None)
    try:
        backend = Counting(f=lambda x: 3 * x, g=abs)
        run(Rehearsal(session, double(), "s"), backend)
    finally:
        session.close()
    assert backend.events == ["3 ahead", "alone", "3 ahead", "alone"]


def test_what_strayed_from_the_script_is_not_remembered(rehearsal):
    wrong = Counting(f=lambda x: 3 * x, g=abs)
    run(rehearsal, wrong)
    assert not any(key[0].endswith("test_chained") for key in rehearsal._known)


def test_inputs_are_those_at_the_time_of_the_call(rehearsal):
    assert verdicts(run(rehearsal, Counting(double())))["test_changes_its_input_afterwards"] == (
        "passed"
    )


def test_failures_are_as_without_sending_ahead(rehearsal):
    def raising(x):
        raise ValueError("no")

    for functions in ({"f": raising}, {}, {"f": lambda x: None}, {"f": lambda x: x * 2.5}):
        ahead = run(rehearsal, Counting(**functions))
        alone = run(rehearsal, OpenBackend(dict(functions)))
        assert verdicts(ahead) == verdicts(alone)
        assert [j.check.message for j in ahead.values()] == [
            j.check.message for j in alone.values()
        ]


def test_the_calls_behind_a_verdict_are_the_same_the_first_time_and_later(rehearsal):
    wrong = {"f": lambda x: 2 * x + 1, "g": abs}
    first, later = run(rehearsal, Counting(**wrong)), run(rehearsal, Counting(**wrong))
    for name in ("test_public", "test_changes_its_input_afterwards"):
        one, other = first[name].calls(), later[name].calls()
        assert len(one) == len(other) > 0
        for a, b in zip(one, other, strict=True):
            np.testing.assert_array_equal(a.args[0], b.args[0])
            np.testing.assert_array_equal(a.result.value, b.result.value)


def test_a_check_s_seconds_are_those_of_its_own_calls(rehearsal):
    run(rehearsal, Counting(double()))
    later = run(rehearsal, Counting(double()))
    assert later["test_public"].check.seconds == 0.5
    assert later["test_changes_its_input_afterwards"].check.seconds == 1.0


def test_the_reference_s_own_time_is_known_by_function(rehearsal):
    assert set(rehearsal.seconds) == {"f"}
    assert rehearsal.seconds["f"] > 0


@pytest.mark.parametrize(
    ("clock", "computed", "queued", "seconds"),
    [(1.0, 0.0, 0.0, 1.0), (1.0, 4.0, 0.0, 4.0), (9.0, 0.5, 8.0, 1.0)],
    ids=["it sleeps", "it computes in several threads", "it stands in the queue for a processor"],
)
def test_the_reference_s_time_leaves_out_the_queue_and_nothing_else(
    monkeypatch, clock, computed, queued, seconds
):
    machine, place = np.full(3, 5.0), "autograder.judge.rehearsal"
    monkeypatch.setattr(f"{place}.time.monotonic", lambda: machine[0])
    monkeypatch.setattr(f"{place}.time.process_time", lambda: machine[1])
    monkeypatch.setattr(f"{place}.this_thread_waited", lambda: machine[2])

    def f():
        machine[:] += (clock, computed, queued)

    result = Rehearsing({"f": f}).call("f", (), {}, seed=0, stand_ins={})
    assert result.seconds == seconds


SENT = """
import pytest
from autograder.graders import assert_same

def plus(x, k):
    return x + k

@pytest.mark.exercise("f")
@pytest.mark.parametrize("k", [1, 2])
def test_with_a_function_that_is_sent(student, k):
    got = student.standing_in(g=student.sent(plus, k=k)).f(3)
    assert_same(got, 3 + k)

@pytest.mark.exercise("f")
def test_with_one_that_comes_of_the_answer(student):
    first = student.f(3)
    assert_same(student.standing_in(g=student.sent(plus, k=first)).f(3), 3 + first)
"""


def test_a_call_with_a_stand_in_that_is_sent_goes_ahead(tmp_path):
    (tmp_path / "tests/tiny").mkdir(parents=True)
    (tmp_path / "tests/tiny/test_tiny.py").write_text(SENT)
    with closing(CollectedChecks(Course(tmp_path), "tiny", None)) as session:
        rehearsal = Rehearsal(session, double(), "s")
        scripts = [rehearsal.script(item) for item in session.items]
        assert [len(script.prepared) for script in scripts] == [1, 1, 2]
        assert [script.prepared[-1].stand_ins for script in scripts] == [("g",)] * 3
        # of another answer the stand-in is another one, too: that call is made by itself
        backend = Counting(g=lambda x: x, f=lambda x: 5)
        found = verdicts(run(rehearsal, backend))
    assert found["test_with_one_that_comes_of_the_answer"] == "wrong"
    assert backend.ahead == ["f"] * 4 and backend.alone == ["f"]


def test_a_check_that_fails_on_the_reference_is_never_sent_ahead(session):
    broken = Rehearsal(session, {"f": lambda x: None}, "s")
    backend = Counting(double())
    run(broken, backend)
    assert "test_public" not in {key.split("::")[-1] for key in broken._scripts}
    assert backend.alone.count("f") > 1


def test_what_is_remembered_stays_bounded(monkeypatch):
    from autograder.judge import rehearsal

    monkeypatch.setattr(rehearsal, "MOST_REMEMBERED", 3)
    memory = rehearsal.Remembered()
    for number in range(5):
        memory[("check", number)] = number
    assert list(memory.values()) == [2, 3, 4]


@pytest.mark.slow
def test_the_second_of_two_equal_submissions_gets_the_same_report(built_course, filled, right):
    def plain(report):
        data = report.to_json()
        data.pop("seconds")
        for exercise in data["exercises"]:
            for check in exercise["checks"]:
                check.pop("seconds")
        return json.dumps(data, sort_keys=True)

    wrong = {**right, "double": "def double(x):\n    return x * x"}
    with Grader(built_course, "tiny") as first, Grader(built_course, "tiny") as other:
        for cells in (right, wrong, {**right, "norms": "def norms(x):\n    return x"}):
            fresh = other.grade(filled(**cells), "ada").report
            reports = [first.grade(filled(**cells), "ada").report for _ in range(3)]
            assert {plain(r) for r in reports} == {plain(fresh)}


def test_outcomes_are_unpacked_once_and_on_demand():
    opened = []
    answer = Answer(b"x", 0.0, lambda: opened.append(1) or CallResult("value", 1))
    assert not opened
    assert answer.result is answer.result
    assert opened == [1]


def test_a_conftest_above_the_course_is_not_run(tmp_path):
    """It could be anybody's: the course lies in a home folder, or in a shared one."""
    (tmp_path / "conftest.py").write_text("raise RuntimeError('not ours')")
    tests = tmp_path / "course/tests/tiny"
    tests.mkdir(parents=True)
    (tests / "test_tiny.py").write_text(GRADERS)
    session = CollectedChecks(Course(tmp_path / "course"), "tiny", None)
    assert len(session.items) == 5
    session.close()
