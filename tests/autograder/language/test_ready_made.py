"""Errors of commands and reasons of plans, in the language of the course."""

import ast
import gettext
import re
from pathlib import Path

import pytest
from source_trees import nodes_of

import autograder
from autograder.cli import main
from autograder.language.catalogue import FOLDER
from autograder.language.ready_made import in_language
from autograder.testcells import program

PACKAGE = Path(autograder.__file__).parent
CATALOGUE = FOLDER / "zh_CN" / "LC_MESSAGES"


def entries() -> dict[str, str]:
    """The text catalogue, read by hand."""
    text = (CATALOGUE / "ready_made.po").read_text(encoding="utf-8")
    pairs = re.findall(r'^msgid (".+")\nmsgstr (".*")$', text, re.MULTILINE)
    return {ast.literal_eval(a): ast.literal_eval(b) for a, b in pairs}


def template(node: ast.expr) -> str:
    """A text in the code with numbered fields; nothing where it is put together elsewhere."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if not isinstance(node, ast.JoinedStr):
        return ""
    fields = iter(range(1, 10))
    constants = (p.value if isinstance(p, ast.Constant) else None for p in node.values)
    return "".join(f"{{{next(fields)}}}" if text is None else str(text) for text in constants)


def raised() -> set[str]:
    """What our code raises CourseError and GraderError with."""
    found = set()
    for path in PACKAGE.rglob("*.py"):
        for node in nodes_of(path):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args:
                function = node.exc.func
                name = getattr(function, "attr", getattr(function, "id", ""))
                if name in ("CourseError", "GraderError"):
                    found.add(template(node.exc.args[0]))
    return found - {""}


def test_every_error_of_a_command_and_every_reason_of_a_plan_has_a_chinese_twin():
    reasons = {reason for _, reason in program._INSIDE}
    assert raised() | reasons <= set(entries())
    assert all(
        re.search("[\u4e00-\u9fff]|^[{}1-9：；]+$", chinese) for chinese in entries().values()
    )


# Modules whose sentences reach a terminal as plain strings: problems, and reasons.
SPEAKING = (
    *("adopt/*.py", "authoring/problems.py", "authoring/build.py", "authoring/missing_chinese.py"),
    *("verify/judgement.py", "verify/test_cells.py", "verify/leaks.py", "verify/proof.py"),
    *("verify/questions.py", "grading/lesson_trial.py", "grading/notebooks_trial.py"),
)
NO_SENTENCES = {
    *("import pytest", "import {1}", "from {1}{2} import {3}", "assert ({1}) is None", "with {1}"),
    *(
        "from autograder.graders import as_in_a_cell",
        " in {1}",
        "knows nothing",
        " (term {1})",
        "{1} {2}: {3}",
    ),
}


def sentences(path: Path) -> set[str]:
    """What a module says in two words or more, with numbered fields; no docstrings and no code."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    parts = {
        id(part)
        for node in ast.walk(tree)
        for part in (node.values if isinstance(node, ast.JoinedStr) else [])
    }
    quiet = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    found = {
        template(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr | ast.Constant) and id(node) not in parts | quiet
        if isinstance(node, ast.JoinedStr) or isinstance(node.value, str)
    }
    several = re.compile(r"([A-Za-z]{2,}|\{\d\}) +([A-Za-z]{2,}|\{\d\})")
    return {t for t in found if several.search(t) and "\n" not in t and "\\" not in t}


@pytest.mark.parametrize("place", SPEAKING)
def test_every_sentence_of_a_problem_or_a_reason_has_a_chinese_twin(place: str):
    known = {re.sub(r"\{[a-z]\w*\}", "{1}", text) for text in (*entries(), *spoken())}
    said = {text for path in PACKAGE.glob(place) for text in sentences(path)}
    plain = {re.sub(r"\{[a-z]\w*\}", "{1}", text) for text in said}
    assert plain - known - NO_SENTENCES == set()


def spoken() -> set[str]:
    """What the other catalogue holds."""
    with (CATALOGUE / "autograder.mo").open("rb") as file:
        return {str(english) for english in gettext.GNUTranslations(file)._catalog}


def test_fields_are_the_same_in_both_languages():
    fields = re.compile(r"\{\d\}")
    for english, chinese in entries().items():
        assert sorted(fields.findall(english)) == sorted(fields.findall(chinese)), english


def test_the_compiled_catalogue_is_that_of_the_text():
    with (CATALOGUE / "ready_made.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    assert {text: compiled.gettext(text) for text in entries()} == entries()


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        (
            "nothing of one has been graded yet: run `autograder grade one`",
            "one 还没有评过分：请运行 `autograder grade one`",
        ),
        ("/c/zh.toml cannot be read: it is: odd", "无法读取 /c/zh.toml：it is：odd"),
        ("changes a module", "改动了模块"),
        ("a sentence of nobody's", "a sentence of nobody's"),
        (
            "1 problem to mend:\n  /c/a.ipynb: grade cell 'test_f' has no points: set them in its "
            "metadata",
            "有 1 个问题要修正：\n  /c/a.ipynb：评分单元格 'test_f' 没有分值：请在它的元数据里设定",
        ),
        (
            "misconception f: halves: no check catches it; costs another exercise too: test_a "
            "(wrong: 不对), and 2 more",
            "误解 f：halves：没有检查发现它；还让另一个练习失分：test_a（还不对：不对），还有 2 项",
        ),
        ("not as the samples expect:\n  ada: f got 1", "与样例的预期不符：\n  ada：f got 1"),
    ],
)
def test_a_sentence_is_recognised_and_its_parts_are_too(english: str, chinese: str):
    assert in_language(english, "zh") == chinese
    assert in_language(english, "en") == english


def test_a_command_that_cannot_go_on_says_so_in_chinese(tiny, monkeypatch, capfd):
    monkeypatch.chdir(tiny.root)
    with pytest.raises(SystemExit):
        main(["report", "nowhere", "--Autograder.language=zh"])
    assert "没有 'nowhere' 这个作业" in capfd.readouterr().err
