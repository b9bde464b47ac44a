"""What tests of Chinese share: the lessons, and the English that is left in a text."""

import re
from pathlib import Path

from autograder.model import Check, Exercise, Report, Verdict

ROOT = Path(__file__).parents[2]


LESSONS = sorted(path.stem for path in ROOT.glob("source/*/*.ipynb"))


def a_class() -> Report:
    check = Check(
        "t", "标题", "f", Verdict.WRONG, hint="小了一半：少乘了 `2`。", misconception="halves"
    )
    return Report("a", "ada", "a", (Exercise("f", 4.0, (check,)),))


NAMES = {"He", "Xavier", "ReLU", "numpy", "nan", "NaN", "None", "True", "False", "Python", "BOM"}


NAMES |= {
    "object",
    "int64",
    "sigmoid",
    "Glorot",
    "nbgrader",
    "markdown",
    "code",
    "id",
    "log",
    "ln",
    "tanh",
    "inf",
}


def english_in(text: str, known: set[str] = frozenset()) -> list[str]:
    """Latin words that are no code, no name and no word of Python's own."""
    text = re.sub(
        r"`[^`]*`|'[^']*'|“[^”]*”|（应为 [^（）]*）|出现异常：.*|停在第 \d+ 行：.*", " ", text
    )
    text = re.sub(r"^    .*|START CODE HERE", " ", text, flags=re.MULTILINE)  # values, own lines
    found = re.findall(r"[A-Za-z_]\w*(?: +[A-Za-z_]\w*)*", text)
    return [words for words in found if not set(words.split()) <= {*NAMES, *known}
            and re.search("[A-Za-z]{2}", words)]  # fmt: skip


def sentences_in(text: str) -> list[str]:
    """Three English words or more in a row, outside of code, commands, names and paths."""
    text = re.sub(r"`[^`]*`|\[[^\]]*\]|'[^']*'|\"[^\"]*\"|：return [a-z ]+", " ", text)
    text = re.sub(r"\S*[/._]\S*", " ", text)
    text = re.sub(r"\b(autograder|nbgrader|jupyter) \w+( \w+)?", " ", text)
    return re.findall(r"[A-Za-z]{2,}(?:[:;]? [A-Za-z']+){2,}", text)
