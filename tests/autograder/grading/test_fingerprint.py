"""What changes a key, and whose."""

import ast
import json
import shutil
from dataclasses import fields, replace

import pytest

from autograder.course import Course, Places
from autograder.gradebook.report_store import ReportStore
from autograder.grading import fingerprint as fingerprints
from autograder.grading.fingerprint import (
    DECIDING,
    PACKAGE,
    Outdated,
    change,
    fingerprint,
    package_digest,
    split_by_exercise,
    tree_text,
)
from autograder.model import Check, Exercise, Report, Verdict
from autograder.sandbox import Limits
from autograder.watch.ledger import Ledger, LedgerEntry

NAMES = ("double", "norms")


def changed(course, path, old, new):
    """Whether everything is stale, and which exercises are otherwise."""
    before = fingerprint(course, "tiny", NAMES)
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    found = change(before, fingerprint(course, "tiny", NAMES)) or Outdated((), frozenset())
    return found.only is None, set(found.only or ())


def test_nothing_changed_is_nothing_changed(tiny):
    assert fingerprint(tiny, "tiny", NAMES) == fingerprint(tiny, "tiny", NAMES)


def test_a_check_belongs_to_its_exercise(tiny):
    path = tiny.tests("tiny") / "test_tiny.py"
    assert changed(tiny, path, "(2, 3)", "(2, 4)") == (False, {"double"})
    assert changed(tiny, path, "[1, 4]", "[1, 5]") == (False, {"norms"})


def test_a_comment_changes_nothing(tiny):
    path = tiny.tests("tiny") / "test_tiny.py"
    assert changed(tiny, path, "import pytest\n", "import pytest  # hello\n") == (False, set())


def test_shared_code_belongs_to_all(tiny):
    path = tiny.tests("tiny") / "test_tiny.py"
    found = changed(tiny, path, "import assert_same, fail", "import assert_same")
    assert found == (True, set())


def test_a_misconception_belongs_to_its_exercise(tiny):
    path = tiny.tests("tiny") / "misconceptions.py"
    assert changed(tiny, path, "That is the square.", "A square.") == (False, {"double"})


def test_a_handed_out_file_changes_the_run_itself(tiny):
    path = tiny.source("tiny") / "public_check.py"
    assert changed(tiny, path, "import numpy as np", "import numpy as np\n") == (True, set())


def test_samples_and_alternatives_decide_no_grade(tiny):
    path = tiny.tests("tiny") / "alternatives.py"
    assert changed(tiny, path, "x + x", "x * 2") == (False, set())


def test_constants_as_names_of_exercises_are_read():
    shared, own = split_by_exercise(
        'F = "f"\n@pytest.mark.exercise(F)\ndef test_f(): pass\ndef helper(): pass\n'
    )
    assert list(own) == ["f"] and "helper" in shared and "test_f" not in shared


def a_report():
    check = Check("test_x", "X", "double", Verdict.PASSED)
    return Report("tiny", "ada", "tiny", (Exercise("double", 4, (check,)),))


def test_a_kept_report_says_what_is_stale(tiny):
    now = replace(fingerprint(tiny, "tiny", NAMES), submission={"tiny.ipynb": "1"})
    kept = ReportStore(tiny, "tiny")
    kept.keep(a_report(), now, {})
    found = kept.find("ada")
    assert found.report == a_report()
    assert found.change(now) is None
    another = replace(now, submission={"tiny.ipynb": "2"})
    assert found.change(another) == Outdated(("tiny.ipynb changed",), None)
    path = tiny.tests("tiny") / "test_tiny.py"
    path.write_text(path.read_text().replace("(2, 3)", "(5, 3)"))
    later = replace(fingerprint(tiny, "tiny", NAMES), submission=now.submission)
    assert found.change(later) == Outdated(("the checks of double changed",), frozenset({"double"}))


def test_a_report_of_an_earlier_version_is_shown_and_graded_again(tiny):
    kept = ReportStore(tiny, "tiny")
    kept.folder.mkdir(parents=True)
    old = {"format": 1, "submission": "x", "run": "y", "exercises": {}, "report": None}
    (kept.folder / "ada.json").write_text(json.dumps({**old, "report": a_report().to_json()}))
    assert list(kept.reports()) == [a_report()]
    found = kept.find("ada").change(fingerprint(tiny, "tiny", NAMES))
    assert found.only is None and "an earlier version" in found.reasons[0]


@pytest.mark.parametrize(
    "place",
    ["oracle.npz", "data/deep/cases.csv", "helpers/__init__.py", ".hidden", "linked/far.txt"],
)
def test_every_file_of_the_graders_decides(tiny, tmp_path, place):
    tests = tiny.tests("tiny")
    (tmp_path / "elsewhere").mkdir()
    (tests / "linked").symlink_to(tmp_path / "elsewhere")
    path = tests / place
    path.parent.mkdir(parents=True, exist_ok=True)
    before = fingerprint(tiny, "tiny", NAMES)
    path.write_bytes(b"1")
    added = fingerprint(tiny, "tiny", NAMES)
    path.write_bytes(b"2")
    name = f"tests/tiny/{place}"
    assert change(before, added) == Outdated((f"{name} is new",), None)
    mended = change(added, fingerprint(tiny, "tiny", NAMES))
    assert mended == Outdated((f"{name} changed",), None)


def test_samples_that_a_grader_reads_decide(tiny):
    samples = tiny.tests("tiny") / "samples.py"
    samples.write_text("A = 1\n")
    path = tiny.tests("tiny") / "test_tiny.py"
    assert changed(tiny, samples, "A = 1", "A = 2") == (False, set())
    path.write_text("from samples import A\n" + path.read_text())
    assert changed(tiny, samples, "A = 2", "A = 3") == (True, set())


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("conftest.py", ""),
        ("tests/conftest.py", ""),
        ("tests/common.py", "from common import A\n"),
        ("shared_by_all.py", "import shared_by_all as s\n"),
        ("tests/shared/oracle.npz", "PATH = 'shared/oracle.npz'\n"),
        ("tests/shared/helper.py", "from tests.shared.helper import A\n"),
        ("tests/truth.json", "T = open('truth.json')\n"),
        ("tests/further.py", "from tests.between import A\n"),
        ("tests/cases/far.csv", "from tests.between import A\n"),
        ("grading_tools/inner.py", "from grading_tools import A\n"),
        ("tests/shared/oracle.npz", "P = HERE.parent / 'shared' / 'oracle.npz'\n"),
        ("truth/oracle.npz", "P = ROOT / 'truth' / 'oracle.npz'\n"),
        ("truth/deep.csv", "P = open('truth/deep.csv')\n"),
        ("truth/deep.csv", "P = os.path.join(ROOT, 'truth', NAME)\n"),
    ],
)
def test_what_graders_read_from_outside_their_folder_decides(tiny, place, line):
    path = tiny.tests("tiny") / "test_tiny.py"
    path.write_text(line + path.read_text())
    other = tiny.root / place
    other.parent.mkdir(exist_ok=True)
    other.write_text("A = 1\n")
    (tiny.root / "tests/unrelated").mkdir()
    (tiny.root / "unrelated").mkdir()
    (tiny.root / "tests/autograder").mkdir()  # no part of the package that graders import
    (tiny.root / "tests/between.py").write_text("from further import A\nC = 'cases/far.csv'\n")
    before = fingerprint(tiny, "tiny", NAMES)
    (tiny.root / "tests/unrelated/x.py").write_text("B = 1\n")
    (tiny.root / "unrelated/x.csv").write_text("unrelated\n")
    (tiny.root / "tests/autograder/x.py").write_text("B = 1\n")
    (tiny.root / "notes.py").write_text("B = 1\n")
    assert fingerprint(tiny, "tiny", NAMES) == before
    other.write_text("A = 2\n")
    found = change(before, fingerprint(tiny, "tiny", NAMES))
    assert found == Outdated((f"{place} changed",), None)


@pytest.mark.parametrize("name", ["IPython", "nbgrader"])
def test_another_version_of_what_runs_and_scores_cells_decides(tiny, monkeypatch, name):
    before = fingerprint(tiny, "tiny", NAMES)
    known = fingerprints._version
    monkeypatch.setattr(fingerprints, "_version", lambda n: "0" if n == name else known(n))
    found = change(before, fingerprint(tiny, "tiny", NAMES))
    assert found == Outdated((f"the library {name} changed",), None)


@pytest.mark.parametrize("who", ["lesson", "graders", "preload"])
@pytest.mark.parametrize(
    ("place", "folder", "decides"),
    [
        ("__init__.py", "site-packages", True), ("_version.py", "site-packages", True),
        ("deep/unread.py", "site-packages", False), ("deep/unread.py", "being_written", True),
    ],
)  # fmt: skip
def test_another_version_of_a_library_decides(
    tiny, tmp_path, monkeypatch, who, place, folder, decides
):
    path = {"lesson": tiny.release_notebook("tiny")}.get(who, tiny.tests("tiny") / "test_tiny.py")
    if who == "preload":
        tiny = replace(tiny, preload=("a_library.deep",))
    elif who == "lesson":
        path.write_text(
            path.read_text().replace("import numpy as np\\n", "import a_library.deep\\n")
        )
    else:
        path.write_text("from a_library import deep\n" + path.read_text())
    library = tmp_path / folder / "a_library"
    (library / "deep").mkdir(parents=True)
    (library / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(library.parent)
    before = fingerprint(tiny, "tiny", NAMES)
    (library / place).write_text("__version__ = 2\n")
    found = change(before, fingerprint(tiny, "tiny", NAMES))
    assert found == (Outdated(("the library a_library changed",), None) if decides else None)


@pytest.mark.parametrize("place", ["data.json", "deep/er/table.dat"])
def test_every_file_that_is_handed_out_decides(tiny, place):
    path = tiny.source("tiny") / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("1")
    before = fingerprint(tiny, "tiny", NAMES)
    path.write_text("2")
    found = change(before, fingerprint(tiny, "tiny", NAMES))
    assert found == Outdated((f"the handed-out file {place} changed",), None)


def test_solution_and_seed_decide(tiny):
    before = fingerprint(tiny, "tiny", NAMES)
    found = change(before, fingerprint(replace(tiny, seed="next term"), "tiny", NAMES))
    assert found == Outdated(("c.Autograder.seed changed",), None)
    assert changed(tiny, tiny.solution("tiny"), "2 * x", "2.0 * x") == (True, set())


# what is ignored shows in the hand-outs, and a longer search for slips finds hints
DECIDE_NO_GRADE = {"workers", "resume", "ignored", "repair_seconds"}


@pytest.mark.parametrize(
    "name",
    sorted({f.name for f in fields(Course)} - {f.name for f in fields(Places)} - DECIDE_NO_GRADE),
)
def test_every_setting_decides_unless_it_is_known_not_to(tiny, name):
    others = {str: "other", int: 7, float: 7.5, tuple: ("json",), Limits: Limits(cell_seconds=7.0)}
    another = replace(tiny, **{name: others[type(getattr(tiny, name))]})
    before = fingerprint(tiny, "tiny", NAMES)
    assert change(before, fingerprint(another, "tiny", NAMES)).only is None


def imported_by(path):
    """Modules of the package that a file imports, as paths."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "autograder":
            base = PACKAGE.joinpath(*node.module.split(".")[1:])
            for name in [base, *(base / alias.name for alias in node.names)]:
                yield from (
                    p for p in (name.with_suffix(".py"), name / "__init__.py") if p.exists()
                )


def test_what_decides_is_there():
    assert [name for name in DECIDING if not (PACKAGE / name).exists()] == []


def test_all_code_that_grades_decides():
    """What grader, scores and tables import, at any depth, is part of the key."""
    starts = ("grading/grader.py", "gradebook/scores.py", "batch/other_notebooks.py")
    found, left = set(), [PACKAGE / name for name in starts]
    while left:
        path = left.pop()
        if path not in found:
            found.add(path)
            left += imported_by(path)
    deciding = [PACKAGE / name for name in DECIDING]
    missing = {p for p in found if not any(p == d or d in p.parents for d in deciding)}
    assert {str(p.relative_to(PACKAGE)) for p in missing} <= {
        "gradebook/__init__.py", "batch/__init__.py", "gradebook/files.py",
    }, "what is not in DECIDING cannot change a grade"  # fmt: skip
    assert len(found) > 40


def test_an_edit_of_a_page_regrades_nobody_and_one_of_the_judge_does(tmp_path, monkeypatch, tiny):
    copy = tmp_path / "package"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr("autograder.grading.fingerprint.PACKAGE", copy)

    def now():
        package_digest.cache_clear()
        return fingerprint(tiny, "tiny", NAMES)

    try:
        before = now()
        for room in (
            "similar/similar_page.py",
            "report/report_page.py",
            "feedback/feedback_page.py",
            "cli/grade.py",
        ):
            (copy / room).write_text("changed = 1\n")
        assert now() == before
        (copy / "judge/checks.py").write_text("changed = 1\n")
        assert change(before, now()) == Outdated(("the autograder package changed",), None)
    finally:
        package_digest.cache_clear()


def test_a_damaged_kept_report_is_as_good_as_none(tiny):
    kept = ReportStore(tiny, "tiny")
    kept.folder.mkdir(parents=True)
    (kept.folder / "ada.json").write_text('{"format": 1, "rep')
    assert kept.find("ada") is None and list(kept.reports()) == []


def test_what_another_package_has_recorded_is_graded_again(tiny, tmp_path, monkeypatch):
    """A report may come from a memory that somebody had poisoned before the hole was closed."""
    package = tmp_path / "package"
    (package / "sandbox").mkdir(parents=True)
    monkeypatch.setattr("autograder.grading.fingerprint.PACKAGE", package)
    reports = ReportStore(tiny, "tiny")
    found = []
    for text in ("remembered by bytes", "remembered by value", "remembered by value"):
        (package / "sandbox" / "replies.py").write_text(text)
        package_digest.cache_clear()
        now = fingerprint(tiny, "tiny", NAMES)
        if kept := reports.find("ada"):
            found.append(kept.change(now))
        reports.keep(a_report(), now, {})
    package_digest.cache_clear()
    assert found == [Outdated(("the autograder package changed",), None), None]


@pytest.mark.parametrize("name", ["x" * 255, "é" * 127, "\udcff" * 255, "ada"])
def test_a_name_that_fills_a_folders_name_is_kept_like_any_other(tiny, name):
    """A student's folder may have a name to which no ending can be added."""
    kept, now = ReportStore(tiny, "tiny"), fingerprint(tiny, "tiny", NAMES)
    report = replace(a_report(), student=name)
    for number in (1, 2):
        kept.forget(name)
        kept.keep(report, replace(now, submission={"tiny.ipynb": str(number)}), {})
    kept.discard(name), kept.refuse(name, "why")
    assert kept.refusals() == {name: "why"}
    kept.admit(name)
    assert not kept.refusals()
    assert kept.find(name).report == report and kept.find(name[:-1]) is None
    assert list(kept.reports()) == [report] and len(list(kept.resubmissions())) == 1
    ledger = Ledger(tiny.root / "ledger")
    ledger.add(name, LedgerEntry("h", "", "points", 1.0))
    again = Ledger(tiny.root / "ledger")
    assert len(again.of(name)) == len(again.of(next(again.students()))) == 1


def test_code_is_written_down_alike_in_every_version_of_python():
    """Python 3.12 knows type parameters, and 3.13 leaves empty lists out."""
    [plain] = ast.parse("def f(x):\n    return x  # so\n").body
    written = (
        "FunctionDef(name='f', args=arguments(args=[arg(arg='x')]), "
        "body=[Return(value=Name(id='x', ctx=Load()))])"
    )
    fields = [name for name in plain._fields if name != "type_params"]
    for parameters in ([], None):
        plain._fields, plain.type_params = (*fields, "type_params"), parameters
        assert tree_text(plain) == written
    plain._fields = (*fields,)
    assert tree_text(plain) == written
    plain._fields, plain.type_params = (*fields, "type_params"), [ast.Name("T", ast.Load())]
    assert tree_text(plain) == written[:-1] + ", type_params=[Name(id='T', ctx=Load())])"


def test_a_format_is_written_down_alike_in_every_version_of_python():
    """Python 3.12 ends its parts with a text of no letters."""
    node = ast.parse('f"{a:>{w}}"', mode="eval").body
    parts = node.values[0].format_spec.values
    if ast.dump(parts[-1]) != "Constant(value='')":
        parts.append(ast.Constant(""))
    longer = tree_text(node)
    del parts[-1]
    assert tree_text(node) == longer and "value='>'" in longer


@pytest.mark.parametrize(
    ("one", "other"),
    [("return", "return None"), ("f()", "f(None)"), ("f([])", "f()"), ("x = 1", "x = 1.0"),
     ("x = 'a'", "x = b'a'"), ("f(**a)", "f(a)"), ("x = [None]", "x = []"), ("x = {}", "x = []")],
)  # fmt: skip
def test_what_differs_is_written_down_differently(one, other):
    texts = {tree_text(ast.parse(f"def g(a):\n    {line}")) for line in (one, other)}
    assert len(texts) == 2
