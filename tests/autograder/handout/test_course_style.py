"""The figures' style: told apart by everyone, described in words, shown once."""

from __future__ import annotations

import json
import sys
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import matplotlib
import matplotlib.pyplot as plt
import pytest
from fontTools.ttLib import TTFont
from matplotlib import font_manager
from matplotlib.colors import to_rgb
from nbconvert import HTMLExporter
from nbformat import v4

from autograder.handout import course_style
from autograder.handout.course_style import (
    COLOURS,
    OKABE_ITO,
    my_prediction,
    play,
    say,
    show,
    show_prediction,
    use_course_style,
)

matplotlib.use("Agg")


@pytest.fixture(autouse=True)
def own_style():
    with matplotlib.rc_context():
        yield
    plt.close("all")


@pytest.fixture
def displayed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, Any]]:
    shown: list[tuple[Any, Any]] = []
    monkeypatch.setattr(
        "IPython.display.display",
        lambda data, *, raw, metadata: shown.append((data, metadata)),
    )
    return shown


def lightness(colour: str) -> float:
    """Relative luminance, ITU-R BT.709, in [0, 1]."""
    red, green, blue = to_rgb(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_a_figure_is_shown_once_as_a_png_with_its_description(displayed: list[Any]):
    plt.close("all")  # what a test before this one left open
    fig, ax = plt.subplots()
    ax.plot([1, 2])
    show(fig, alt="A line rises.")
    ((data, metadata),) = displayed
    assert data["image/png"].startswith(b"\x89PNG") and data["text/plain"] == "A line rises."
    assert metadata == {"image/png": {"alt": "A line rises."}}
    assert plt.get_fignums() == []


@pytest.mark.parametrize(("speaks", "said"), [("en", "A line rises."), ("zh", "一条线上升。")])
def test_a_figure_is_described_in_the_language_of_the_lesson(
    displayed: list[Any], monkeypatch: pytest.MonkeyPatch, speaks: str, said: str
):
    monkeypatch.setitem(sys.modules, "public_check", SimpleNamespace(LANGUAGE=speaks))
    show(plt.figure(), alt=("A line rises.", "一条线上升。"))
    ((data, metadata),) = displayed
    assert data["text/plain"] == metadata["image/png"]["alt"] == said


@pytest.mark.slow
def test_nbgraders_pages_give_the_description_to_screen_readers():
    data = {"image/png": "AAAA", "text/plain": "A line rises."}
    output = v4.new_output("display_data", data, metadata={"image/png": {"alt": 'A "line".'}})
    notebook = v4.new_notebook(cells=[v4.new_code_cell("", outputs=[output])])
    page, _ = HTMLExporter(template_name="classic").from_notebook_node(notebook)
    assert 'alt="A &#34;line&#34;."' in page or "alt='A \"line\".'" in page


@pytest.mark.slow
def test_chinese_labels_raise_no_warning_whatever_fonts_there_are(
    displayed: list[Any], monkeypatch: pytest.MonkeyPatch
):
    for fonts in (course_style.CJK_FONTS, ()):
        monkeypatch.setattr(course_style, "CJK_FONTS", fonts)
        use_course_style()
        fig, ax = plt.subplots()
        ax.set_title("随机失活 − 1")
        show(fig, alt="Nothing but a title.")
    assert len(displayed) == 2


def test_an_installed_chinese_font_is_used_after_the_latin_one(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(course_style, "CJK_FONTS", ("Not Installed", "STIXGeneral"))
    use_course_style()
    assert plt.rcParams["font.family"] == ["DejaVu Sans", "STIXGeneral"]
    assert course_style.has_chinese_font()


def test_roles_use_the_colour_blind_safe_colours_only():
    assert set(COLOURS.values()) <= set(OKABE_ITO)
    use_course_style()
    assert [entry["color"] for entry in plt.rcParams["axes.prop_cycle"]] == list(OKABE_ITO)


@pytest.mark.parametrize(
    "roles", [("train", "dev"), ("class 0", "class 1"), ("zeros", "random", "he")]
)
def test_things_drawn_together_differ_in_grey(roles: tuple[str, ...]):
    greys = sorted(lightness(COLOURS[role]) for role in roles)
    assert all(b - a > 0.05 for a, b in pairwise(greys))


@pytest.mark.parametrize(
    ("guess", "said"),
    [
        (0.7, "You predicted 0.7; it is 0.6931."),
        ([1, 2], "You predicted [1, 2]; it is 0.6931."),
        ("a half", "You predicted a half; it is 0.6931."),
    ],
)
def test_a_prediction_is_shown_beside_the_result(
    guess: Any, said: str, capsys: pytest.CaptureFixture[str]
):
    my_prediction("cost", guess)
    assert capsys.readouterr().out == ""
    show_prediction("cost", 0.693147)
    assert capsys.readouterr().out == said + "\n"


def test_no_prediction_is_no_words(capsys: pytest.CaptureFixture[str]):
    my_prediction("left open", None)
    show_prediction("left open", 1)
    show_prediction("never asked", 1)
    assert capsys.readouterr().out == ""


def test_a_prediction_is_shown_with_its_unit_in_the_language_of_the_lesson(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(sys.modules, "public_check", SimpleNamespace(LANGUAGE="zh"))
    my_prediction("share", 25)
    show_prediction("share", 14.0, "%")
    show_prediction("share", 14.0, (" steps", " 步"))
    assert capsys.readouterr().out == "你的预测：25%；结果：14%。\n你的预测：25 步；结果：14 步。\n"


def test_a_chinese_font_that_was_installed_later_is_found(monkeypatch, tmp_path):
    fonts = font_manager.fontManager
    with TTFont(font_manager.findfont("DejaVu Sans")) as font:
        for record in font["name"].names:
            if record.nameID in (1, 4, 16):
                record.string = "WenQuanYi Zen Hei"
        font.save(tmp_path / "wqy-zenhei.ttf")
    before = [f for f in fonts.ttflist if f.name not in course_style.CJK_FONTS]
    monkeypatch.setattr(fonts, "ttflist", before)
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: [])
    course_style._cjk_fonts_found.cache_clear()
    assert not course_style.has_chinese_font()
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: [str(tmp_path / "wqy-zenhei.ttf")])
    course_style._cjk_fonts_found.cache_clear()
    assert course_style.course_fonts() == ["DejaVu Sans", "WenQuanYi Zen Hei"]
    course_style._cjk_fonts_found.cache_clear()


def test_a_figure_to_play_with_is_drawn_again_when_its_slider_moves(
    monkeypatch: pytest.MonkeyPatch,
):
    widgets = pytest.importorskip("ipywidgets")
    drawn: list[float] = []
    shown: list[Any] = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    play(lambda beta: drawn.append(beta), beta=(0.0, 1.0, 0.1, 0.9))
    (box,) = shown
    slider = next(child for child in box.children if isinstance(child, widgets.FloatSlider))
    assert drawn == [0.9]
    slider.value = 0.5
    assert drawn == [0.9, 0.5]


def test_a_figure_stands_still_where_there_are_no_widgets(monkeypatch: pytest.MonkeyPatch):
    drawn: list[float] = []
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    play(lambda beta: drawn.append(beta), beta=(0.0, 1.0, 0.1, 0.9))
    assert drawn == [0.9]


WORDS = {
    "layer": "层",
    "zeros": "全零",
    "test set,": "测试集，",
    "cost after {} steps": "{} 步之后的代价",
    "cost": "代价",
    "{}: {} at the end": "{}：最后 {}",
    "best {}": "最好：{}",
    "$J$ (He)": "$J$（He）",
}


@pytest.fixture
def chinese(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setitem(sys.modules, "public_check", SimpleNamespace(LANGUAGE="zh"))
    table = tmp_path / "words_zh.json"
    table.write_text(json.dumps(WORDS), encoding="utf-8")
    monkeypatch.setattr(course_style, "WORDS", table)
    course_style._words.cache_clear()
    yield
    course_style._words.cache_clear()


def texts_of(fig: Any) -> set[str]:
    for ax in fig.axes:
        ax.get_xticklabels(), ax.get_yticklabels()  # brings them up to date
    return {text.get_text() for text in fig.findobj(matplotlib.text.Text)}


@pytest.mark.slow
def test_a_lessons_figure_speaks_chinese_where_its_letters_can_be_drawn(
    chinese: None, displayed: list[Any], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(course_style, "_installed_cjk_fonts", lambda: ["DejaVu Serif"])
    fig, (lines, bars) = plt.subplots(1, 2)
    lines.plot([1, 2], label="zeros")
    lines.set(xlabel="layer", ylabel="cost\nin $J$", title="zeros: 0.69 at the end")
    lines.legend(title="best 3")
    bars.bar(["zeros", "He"], [1, 2])
    bars.set_title("$J$ (He)")
    fig.suptitle("cost after 14 steps")
    show(fig, alt="x")
    texts = texts_of(fig)
    said = {"层", "全零", "代价\nin $J$", "全零：最后 0.69", "最好：3", "14 步之后的代价", "He"}
    assert said <= texts and not {"zeros", "layer"} & texts
    for beside_a_formula in (lines.yaxis.label, bars.title):
        assert beside_a_formula.get_fontfamily() == ["DejaVu Serif"]
    assert lines.title.get_fontfamily() != ["DejaVu Serif"]


@pytest.mark.parametrize(("font", "language"), [(False, "zh"), (True, "en")])
def test_a_figure_stays_english_without_chinese_letters_and_in_an_english_lesson(
    chinese: None, displayed: list[Any], monkeypatch: pytest.MonkeyPatch, font, language
):
    monkeypatch.setattr(course_style, "_installed_cjk_fonts", lambda: ["DejaVu Serif"] * font)
    monkeypatch.setattr(sys.modules["public_check"], "LANGUAGE", language)
    fig, ax = plt.subplots()
    ax.set(xlabel="layer")
    show(fig, alt="x")
    assert "layer" in texts_of(fig)


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        ("en", ["test set,     Accuracy 96%", "zeros     : 0.6 at the end", "layer 3"]),
        ("zh", ["测试集，      Accuracy 96%", "全零      ：最后 0.6", "layer 3"]),
    ],
)
def test_printed_lines_keep_their_columns_in_either_language(
    chinese: None,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    language,
    lines,
):
    monkeypatch.setattr(sys.modules["public_check"], "LANGUAGE", language)
    say("test set,     ", end="")
    print("Accuracy 96%")
    say(f"{'zeros':10}: {0.6}", "at the end")
    say("layer", 3)
    assert capsys.readouterr().out.splitlines() == lines
