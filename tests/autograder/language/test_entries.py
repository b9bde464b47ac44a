"""The entries of all catalogues: used, of one name for one thing, with the same fields."""

import gettext
import re

import pytest
from chinese_words import LESSONS, ROOT

from autograder.authoring.missing_chinese import said
from autograder.course import Course
from autograder.graders.misconceptions import misconceptions
from autograder.handout.chinese import CHINESE
from autograder.language.catalogue import FOLDER
from autograder.language.translation import chinese_of, fields

# --- catalogues ---------------------------------------------------------------------------


@pytest.mark.parametrize("assignment", LESSONS)
def test_every_entry_of_an_assignment_is_said_by_its_graders(assignment):
    tests = ROOT / "tests" / assignment
    entries = set(chinese_of(tests)) - {english for _, english, _ in said(tests)}
    cases = (tests / "documented_cases.json").read_text(encoding="utf-8")
    named = "".join(p.read_text(encoding="utf-8") for p in tests.glob("*.py"))  # for a comparison
    made = ("layer ", "patience ", "keep_prob = ", "epsilon = ")  # ids that a function makes
    entries = {e for e in entries if f'"{e}"' not in named and e not in cases}
    assert {e for e in entries if not e.startswith(made)} == set()


OTHER_WORDS = {  # for what the lecture notes call by one name
    "开发集": "验证集 校验集", "失活": "丢弃法 dropout", "批归一化": "批标准化 批量归一化",
    "代价": "成本", "小批量": "迷你批", "学习率": "学习速率", "梯度检验": "梯度检查",
    "掩码": "掩膜 遮罩", "轮次": "时期 周期", "归一化": "标准化 规范化",
}  # fmt: skip


def entries() -> dict[str, str]:
    """What gettext reads, as a plain mapping."""
    with (FOLDER / "zh_CN/LC_MESSAGES/autograder.mo").open("rb") as file:
        catalogue = gettext.GNUTranslations(file)._catalog
    return {str(english): chinese for english, chinese in catalogue.items() if english}


def all_chinese() -> list[str]:
    course = Course.load(ROOT)
    found = [*CHINESE.values(), *entries().values()]
    for assignment in LESSONS:
        found += chinese_of(ROOT / "tests" / assignment).values()
        found += (version.hint_zh for version in misconceptions(course, assignment))
    return found


@pytest.mark.parametrize(("term", "others"), OTHER_WORDS.items())
def test_one_thing_has_one_name(term, others):
    texts = [re.sub("`[^`]*`", "", text) for text in all_chinese()]
    assert [text for text in texts for other in others.split() if other in text] == []
    assert any(term in text for text in texts)


def test_fields_are_the_same_in_both_languages():
    assert [e for e, c in CHINESE.items() if fields(e) != fields(c) or not c.strip()] == []
