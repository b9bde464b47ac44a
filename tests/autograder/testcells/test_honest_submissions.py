"""What is right in a notebook is right outside, too, however the student has written it."""

import pytest

pytestmark = pytest.mark.family

V = "class V:\n    def __init__(self, x): self.x = x\n"
# The author's solution, test cells, and what others may write.
SUBMISSIONS = {
    "dictionaries of other types": (
        "def f(s):\n    return {c: s.count(c) for c in s}",
        ["assert f('aab') == {'a': 2, 'b': 1} and sorted(f('ab').items()) == [('a', 1), ('b', 1)]"],
        [
            "from collections import Counter as f",
            "from collections import OrderedDict\ndef f(s):\n    d = OrderedDict()\n"
            "    for c in s: d[c] = d.get(c, 0) + 1\n    return d",
            "from collections import defaultdict\ndef f(s):\n    d = defaultdict(lambda: 0)\n"
            "    for c in s: d[c] += 1\n    return d",
        ],
    ),
    "a global that is bound anew": (
        "n = 0\nlog = []\ndef f():\n    log.append(1)\n    return len(log)",
        ["f(); f(); assert log == [1, 1] and n == 0", "log.clear(); f(); assert log == [1]"],
        ["n = 0\nlog = []\ndef f():\n    global log\n    log = [*log, 1]\n    return len(log)"],
    ),
    "a function that is an object": (
        "f = lambda x: x + 1",
        ["assert callable(f) and f(1) == 2 and list(map(f, [1, 2])) == [2, 3]"],
        [
            "class F:\n    def __call__(self, x): return x + 1\nf = F()",
            "from functools import partial\nf = partial(np.add, 1)",
            "from functools import lru_cache\n@lru_cache\ndef f(x): return x + 1",
        ],
    ),
    "objects compared and ordered by other methods": (
        V + "    def __lt__(self, o): return self.x < o.x\n"
        "    def __eq__(self, o): return self.x == o.x\n    __hash__ = lambda self: 0\n"
        "    def __iter__(self): return iter([self.x])\n    def __str__(self): return str(self.x)",
        [
            "a = [V(2), V(1)]; assert [v.x for v in sorted(a)] == [1, 2]",
            "assert V(1) == V(1) and V(1) != V(2) and a.index(V(1)) == 1",
            "assert len({V(1), V(1)}) == 1 and list(V(3)) == [3] and f'{V(1)}' == '1'",
            "assert a[0].x == 2",
        ],
        [
            "from dataclasses import dataclass\n@dataclass(frozen=True, order=True)\nclass V:\n"
            "    x: int\n    def __getitem__(self, i): return [self.x][i]\n"
            "    def __repr__(self): return str(self.x)",
            V + "    def __gt__(self, o): return self.x > o.x\n"
            "    def __eq__(self, o): return isinstance(o, V) and self.x == o.x\n"
            "    def __hash__(self): return hash(self.x)\n    def __iter__(self): yield self.x\n"
            "    def __format__(self, spec): return '1'",
        ],
    ),
    "an exception with an attribute": (
        "class E(Exception):\n    def __init__(self, m, n): super().__init__(m); self.n = n\n"
        "def f(): raise E('m', 7)",
        [
            "try:\n    f(); assert False\nexcept E as e:\n    assert e.n == 7 and str(e) == 'm'",
            "try:\n    f()\nexcept Exception as e:\n    assert type(e).__name__ == 'E'",
        ],
        ["class E(ValueError):\n    def __init__(self, m, n):\n        self.n = n\n"
         "        ValueError.__init__(self, m)\ndef f(): raise E('m', n=7)"],
    ),
    "warnings that the test hears or silences": (
        "import warnings\ndef f(): warnings.warn('old', FutureWarning)\n"
        "def g(a): return [1 / x for x in a if x]",
        [
            "with warnings.catch_warnings(record=True) as w:\n    warnings.simplefilter('always')\n"
            "    f(); f()\nassert [str(x.message) for x in w] == ['old'] * 2\n"
            "assert issubclass(w[0].category, FutureWarning)",
            "with warnings.catch_warnings():\n    warnings.simplefilter('ignore')\n"
            "    assert len(g(np.array([0, 2]))) == 1",
            "with np.errstate(all='ignore'):\n    assert len(g(np.array([0, 1]))) == 1",
        ],
        [
            "import warnings\nclass W(FutureWarning): pass\n"
            "def f(): warnings.warn(W('old'))\n"
            "def g(a): return [y for y in np.array(1.0) / a if np.isfinite(y)]",
        ],
    ),
    "an answer that lies deep": (
        "def f(n):\n    r = []\n    for _ in range(n): r = [r]\n    return r",
        ["r = f(600)\nn = 0\nwhile r: r = r[0]; n += 1\nassert n == 600"],
        ["def f(n):\n    top = r = []\n    for _ in range(n): r.append([]); r = r[0]\n"
         "    return top"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", SUBMISSIONS)
def test_right_answers_of_every_form_pass(course, kind):
    solution, tests, others = SUBMISSIONS[kind]
    plan = course.plan(solution, *tests)
    assert not plan.inside, plan.inside
    for submission in (solution, *others):
        results = course.judge(
            solution, *tests, submission=submission, objects=plan.objects
        ).results
        assert all(r.status == "ok" for r in results), (submission, results)


@pytest.mark.quick
def test_a_class_has_in_each_cell_the_methods_that_the_authors_needed_there(course):
    solution = V + "    def __eq__(self, o): return self.x == o.x\n    def __len__(self): return 3"
    tests = ("assert V(1).x == 1", "assert V(1) == V(1)", "assert len(V(1)) == 3", "p = V(1)")
    objects = {"t1": [], "t2": ["__eq__"], "t3": ["__len__"], "t4": []}
    last = "assert V(1) != V(1)"  # here they are two objects, whatever the student says
    results = course.judge(solution, *tests, last, objects={**objects, "t5": []}).results
    assert [r.status for r in results] == ["ok"] * 5


@pytest.mark.quick
def test_a_module_that_the_student_has_not_imported_is_not_there(course):
    solution = "import math\nimport random\ndef f(x): return math.sqrt(x)"
    tests = ("assert f(4) == math.sqrt(4)", "assert f(1) == 1", "random.seed(1)")
    judged = course.judge(solution, *tests, submission="def f(x): return x ** 0.5", objects={})
    assert [r.error_name for r in judged.results] == ["NameError", "", "NameError"]
    judged = course.judge(solution, *tests, objects={})
    assert [r.status for r in judged.results] == ["ok"] * 3


def test_whether_a_name_is_there_can_be_asked(course):
    solution = "vec = 3\ndef f(): return 1"
    tests = (
        "assert 'vec' in dir() and 'f' in globals()",
        "if 'vec' not in locals(): raise ValueError",
    )
    plan = course.plan(solution, *tests)
    assert plan.outside == ("t1", "t2")
    results = course.judge(solution, *tests, submission="f = 2", objects={}).results
    assert [r.error_name for r in results] == ["AssertionError", "ValueError"]


def test_a_name_that_the_cell_binds_is_the_cells(course):
    solution = "n = 3\ndef f(x): return x * n"
    cheat = "n = 3\ndef f(x):\n    global n\n    n = 0\n    return 0"
    test = "n = 2\nassert f(5) == 5 * n"
    assert course.judge(solution, test, objects={}).results[0].status == "ok"
    assert course.judge(solution, test, submission=cheat, objects={}).results[0].status == "error"


def test_frames_of_intervals_and_periods(course):
    pytest.importorskip("pandas")
    solution = (
        "import pandas as pd\nbins = pd.cut(pd.Series([1, 5, 9]), bins=[0, 4, 10])\n"
        "months = pd.Series(pd.period_range('2020-01', periods=2, freq='M'))\nmonth = months[0]"
    )
    tests = (
        "assert bins.value_counts().iloc[0] == 2 and bins[0] == pd.Interval(0, 4)",
        "assert months[1] == pd.Period('2020-02') and month.year == 2020",
    )
    results = course.judge(solution, *tests, objects={}).results
    assert [r.status for r in results] == ["ok", "ok"], results
