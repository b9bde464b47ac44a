"""Whatever graders say has its Chinese, where a lesson has Chinese."""

from __future__ import annotations

import pytest
from scratch_course import CONFIG, GRADERS, Scratch

from autograder.authoring.build import build

pytestmark = pytest.mark.family

SAYS = """

@pytest.mark.exercise("double")
@pytest.mark.parametrize("n", [1, 2], ids=["one number", "n2"])
def test_more(student, n):
    \"\"\"Doubles any number\"\"\"
    words = "`{key}` is missing"
    fail(words, key=n)
    student.remark("neat")
    assert_same(n, n, name="the sum")
    assert_same(n, n, name="W1")
    fail(Text("{a}: {b}", a=1, b=2))
    fail("the result is a number, expected a text")
    fail("{name} holds {kind}, expected {wanted}", name=1, kind=2, wanted=3)
"""


def test_whatever_graders_say_needs_its_chinese_in_a_lesson_that_has_it(course: Scratch):
    build(course.root)
    course.put("tests/twice/test_twice.py", GRADERS + SAYS)
    found = course.problems()
    told = [
        ("one number", "cases"), ("`{key}` is missing", "messages"), ("neat", "messages"),
        ("the sum", "messages"), ("the result is a number, expected a text", "messages"),
    ]  # fmt: skip
    for english, section in told:
        assert f"says {english!r}: give its Chinese under [{section}] in" in found
    assert found.startswith(f"{len(told)} problems to mend:")


def test_a_title_without_chinese_is_a_problem_and_none_without_chinese_prose(course: Scratch):
    build(course.root)
    path = course.put("tests/twice/zh.toml", "[cases]\n")
    assert f"says 'Doubles any number': give its Chinese under [titles] in {path}" in (
        course.problems()
    )
    course.raw["cells"] = [c for c in course.raw["cells"] if c["id"] != "intro-zh"]
    course.save()
    build(course.root)
    build(course.root, check=True)


def test_a_message_that_cannot_be_translated_is_a_problem(course: Scratch):
    build(course.root)
    told = '\n\ndef helper(key):\n    fail(f"`{key}` is missing here")\n'
    path = course.put("tests/twice/test_twice.py", GRADERS + told)
    assert f"{path}:10: f'`{{key}}` is missing here' cannot be translated" in course.problems()


@pytest.mark.quick("titles = 1\\n")
@pytest.mark.parametrize(
    "text",
    ['[messages]\n"{a} is" = "是"\n', '[titles]\n"Doubles" = 2\n', "[titles\n", "titles = 1\n"],
)
def test_chinese_that_would_not_fit_is_a_problem(course: Scratch, text: str):
    build(course.root)
    path = course.put("tests/twice/zh.toml", text)
    assert str(path) in course.problems()


@pytest.mark.parametrize(
    ("config", "lang", "spoken"),
    [
        ("", None, "en"),
        ("", "zh", "zh"),
        ("", "both", "en"),
        ('c.ChooseLanguage.language = "zh"\n', None, "zh"),
        ('c.Autograder.language = "zh"\n', None, "zh"),
        ('c.Autograder.language = "zh"\nc.ChooseLanguage.language = "en"\n', None, "en"),
        ('c.Autograder.language = "zh"\nc.ChooseLanguage.language = "both"\n', None, "zh"),
    ],
)
def test_the_public_check_speaks_the_language_of_the_release(
    course: Scratch, config: str, lang: str | None, spoken: str
):
    course.put("nbgrader_config.py", CONFIG + config)
    build(course.root, lang=lang)
    build(course.root, check=True, lang=lang)
    for folder in ("source", "release"):
        text = (course.root / folder / "twice/public_check.py").read_text(encoding="utf-8")
        assert f'\nLANGUAGE = "{spoken}"  #' in text
