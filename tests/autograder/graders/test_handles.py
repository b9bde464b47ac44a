"""Handles in checks: what a notebook's classes do, and what lying ones cannot."""

import copy
import types

import numpy as np
import pytest

from autograder.graders import as_in_a_cell
from autograder.graders.compare import Mismatch
from autograder.judge.calls import OpenBackend
from autograder.judge.checks import Recording, Reference, Student, StudentFailure
from autograder.judge.rehearsal import Rehearsing
from autograder.model import GraderError
from autograder.sandbox import CallResult

NOTEBOOK = """
class Account:
    bank = "B"

    def __init__(self, owner, balance=0):
        self.owner, self.balance = owner, balance

    def deposit(self, amount):
        if amount < 0:
            raise ValueError("less than nothing")
        self.balance += amount
        return self

    def spend(self, amount):
        if amount > self.balance:
            raise TooLittle(amount)

    def history(self):
        yield from (1, 2)

    def fill(self, items, table, rows):
        return None

    def for_ever(self):
        while True:
            yield 0

    def __eq__(self, other):
        return (self.owner, self.balance) == (other.owner, other.balance)

    def __len__(self):
        return 3

    def __getitem__(self, key):
        return [5, 6, 7][key]

    def __add__(self, amount):
        return Account(self.owner, self.balance + amount)

    def __lt__(self, other):
        return self.balance < other.balance

    def __str__(self):
        return f"{self.owner}: {self.balance}"


class TooLittle(Exception):
    pass


class Savings(Account):
    pass


def poorest(accounts):
    return min(accounts)


def pairs(n):
    return [(i, Account(str(i))) for i in range(n)]


def adder(k):
    return lambda x: x + k


def letters(word):
    return set(word)


def sort(items):
    return None


def draw():
    import random

    return random.random()


x = 42
table = {"a": np.arange(3.0)}
mine = Account("me", 7)
"""


def notebook_of(source):
    space = {"__name__": "__main__", "np": np}
    exec(source, space)
    return space


REFERENCE = types.ModuleType("_autograder_solution_ps1")
REFERENCE.np = np
exec(NOTEBOOK, vars(REFERENCE))


def open_cell(space=None, backend=None):
    """A test cell's block on a notebook's names; the reference's own without."""
    recording = Recording("test_x", "seed", exercise="Account")
    backend = backend or OpenBackend(notebook_of(NOTEBOOK) if space is None else space)
    return as_in_a_cell(Student(backend, recording), Reference(REFERENCE, recording))


def changed(old, new):
    assert old in NOTEBOOK
    return open_cell(notebook_of(NOTEBOOK.replace(old, new)))


@pytest.mark.quick
def test_instances_are_used_as_in_the_notebook():
    with open_cell() as notebook:
        a, b = notebook.Account("me"), notebook.Account("me", balance=3)
        assert a.deposit(3) is a
        assert a.balance == 3 and a.owner == "me" and a.bank == "B"
        assert a == b and (a != b) is False and a is not b and a != notebook.Account("you", 3)
        assert isinstance(a, notebook.Account) and not isinstance(a, notebook.Savings)
        assert not isinstance(3, notebook.Account)
        assert issubclass(notebook.Savings, notebook.Account)
        assert len(a) == 3 and a[2] == 7 and a[1:] == [6, 7] and list(a) == [5, 6, 7]
        assert (a + 4).balance == 7 and str(a + 4) == f"{a + 4}" == "me: 7"
        assert sorted([notebook.Account("rich", 99), a])[0] is a
        a.balance = 9
        assert a.balance == 9 and b.balance == 3 and copy.deepcopy(a).balance == 9
        assert hasattr(a, "deposit") and not hasattr(a, "withdraw")
        assert "deposit" in dir(a) and "deposit" in dir(notebook.Account) and "x" not in dir(a)


@pytest.mark.quick
def test_functions_and_variables_are_used_beside_them():
    with open_cell() as notebook:
        account = notebook.Account("me")
        assert notebook.poorest([notebook.mine, account]) is account
        assert [(n, one.owner) for n, one in notebook.pairs(2)] == [(0, "0"), (1, "1")]
        assert notebook.adder(3)(4) == 7
        assert notebook.letters("aba") == {"a", "b"}
        assert list(account.history()) == [1, 2]
        assert notebook.x == 42 and notebook.table["a"].tolist() == [0, 1, 2]
        assert notebook.mine.balance == 7
        assert notebook.draw() != notebook.draw()
        drawn = notebook.draw()
        assert notebook.x == 42 and drawn == drawn


def test_one_name_is_one_value_in_a_check():
    """A test cell may change what it has fetched and look again."""
    with open_cell() as notebook:
        notebook.table["b"] = 1
        assert "b" in notebook.table
    with open_cell() as notebook:
        assert "b" not in notebook.table


def test_exceptions_are_known_by_type():
    with open_cell() as notebook:
        account = notebook.Account("me")
        with pytest.raises(ValueError):
            account.deposit(-1)
        with pytest.raises(notebook.TooLittle):
            account.spend(5)
        assert account.balance == 0
    with open_cell() as notebook:
        try:
            notebook.Account("me").spend(5)
        except notebook.TooLittle as error:  # named only now
            assert str(error) == "5"
        else:
            raise AssertionError


@pytest.mark.parametrize(
    "liar",
    [
        "class Liar(int):\n    def __eq__(self, other): return True\nx = Liar(3)",
        "class Liar:\n    __eq__ = lambda s, o: True\n    __sub__ = lambda s, o: 0\nx = Liar()",
        "class Liar:\n    __getattr__ = lambda s, name: Liar()\n    __class__ = int\nx = Liar()",
        "x = [42]",
        "x = lambda: 42",
    ],
)
def test_no_object_stands_where_the_solution_has_a_number(liar):
    with pytest.raises(Mismatch), open_cell(notebook_of(f"{NOTEBOOK}\n{liar}")) as notebook:
        assert notebook.x == 42


@pytest.mark.parametrize("place", ["self.balance += amount", "return [5, 6, 7][key]"])
def test_nor_inside_of_an_instance(place):
    liar = "class Liar:\n    __eq__ = __le__ = lambda s, o: True\n    __sub__ = lambda s, o: 0\n"
    lies = place.partition("=")[0].strip("+ ") + " = Liar()" if "=" in place else "return Liar()"
    space = notebook_of(liar + NOTEBOOK.replace(place, lies))
    with pytest.raises(Mismatch), open_cell(space) as notebook:
        account = notebook.Account("me").deposit(3)
        assert account.balance == 3 and account[0] == 5


def test_equal_objects_look_alike():
    """A class that calls everything equal, or nothing, has the attributes that it has."""
    old = "return (self.owner, self.balance) == (other.owner, other.balance)"
    with changed(old, "return True") as notebook:
        one, same, other = (notebook.Account("me", n) for n in (3, 3, 4))
        assert one == same and (one == other) is False
        assert (one != other) is False  # nor is it taken for one that can tell them apart
        assert one != 3
    with changed(old, "return False") as notebook:
        assert (notebook.Account("me", 3) == notebook.Account("me", 3)) is False


def test_equal_objects_may_differ_where_those_of_the_solution_do(monkeypatch):
    monkeypatch.setattr(REFERENCE.Account, "__eq__", lambda one, other: True)
    old = "return (self.owner, self.balance) == (other.owner, other.balance)"
    with changed(old, "return self.owner == other.owner") as notebook:
        assert notebook.Account("me", 3) == notebook.Account("me", 4)


@pytest.mark.slow
def test_what_never_ends_is_asked_a_while():
    with pytest.raises(Mismatch), open_cell() as notebook:
        assert sum(notebook.Account("me").for_ever()) == 3


@pytest.mark.parametrize("expected", ["Exception", "ValueError"])
def test_an_exit_is_no_exception_that_a_test_may_expect(expected):
    class Leaving(OpenBackend):
        def call(self, name, args, kwargs, **how):
            if [step[0] for step in kwargs["_steps"]][-1:] == ["call"]:
                return CallResult(status="raised", error_name="SystemExit")
            return super().call(name, args, kwargs, **how)

    with pytest.raises(StudentFailure), open_cell(backend=Leaving(notebook_of(NOTEBOOK))) as cell:
        try:
            cell.Account("me")
        except {"Exception": Exception, "ValueError": ValueError}[expected]:
            pass


FORGED = [
    None, [], [7], ["object"], ["object", "instance", "__main__"], ["object", 1, 2, 3],
    ["object", "instance", "__main__", "0"], ["value"], ["value", 1, 2], ["set", 3],
    ["set", [["value"]]], ["list", 7], ["list", [["object"]]], ["dict", [1, 2]],
    ["dict", [[["k"], ["value", 1]]]], ["raised", "ValueError", ""], ("value", 42), {"value": 42},
    ["tuple", [["value", 42]]], [["value"], 42], ["object", "instance", "__main__", 10**20],
]  # fmt: skip


@pytest.mark.parametrize("forged", FORGED, ids=repr)
@pytest.mark.parametrize("name", ["x", "mine", "pairs"])
def test_forged_answers_are_wrong_answers(forged, name):
    """Whatever a process sends, it ends as a value of the judge's, a handle or a wrong answer."""

    class Forging(OpenBackend):
        def call(self, *args, **kwargs):
            return CallResult(status="value", value=[forged, [None, forged], [forged]])

    with pytest.raises(Mismatch), open_cell(backend=Forging({})) as notebook:
        got = getattr(notebook, name)
        assert got == 42
        assert got.balance == 42


@pytest.mark.parametrize("forged", FORGED, ids=repr)
def test_nothing_comes_of_answers_without_states(forged):
    class Forging(OpenBackend):
        def call(self, *args, **kwargs):
            return CallResult(status="value", value=forged)

    with pytest.raises(Mismatch), open_cell(backend=Forging({})) as notebook:
        assert notebook.x == 42


CHANGING = """
class Account:
    def __init__(self, owner):
        pass

    def fill(self, items, table, rows):
        items.append(1)
        table["a"] = 2
        rows += 1


def sort(items):
    items.sort()
"""


def test_containers_of_the_check_are_changed_as_the_student_s_code_changes_them():
    space = notebook_of(CHANGING)
    with open_cell(space) as notebook:
        items, table, rows = [], {}, np.zeros(2)
        account = notebook.Account("me")
        account.fill(items, table, rows)
        account.fill(items, table, rows)
        assert (items, table, rows.tolist()) == ([1, 1], {"a": 2}, [2, 2])
    recording = Recording("test_x", "seed", exercise="sort")
    with as_in_a_cell(Student(OpenBackend(space), recording)) as notebook:
        numbers = [3, 1, 2]
        assert notebook.sort(numbers) is None and numbers == [1, 2, 3]


PEEPING = """
class Account:
    seen = []

    def __init__(self, owner, balance=0):
        self.owner, self.balance = owner, balance
        Account.seen.append(balance)

    def __add__(self, amount):
        import sys
        frame = sys._getframe()
        while frame is not None and "_steps" not in frame.f_locals:
            frame = frame.f_back
        steps = frame.f_locals["_steps"] if frame else []
        told = [arguments[-1][1] for _, arguments, _ in steps if arguments[-1][0] == "value"]
        return Account(self.owner, max([0, *Account.seen, *told[1:]]))

    def __eq__(self, other):
        return True
"""


def test_what_is_expected_comes_too_late_for_who_listens():
    """The expected object is made in the student's process, in sight of all that is repeated."""
    with open_cell() as notebook:
        assert notebook.Account("me", 3) + 4 == notebook.Account("me", 7)
    with pytest.raises(Mismatch), open_cell(notebook_of(PEEPING)) as notebook:
        assert notebook.Account("me", 3) + 4 == notebook.Account("me", 7)


def test_and_is_not_sent_ahead():
    recording = Recording("test_x", "seed", exercise="Account")
    rehearsing = Rehearsing(vars(REFERENCE))
    sides = Student(rehearsing, recording), Reference(REFERENCE, recording)
    with as_in_a_cell(*sides) as notebook:
        assert notebook.Account("me").balance == 0
        assert len(rehearsing.prepared) == 3
        assert notebook.Account("me") == notebook.Account("me")
    assert rehearsing.prepared is None


@pytest.mark.parametrize("same", [-1, 0, 1, 2, 3, 99])
def test_a_student_cannot_say_which_handle_it_is(same):
    """Two objects are one where the solution's are, too."""

    class Guessing(OpenBackend):
        def call(self, *args, **kwargs):
            result = super().call(*args, **kwargs)
            if result.value[0][0] == "object":
                result.value[0][3] = same
            return result

    with open_cell(backend=Guessing(notebook_of(NOTEBOOK))) as notebook:
        a, b = notebook.Account("me"), notebook.Account("you")
        assert a is not b and (a.owner, b.owner) == ("me", "you")


def test_the_object_of_a_library_stays_a_test_cells_matter():
    REFERENCE.day = __import__("datetime").date(2026, 1, 1)
    try:
        space = notebook_of(NOTEBOOK + "\nimport datetime\nday = datetime.date(2026, 1, 1)")
        with pytest.raises(Mismatch), open_cell(space) as notebook:
            assert notebook.day.year == 2026
    finally:
        del REFERENCE.day


def test_a_name_that_the_solution_lacks_is_the_authors_fault():
    with pytest.raises(GraderError), open_cell() as notebook:
        notebook.nowhere  # noqa: B018


def test_a_name_that_the_notebook_lacks_is_missing():
    with pytest.raises(StudentFailure) as error, open_cell({"__name__": "__main__"}) as notebook:
        notebook.Account("me")
    assert str(error.value.verdict) == "missing"
