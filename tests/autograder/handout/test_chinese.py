"""The public check has Chinese for all that it says."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from autograder.handout import arrays as arrays_module
from autograder.handout import differences as differences_module
from autograder.handout import places as places_module
from autograder.handout import public_check
from autograder.handout import words as words_module
from autograder.handout.chinese import CHINESE
from autograder.handout.copies import handed_out
from autograder.handout.differences import differences
from autograder.language.translation import Translation


def spoken_by_the_public_check() -> str:
    """The code that students get, without its table of Chinese."""
    modules = (words_module, arrays_module, places_module, differences_module, public_check)
    return "\n".join(Path(m.__file__).read_text(encoding="utf-8") for m in modules)


def templates() -> set[str]:
    """Templates in the public check: in calls of `Text`, and named before."""
    found: set[str] = set()
    tree = ast.parse(spoken_by_the_public_check())
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name not in ("__new__", "told"):
            calls = [n for n in ast.walk(node) if isinstance(n, ast.Call)]
            for call in calls:
                if ast.unparse(call.func) == "Text" and isinstance(call.args[0], ast.Constant):
                    found.add(call.args[0].value)
    return {t for t in found if re.search(r"[A-Za-z]", re.sub(r"\{.*?\}", "", t))}


def test_the_public_check_has_chinese_for_all_it_says():
    assert len(templates()) > 40
    assert templates() <= CHINESE.keys()
    text = spoken_by_the_public_check()
    parts = set(re.findall(r'"((?:[^"\\]|\\.)*)"', text))
    for english in CHINESE:
        singular = english.removesuffix("s")  # kinds of numbers: "integer" + "s"
        assert {english, singular, english.replace("\n", "\\n")} & parts, english


# --- the public check ---------------------------------------------------------------------

ASKED = """
import numpy as np
from public_check import check
def f(x):
    return {"W1": x[:1] * 10, "b1": x}
def g(x):
    return x
for function, expected in ((g, [1.0, 2.0]), (f, {"W1": [2.0], "b1": [1.0, 3.0]})):
    try:
        check(function, np.array([1.0, 2.0]), expected=expected)
    except Exception as error:
        print(error)
"""


def asked(folder: Path, encoding: str) -> str:
    """What a Chinese release's check prints where this package is not installed."""
    (folder / "public_check.py").write_text(handed_out("public_check.py", "zh"), encoding="utf-8")
    (folder / "asked.py").write_text(ASKED, encoding="utf-8")
    code = "import sys; sys.modules['autograder'] = None; exec(open('asked.py').read())"
    made = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code], cwd=folder, capture_output=True, text=True,
        encoding="utf-8", check=True, env={**os.environ, "PYTHONIOENCODING": encoding},
    )  # fmt: skip
    return made.stdout


def test_the_public_check_of_a_chinese_release_needs_only_numpy_and_speaks_chinese(tmp_path):
    assert asked(tmp_path, "utf-8") == (
        "✓ g：与预期一致\n"
        "✗ f：`W1`：唯一的元素是应有值的 5 倍（另外不同的还有：b1）\n"
        "    应为 [2.]\n    得到 [10.]\n"
    )


def test_a_terminal_without_chinese_letters_gets_english(tmp_path):
    assert asked(tmp_path, "ascii").splitlines()[:2] == [
        "ok g: as expected",
        "x f: `W1`: its entry is 5 times what it should be (also differing: b1)",
    ]


@pytest.mark.parametrize(
    ("got", "expected", "told"),
    [
        (None, {"a": 1}, "结果是 None，应为一个字典"),
        (np.ones((1, 3)), np.ones((3, 1)), "结果的形状为 (1, 3)，应为 (3, 1)：行列颠倒（转置）了"),
        (np.array([1.0, -2.0]), np.array([-1.0, 2.0]), "结果：两个元素都正负号相反"),
        ({"W1": np.array([np.nan, 1.0])}, {"W1": np.ones(2)},
         "`W1` 含 NaN：2 个元素中的 1 个（首个位于 [0]）"),
        (np.eye(3, 4) + np.array([[0.5], [0.0], [0.5]]), np.eye(3, 4),
         "结果：只有第 0, 2 行偏大 0.5"),
        ([1, 2], [1], "结果有 2 个元素，应有 1 个"),
    ],
)  # fmt: skip
def test_differences_read_well_in_chinese(got, expected, told):
    [found] = differences(got, expected)
    assert Translation("zh")(found.message) == told
