"""A course in Chinese: nothing that a student or an instructor reads is left in English."""

import ast
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from chinese_words import LESSONS, ROOT, a_class, english_in

from autograder.authoring.build import build
from autograder.batch.recording import RecordingRun
from autograder.batch.run import ClassRun
from autograder.cli.demo import make_scratch_course, submit_samples
from autograder.course import Course
from autograder.feedback.generating import generate
from autograder.gradebook.recorder import Recorder
from autograder.gradebook.report_store import ReportStore
from autograder.graders.compare import Mismatch, assert_same
from autograder.graders.samples import Parts, Sample
from autograder.grading.grader import Grader
from autograder.judge.message_gate import Gate
from autograder.language.translation import ENGLISH, Translation, recognised
from autograder.model import Graded, Report, Verdict
from autograder.report.report_page import render, write_report
from autograder.report.statistics import gather

SETTINGS = '\nc.Autograder.language = "zh"\n'


# --- finding English ----------------------------------------------------------------------


def code_names(course: Course, assignment: str) -> set[str]:
    """Names in the solution: functions, arguments, variables, and the keys it uses."""
    tree = ast.parse(course.solution(assignment).read_text(encoding="utf-8"))
    names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
    names |= {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)}
    names |= {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
    return names | {f"{kind}{n}" for kind in ("W", "b", "A", "Z", "D", "dW", "db", "dA", "dZ")
                    for n in range(1, 9)} | {"dtheta", "dZ", "dW", "db", "Z_tilde"}  # fmt: skip


def test_the_finder_finds_english_and_leaves_code_and_names_alone():
    assert english_in("`W1` has shape") == ["has shape"]
    assert english_in("通过 passed") == ["passed"]
    assert english_in("`W1 is code` 的形状为 (3, 1)，dW 符合 He 规则", {"dW"}) == []
    assert english_in("不对（应为 'high bias'，得到 'both'）") == []


VOID = {"meta", "img", "br", "link", "input", "hr"}


class Told(HTMLParser):
    """What a page says itself: without code, students' own lines, and the lesson's prose."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.texts += [found[name] for name in ("alt", "aria-label", "title") if found.get(name)]
        if tag not in VOID:
            classes = (found.get("class") or "").split()
            quiet = tag in ("style", "script", "code") or {"prose", "highlight"} & set(classes)
            self._open.append((tag, bool(quiet)))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if any(quiet for _, quiet in self._open):
            return
        if any(tag == "pre" for tag, _ in self._open):  # printed: of it, only the public check's
            data = "\n".join(line for line in data.splitlines() if line.startswith(("✓", "✗")))
        self.texts.append(data)


def told_by(page: str) -> list[str]:
    reader = Told()
    reader.feed(page)
    return [text for text in reader.texts if text.strip()]


def told_of(report: Report) -> list[str]:
    checks = [check for exercise in report.exercises for check in exercise.checks]
    first = [check.message.partition("\n")[0] for check in checks]  # then the student's own lines
    return [*report.flags, *first, *(c.title for c in checks), *(c.remark for c in checks),
            *(c.hint for c in checks)]  # fmt: skip


# --- a class in Chinese -------------------------------------------------------------------


def chinese_course(folder: Path, assignment: str) -> Course:
    course = make_scratch_course(Course.load(ROOT), folder)
    config = folder / "nbgrader_config.py"
    config.write_text(config.read_text(encoding="utf-8") + SETTINGS, encoding="utf-8")
    build(course.root, [assignment])
    return Course.load(folder)


BROKEN = Sample(
    "broken",
    "Raises, ends Python, is missing, has a wrong type, changes what it is given",
    {
        "split_sizes": "def split_sizes(m):\n    return 1 / 0",
        "train_dev_test_split": "missing",
        "diagnose": "import os\ndef diagnose(*a, **k):\n    os._exit(1)",
        "normalize_inputs": "def normalize_inputs(X):\n    return object()",
        "apply_normalization": "def apply_normalization(X, mu, sigma):\n"
        "    X -= mu\n    X /= sigma\n    return X",
        "deep_linear_output": "stub",
    },
)


@pytest.fixture(scope="module")
def graded_class(tmp_path_factory) -> tuple[Course, list[Report]]:
    """The sample class of one assignment, graded and recorded in Chinese."""
    from nbgrader.coursedir import CourseDirectory

    assignment = "practical_aspects"
    course = chinese_course(tmp_path_factory.mktemp("zh") / "course", assignment)
    submit_samples(course, assignment)
    folder = course.submitted(assignment, "broken")
    folder.mkdir(parents=True)
    raw = Parts.load(course, assignment).notebook(BROKEN)
    edited = next(c for c in raw["cells"] if c["metadata"].get("nbgrader", {}).get("grade"))
    edited["source"] = "pass"
    raw["cells"][0]["metadata"]["collapsed"] = "perhaps"
    (folder / f"{assignment}.ipynb").write_text(json.dumps(raw), encoding="utf-8")
    with Recorder(CourseDirectory(root=str(course.root)), assignment) as recorder:
        run = ClassRun(course, assignment)
        recording = RecordingRun(run, recorder)
        for _, outcome in run.outcomes(1, None):
            assert isinstance(outcome, Graded)
            recording.take(outcome)
        recording.finish()
    return course, list(ReportStore(course, assignment).reports())


@pytest.mark.slow
def test_titles_messages_remarks_and_flags_of_a_class_are_chinese(graded_class):
    course, reports = graded_class
    known = code_names(course, "practical_aspects")
    texts = [text for report in reports for text in told_of(report)]
    assert [(left, text) for text in texts for left in english_in(text, known)] == []
    flags = [flag for report in reports for flag in report.flags]
    assert any("内容被改动" in flag for flag in flags) and any("略去了" in flag for flag in flags)
    broken = next(report for report in reports if report.student == "broken")
    verdicts = {c.verdict for e in broken.exercises for c in e.checks}
    assert verdicts >= {Verdict.ERROR, Verdict.MISSING, Verdict.WRONG, Verdict.NOT_ATTEMPTED}
    assert any(c.remark for e in broken.exercises for c in e.checks)


@pytest.mark.slow
def test_the_students_own_lines_are_counted_in_chinese(graded_class):
    _, reports = graded_class
    broken = next(report for report in reports if report.student == "broken")
    messages = [check.message for check in broken.exercise("split_sizes").checks]
    line = "\nsplit_sizes，第 2 行：return 1 / 0"
    assert set(messages) == {
        f"`split_sizes` 出现异常：ZeroDivisionError: division by zero{line}",
        f"`split_sizes` 出现异常：ZeroDivisionError{line}",
    }


@pytest.mark.parametrize(
    "received",
    [
        "f, line 12: return 1 / 0",
        "a value of type {x}",
        "more than 9 bytes",
        "anything: else",
        ", line 1: " * 30_000 + "\n",
    ],
)
def test_what_comes_from_the_students_side_stays_word_for_word_in_english(received):
    assert ENGLISH(recognised(received)) == received


@pytest.mark.slow
def test_feedback_pages_of_a_class_are_chinese(graded_class):
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config.loader import PyFileConfigLoader

    course, reports = graded_class
    loaded = PyFileConfigLoader("nbgrader_config.py", path=str(course.root)).load_config()
    known = code_names(course, "practical_aspects") | {"practical_aspects"}
    known |= {f"test_{name}" for name in known}
    pages = 0
    for made in generate(
        CourseDirectory(root=str(course.root)), "practical_aspects", config=loaded
    ):
        [page] = made.pages
        texts = [re.sub(r"\w+Error:.*", "", text) for text in told_by(page.read_text("utf-8"))]
        assert [left for text in texts for left in english_in(text, known)] == [], made.student
        pages += 1
    assert pages == len(reports)


@pytest.mark.slow
def test_the_report_of_a_class_is_chinese(graded_class, tmp_path):
    course, reports = graded_class
    page = write_report(course, "practical_aspects", tmp_path)[0].read_text(encoding="utf-8")
    known = code_names(course, "practical_aspects") | {"practical_aspects"}
    known |= {word for report in reports for word in re.findall("[a-z]+", report.student)}
    texts = told_by(page)
    assert '<html lang="zh-Hans">' in page and any("班级概览" in text for text in texts)
    assert [(left, text) for text in texts for left in english_in(text, known)] == []
    assert "`" not in "".join(texts)
    english = told_by(render(gather("practical_aspects", reports), language="en"))
    assert any("To discuss, in this order" in text for text in english)


@pytest.mark.slow
def test_the_missing_cell_notice_in_a_graded_notebook_is_chinese(graded_class):
    course, _ = graded_class
    path = course.autograded("practical_aspects", "broken") / "practical_aspects.ipynb"
    first = json.loads(path.read_text(encoding="utf-8"))
    raw = Parts.load(course, "practical_aspects").notebook(Sample("x", "x"))
    names = [c["metadata"].get("nbgrader", {}).get("grade_id") for c in raw["cells"]]
    del raw["cells"][names.index("test_split_sizes")]
    with Grader(course, "practical_aspects") as grader:
        graded = grader.grade(json.dumps(raw).encode(), "x")
    text = "".join("".join(cell["source"]) for cell in graded.notebook["cells"])
    assert "提交的作业里缺少这个单元格（id:test_split_sizes）" in text
    assert first["cells"] and "missing from the submission" not in text


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_report_holds_plain_strings_in_either_language(built_course, filled, language):
    course = replace(built_course, language=language)
    with Grader(course, "tiny") as grader:
        wrong = filled(double="def double(x):\n    return -x", norms="def norms(x):\n    x += 1")
        edited = wrong.replace(b"expected=6.0", b"expected=-3.0")
        report = grader.grade(edited, "ada").report
    told = [text for text in told_of(report) if text]
    assert len(report.flags) == 1 and len(told) > 8
    assert {type(text) for text in told} == {str}


@pytest.mark.slow
@pytest.mark.parametrize("assignment", LESSONS)
def test_nothing_said_of_any_known_mistake_is_english(assignment, tmp_path):
    course = chinese_course(tmp_path / "course", assignment)
    parts = Parts.load(course, assignment)
    code = code_names(course, assignment)
    mistakes: dict[str, list[str]] = {}
    for version in parts.misconceptions:
        mistakes.setdefault(version.function, []).append(f"misconception:{version.name}")
    left: dict[str, list[str]] = {}
    with Grader(course, assignment) as grader:
        for number in range(0, max(map(len, mistakes.values())), 2):  # every other one
            codes = {name: known[number] for name, known in mistakes.items() if known[number:]}
            notebook = parts.notebook(Sample("x", "x", codes))
            report = grader.grade(json.dumps(notebook).encode(), "x").report
            seen = {
                exercise.name
                for exercise in report.exercises
                if any(check.message or check.remark for check in exercise.checks)
            }
            assert seen >= set(codes)
            for text in told_of(report):
                if words := english_in(text, code):
                    left[text] = words
    assert left == {}


def test_code_in_a_title_or_a_hint_is_code_in_the_report_and_nothing_else_is_markup():
    [exercise] = a_class().exercises
    check = replace(exercise.checks[0], title="`W1` <b>", hint="`a<i>`")
    report = replace(a_class(), exercises=(replace(exercise, checks=(check,)),))
    page = render(gather("a", [report]))
    assert "<code>W1</code> &lt;b&gt;" in page and "<code>a&lt;i&gt;</code>" in page


def test_what_an_answer_could_tell_stays_hidden_in_chinese_too():
    translation = Translation("zh")
    cases = [
        ({"W1": 1.0, "secret 4711": 2}, {"W1": 1.0}, "结果里有不应出现的键"),
        (np.zeros((4711, 1)), np.zeros((2, 1)), "结果的行数与应有的不同"),
        (np.full(9, 4711.0), np.arange(1, 10), "结果：所有元素都不对（偏差很大）"),
        (4711.0, 2.0, "结果不对"),
    ]
    for got, expected, told in cases:
        with pytest.raises(Mismatch) as caught:
            assert_same(got, expected)
        assert translation(Gate().wrong(caught.value.told, b"", frozenset())) == told
