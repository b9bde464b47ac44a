"""What changes a fingerprint, and whose."""

from autograder.batch.report_store import KeptReports, content_digest
from autograder.grading.fingerprint import fingerprint, split_by_exercise
from autograder.model import Check, Exercise, Report, Verdict

NAMES = ("double", "norms")


def changed(course, path, old, new):
    before = fingerprint(course, "tiny", NAMES)
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    after = fingerprint(course, "tiny", NAMES)
    return after.run != before.run, {n for n in NAMES if after.exercises[n] != before.exercises[n]}


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
    assert found == (False, set(NAMES))


def test_a_misconception_belongs_to_its_exercise(tiny):
    path = tiny.tests("tiny") / "misconceptions.py"
    assert changed(tiny, path, "That is the square.", "A square.") == (False, {"double"})


def test_a_handed_out_file_changes_the_run_itself(tiny):
    path = tiny.source("tiny") / "public_check.py"
    assert changed(tiny, path, "import numpy as np", "import numpy as np\n") == (True, set(NAMES))


def test_samples_and_alternatives_decide_no_grade(tiny):
    path = tiny.tests("tiny") / "alternatives.py"
    assert changed(tiny, path, "x + x", "x * 2") == (False, set())


def test_constants_as_names_of_exercises_are_read():
    shared, own = split_by_exercise(
        'F = "f"\n@pytest.mark.exercise(F)\ndef test_f(): pass\ndef helper(): pass\n'
    )
    assert list(own) == ["f"] and "helper" in shared and "test_f" not in shared


def test_a_kept_report_says_what_is_stale(tiny):
    check = Check("test_x", "X", "double", Verdict.PASSED)
    report = Report("tiny", "ada", "tiny", (Exercise("double", 4, (check,)),))
    now = fingerprint(tiny, "tiny", NAMES)
    kept = KeptReports(tiny, "tiny")
    digest = content_digest(b"notebook")
    kept.keep(report, digest, now)
    found = kept.find("ada")
    assert found.report == report
    assert found.stale(digest, now) == frozenset()
    assert found.stale(content_digest(b"another"), now) is None
    path = tiny.tests("tiny") / "test_tiny.py"
    path.write_text(path.read_text().replace("(2, 3)", "(5, 3)"))
    assert found.stale(digest, fingerprint(tiny, "tiny", NAMES)) == {"double"}


def test_a_damaged_kept_report_is_as_good_as_none(tiny):
    kept = KeptReports(tiny, "tiny")
    kept.folder.mkdir(parents=True)
    (kept.folder / "ada.json").write_text('{"format": 1, "rep')
    assert kept.find("ada") is None and list(kept.reports()) == []


def test_what_another_package_has_recorded_is_graded_again(tiny, tmp_path, monkeypatch):
    """A report may come from a memory that somebody had poisoned before the hole was closed."""
    from autograder.grading import fingerprint as module

    package = tmp_path / "package"
    package.mkdir()
    monkeypatch.setattr(module, "PACKAGE", package)
    reports = KeptReports(tiny, "tiny")
    found = []
    for text in ("remembered by bytes", "remembered by value", "remembered by value"):
        (package / "replies.py").write_text(text)
        module._package.cache_clear()
        now = fingerprint(tiny, "tiny", NAMES)
        if kept := reports.find("ada"):
            found.append(kept.stale("x", now))
        reports.keep(Report("tiny", "ada", "tiny", ()), "x", now)
    module._package.cache_clear()
    assert found == [None, frozenset()]
