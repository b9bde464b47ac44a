"""What tests of Chinese share: the lessons, and the English that is left in a text."""

from pathlib import Path

from autograder.model import Check, Exercise, Report, Verdict

ROOT = Path(__file__).parents[2]


LESSONS = sorted(path.stem for path in ROOT.glob("source/*/*.ipynb"))


def a_class() -> Report:
    check = Check(
        "t", "标题", "f", Verdict.WRONG, hint="小了一半：少乘了 `2`。", misconception="halves"
    )
    return Report("a", "ada", "a", (Exercise("f", 4.0, (check,)),))
