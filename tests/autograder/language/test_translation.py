"""A text is translated before it is filled in."""

import re

import pytest

from autograder.graders.compare import Mismatch, fail
from autograder.handout.words import Text
from autograder.language.translation import ENGLISH, Translation

# --- voices -------------------------------------------------------------------------------


def test_english_is_the_plain_text_itself():
    text = Text("{name} is missing", name="W1")
    told = ENGLISH(text)
    assert told == "W1 is missing" and type(told) is str
    assert ENGLISH.title("Right", "a-b") == "Right (a-b)"


def test_a_template_is_translated_before_it_is_filled_in():
    translation = Translation(
        "zh", {"{key} of {what}": "{what}的 {key}", "the net": "网络", "{key}": "no"}
    )
    text = Text("{key} of {what}", key="{what}", what=Text("the net"))
    assert translation(text) == "网络的 {what}"
    assert translation(Text("{key} of {what}", key=Text(""), what="x")) == "x的 "
    assert translation("") == "" and translation("unknown words") == "unknown words"


def test_a_text_without_parts_keeps_its_braces():
    assert Text("shape (n_l, n_{l-1})") == "shape (n_l, n_{l-1})"
    assert Translation("zh")(Text("{x")) == "{x"
    with pytest.raises(Mismatch, match=re.escape("`{a}` and {")):
        fail("`{a}` and {")


def test_a_title_takes_its_cases_along():
    translation = Translation("zh", {"Right": "正确：", "two layers": "两层", "early": "早期"})
    assert translation.title("Right") == "正确："
    assert translation.title("Right", "two layers") == "正确（两层）"
    assert translation.title("Right", "0.5-early") == "正确（0.5，早期）"
    assert translation.title("Right", "1e-08") == "正确（1e-08）"
