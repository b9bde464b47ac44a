"""What a student reads in the language of the course."""

import ast
import gettext
import re
from pathlib import Path

import pytest
from source_trees import nodes_of

import autograder
from autograder.adopt.cell_to_check import NOTHING_SHOWN
from autograder.authoring.skeleton import MARKED
from autograder.cli.doctor import REFUSED
from autograder.cli.plan import INSIDE
from autograder.course import Course
from autograder.feedback.feedback_page import feedback_page
from autograder.feedback.generating import generate
from autograder.feedback.grades import Points, ShownGrades
from autograder.feedback.markdown import safe_markdown
from autograder.gradebook.cards import WORDS, anchor, exercise_cards, notes
from autograder.graders.misconceptions import Version, misconceptions
from autograder.handout.chinese import CHINESE
from autograder.judge import vocabulary
from autograder.judge.exception_kinds import KNOWN
from autograder.judge.hint_matching import Diagnosis
from autograder.judge.stops import _WITH_LINE, _WITHOUT
from autograder.language import refusals, what_changed
from autograder.language.catalogue import FOLDER, unsure, words
from autograder.language.translation import _RECEIVED
from autograder.model import Check, Exercise, Verdict
from autograder.notebook.cells import Notebook
from autograder.notebook.flags import SEVERAL
from autograder.notebook.headings import chinese_headings
from autograder.notebook.reading import read
from autograder.notebook.restoring import MISSING_CELL_NOTICE, NO_CELL
from autograder.repair.at_sight import (
    NEVER_READ,
    NEVER_USED,
    NO_SEED,
    NOTHING_READ,
    NOTHING_RETURNED,
    OTHER_DEFAULT,
    OVERWRITTEN,
    ROUNDS_ALIKE,
)
from autograder.repair.draws import EVEN_WANTED, NORMAL_WANTED, NOTHING_DRAWN, OTHER_SEED
from autograder.repair.handed_over import GIVEN, GIVEN_HERE
from autograder.repair.influences import (
    RETURNED_AS,
    SHOULD,
    SHOULD_NOT,
    SHOULD_NOT_HERE,
    THE_SAME,
)
from autograder.repair.lost_axes import LOST, PERHAPS_HERE, PERHAPS_IN
from autograder.repair.sentences import (
    ASTRAY,
    ASTRAY_IN,
    HANDED_ON,
    KINDS,
    LINE,
    LINES,
    ONE_OF_LINES,
    RETURNED_ASTRAY,
    RETURNED_ASTRAY_IN,
    UNSURE,
    WITHOUT_NAME,
)
from autograder.repair.shown_by_layers import AS_GIVEN, NOTHING_FOR
from autograder.repair.shown_by_shapes import (
    EXCHANGED,
    FOR_EACH_COLUMN,
    FOR_EACH_ROW,
    NAMES_OF_ANOTHER,
)
from autograder.sandbox import doctor
from autograder.verify.drafting import COMMENT
from autograder.verify.proof import Catch, CheckRow, Claim, Fate, Proof, Tried
from autograder.verify.proof_page import page as proof_page
from autograder.verify.questions import STATEMENTS, Kind
from autograder.verify.told import Hint, Told
from autograder.watch.public_checks import LATE

PACKAGE = Path(autograder.__file__).parent
CATALOGUE = FOLDER / "zh_CN" / "LC_MESSAGES"
HINT = Version("f", "halves", hint="Twice too small.", hint_zh="小了一半。")


def entries() -> dict[str, str]:
    """The text catalogue, read by hand."""
    text = (CATALOGUE / "autograder.po").read_text(encoding="utf-8")
    pairs = re.findall(r'^msgid ("(?:.*)")\nmsgstr ("(?:.*)")$', text, re.MULTILINE)
    return {ast.literal_eval(a): ast.literal_eval(b) for a, b in pairs if a != '""'}


# Commands whose last lines a teacher reads after each class.
IN_BOTH_LANGUAGES = {
    *("doctor", "progress", "grade", "graded_class", "feedback", "report", "similar"),
    *("record", "watch", "demo", "plan", "verify", "adopt", "draft", "check", "build", "new"),
    *("hints", "out_of_date", "unread_settings"),
}
SAYING = {"Text", "say", "draw", "_say"}


def said_by(path: Path) -> set[str]:
    """Templates that a module of ours gives to `Text` or to what translates them."""
    found: set[str] = set()
    for function in nodes_of(path):
        if isinstance(function, ast.FunctionDef | ast.Module):
            named: dict[str, set[str]] = {}
            inside = list(ast.walk(function))
            for node in inside:
                if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                    named.setdefault(node.targets[0].id, set()).update(literals(node.value))
            for node in inside:
                if isinstance(node, ast.Call) and node.args and calls_a_sayer(node):
                    first = node.args[0]
                    if not isinstance(first, ast.Name):
                        found |= literals(first)
                    elif isinstance(function, ast.FunctionDef):
                        found |= named.get(first.id, set())
    return {text for text in found if re.search(r"[A-Za-z:;.,]", re.sub(r"\{.*?\}", "", text))}


def literals(node: ast.expr) -> set[str]:
    inside = ast.walk(node) if isinstance(node, ast.Call | ast.IfExp) else [node]
    return {n.value for n in inside if isinstance(n, ast.Constant) and isinstance(n.value, str)}


def calls_a_sayer(call: ast.Call) -> bool:
    if isinstance(call.func, ast.Call):  # words(language)("...")
        return isinstance(call.func.func, ast.Name) and call.func.func.id == "words"
    return getattr(call.func, "attr", getattr(call.func, "id", "")) in SAYING


def closed_words() -> set[str]:
    """All that is said of hidden checks, but names of exceptions and what is put into sentences."""
    kinds = [words for pair in vocabulary.KINDS.values() for words in pair]
    groups = ("SIZES", "SCOPES", "BY_EXAMPLES", "SHAPES", "VALUES", "WHOLES", "KINDS_OF_NUMBERS",
              "ENDINGS", "DRIVEN")  # fmt: skip
    alone = (
        "WRONG",
        "PART",
        "RESULT",
        "AND_MORE",
        "HOLDS",
        "EXTRA",
        "RAISED",
        "USED",
        "ADVICE",
        "IN_PLACE",
    )
    found = {words for group in groups for words in getattr(vocabulary, group)}
    found |= {*kinds, *(getattr(vocabulary, name) for name in alone), vocabulary.EXCEPTIONS[-1]}
    return found | {text.template for text in vocabulary.difference_words()}


def said_in_code() -> set[str]:
    found = {verdict for _, verdict in WORDS.values()} | {NO_CELL, *SEVERAL, *SEVERAL.values()}
    found |= {verdict.replace("_", " ") for verdict in Verdict} | {MISSING_CELL_NOTICE, "."}
    found |= {*_RECEIVED, *closed_words(), *(known.says for known in KNOWN)}
    found |= {*_WITH_LINE.values(), *_WITHOUT.values()}
    found |= {*KINDS.values(), LINE, LINES, ONE_OF_LINES, UNSURE}
    found |= {ASTRAY, ASTRAY_IN, RETURNED_ASTRAY, RETURNED_ASTRAY_IN, HANDED_ON}
    found |= {*WITHOUT_NAME.values()}
    found |= {NOTHING_RETURNED, NOTHING_READ, NEVER_READ, OVERWRITTEN, NEVER_USED, ROUNDS_ALIKE}
    found |= {NO_SEED, OTHER_DEFAULT}
    found |= {SHOULD, SHOULD_NOT, SHOULD_NOT_HERE, THE_SAME, RETURNED_AS}
    found |= {LOST, PERHAPS_HERE, PERHAPS_IN, GIVEN, GIVEN_HERE, OTHER_SEED, NOTHING_DRAWN}
    found |= {NORMAL_WANTED, EVEN_WANTED, NAMES_OF_ANOTHER}
    found |= {FOR_EACH_COLUMN, FOR_EACH_ROW, EXCHANGED, *AS_GIVEN.values(), *NOTHING_FOR.values()}
    found |= {refusals.ANY, *(text for _, text in refusals.SENTENCES)}
    found |= {*STATEMENTS.values(), *Fate, *Hint}
    found |= {*doctor.PURPOSE.values(), *doctor.ADVICE.values(), doctor.OTHERWISE, doctor.SUMMARY}
    found |= {REFUSED, INSIDE, COMMENT, LATE, NOTHING_SHOWN}
    found |= {*what_changed.SENTENCES, *what_changed.CHANGES, *what_changed.PARTS}
    for path in PACKAGE.rglob("*.py"):
        spoken = "cli" not in path.parts or path.stem in IN_BOTH_LANGUAGES
        if path.name != "public_check.py" and spoken:
            found |= said_by(path)
    for template in (path for path in (PACKAGE / "skeleton").rglob("*") if path.is_file()):
        found |= set(MARKED.findall(template.read_text(encoding="utf-8")))
    for template in (PACKAGE / "templates").glob("*.j2"):
        texts = re.findall(r"\b_\((\".*?\")\)", template.read_text())
        found |= {ast.literal_eval(text) for text in texts}
    return found - CHINESE.keys()


def test_every_word_of_ours_has_a_chinese_twin_and_no_twin_is_left_over():
    assert set(entries()) == said_in_code()
    assert all(entries().values())


def test_placeholders_are_the_same_in_both_languages():
    fields = re.compile(r"\{[^{}]*\}")
    for english, chinese in entries().items():
        assert sorted(fields.findall(english)) == sorted(fields.findall(chinese)), english


def test_the_compiled_catalogue_is_that_of_the_text():
    with (CATALOGUE / "autograder.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    assert {text: compiled.gettext(text) for text in entries()} == entries()


def test_an_unknown_language_stays_english():
    assert words("tlh")("passed") == "passed" == words("en")("passed")


def test_a_hint_comes_in_the_language_of_the_course_where_its_author_wrote_one():
    assert Diagnosis((HINT,), (0,)).hint("zh") == "小了一半。"
    assert Diagnosis((HINT,), (0,)).hint() == "Twice too small."
    only_english = Version("f", "halves", hint="Twice too small.")
    assert Diagnosis((only_english,), (0,)).hint("zh") == "Twice too small."


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_hint_that_is_not_certain_says_so_in_any_language(language):
    assert unsure(Diagnosis((HINT,), (0,), certain=False).hint(language))
    assert not unsure(Diagnosis((HINT,), (0,)).hint(language))


def test_the_table_of_checks_is_chinese():
    checks = (
        Check("a", "任意深度", "f", Verdict.PASSED),
        Check("b", "例子", "f", Verdict.WRONG, hint="小了一半。", section="想法"),
    )
    table = exercise_cards(Exercise("f", 4.0, checks), 2.0, 4.0, "zh")
    text = re.sub(r"<[^>]+>", "", table)
    for said in ("f：2 / 4 分", "通过", "还不对", "小了一半。", "重读：想法", "2 项中的 1 项"):
        assert said in text
    assert not re.search(r"passed|right|Hint|points|Check", text)
    assert "关于这份作业" in notes(["x"], "zh")


def test_the_feedback_page_is_chinese_and_says_so():
    meta = {"nbgrader": {"grade": True, "grade_id": "test_f", "points": 4}}
    cell = {"cell_type": "code", "metadata": meta, "source": "check(f)", "outputs": []}
    grades = ShownGrades(cells={"test_f": Points(2, 4)}, late_penalty=1.0)
    page = feedback_page({"cells": [cell]}, grades, assignment="a", notebook="a", language="zh")
    assert '<html lang="zh-Hans">' in page
    body = re.sub(r"<style>.*?</style>|<script.*?</script>|<[^>]+>", "", page, flags=re.DOTALL)
    assert "a：1 / 4 分" in body and "迟交扣 1 分。" in body and "f 的检查" in body
    assert set(re.findall(r"[A-Za-z]{2,}", body)) <= {"check"}


def test_the_page_of_a_proof_is_chinese():
    mutant = Tried("m1", "f", "other-sign", 3, "a - b", "a + b", Fate.EQUIVALENT, by="相等")
    proof = Proof(
        "a",
        exercises=("f", "g"),
        claims=(Claim(Kind.REFERENCE, "f", holds=True),),
        mutants=(mutant,),
        checks=(CheckRow("f", "c", "例子", public=True),),
        catches=(Catch("f", "halves", ("c",)),),
        told=(Told("m1", "f", "other-sign", Hint.PLACE),),
    )
    page = proof_page([proof], "zh")
    body = re.sub(r"<style>.*?</style>|<code>.*?</code>|<[^>]+>", "", page, flags=re.DOTALL)
    assert "已证明" in body and "所在的行" in body and "参考答案得满分" in body
    assert set(re.findall(r"[A-Za-z]{2,}", body)) <= {"halves", "other", "sign"}


def test_a_heading_finds_its_chinese_twin():
    def prose(text, *tags):
        return {"cell_type": "markdown", "source": text, "metadata": {"tags": list(tags)}}

    cells = [
        prose("# Only English", "lang-en"),
        prose("## The idea\n\n```\n# no heading\n```\n### A trap #", "lang-en"),
        prose("## 想法\n\n### 陷阱", "lang-zh"),
        prose("## One\n## Two", "lang-en"),
        prose("## 一", "lang-zh"),
    ]
    assert chinese_headings(Notebook({"cells": cells})) == {"The idea": "想法", "A trap": "陷阱"}


@pytest.mark.parametrize("heading", ["A bias is a column", "偏置是一个列向量"])
def test_the_link_of_a_hint_leads_to_the_heading_on_the_page(heading):
    [target] = re.findall(r'<h2 id="([^"]+)"', safe_markdown(f"## {heading}"))
    assert anchor(heading) == target


LESSONS = sorted(Path(__file__).parents[3].glob("source/*/*.ipynb"))


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_every_section_that_a_hint_points_to_has_a_chinese_heading(path):
    course = Course.load(path.parents[2])
    sections = {m.section for m in misconceptions(course, path.stem) if m.section}
    assert not sections - chinese_headings(read(path)).keys()


@pytest.mark.slow
def test_a_course_that_asks_for_chinese_gets_it_from_grading_to_the_page(tiny, submit):
    from nbgrader.coursedir import CourseDirectory

    from autograder.batch.recording import RecordingRun
    from autograder.batch.run import ClassRun
    from autograder.gradebook.recorder import Recorder
    from autograder.model import Graded

    config = tiny.root / "nbgrader_config.py"
    config.write_text(config.read_text() + '\nc.Autograder.language = "zh"\n')
    mistakes = tiny.tests("tiny") / "misconceptions.py"
    text = mistakes.read_text()
    mistakes.write_text(text.replace('hint="That is the square."', 'hint="x", hint_zh="平方了。"'))
    submit("ada", double="def double(x):\n    return x * x")
    course = Course.load(tiny.root)
    coursedir = CourseDirectory(root=str(course.root))
    with Recorder(coursedir, "tiny") as recorder:
        run = ClassRun(course, "tiny")
        recording = RecordingRun(run, recorder)
        for _, outcome in run.outcomes(1, None):
            assert isinstance(outcome, Graded)
            recording.take(outcome)
        recording.finish()
    from traitlets.config.loader import PyFileConfigLoader

    loaded = PyFileConfigLoader(config.name, path=str(course.root)).load_config()
    [made] = generate(coursedir, "tiny", config=loaded)
    page = made.pages[0].read_text()
    assert page.count("平方了。") == 1 and "尚未完成" in page and "Read again" not in page
