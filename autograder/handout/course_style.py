"""One style for the figures of the whole course, and a place for a reader's predictions.

This file is handed out beside the notebook and needs nothing but matplotlib.

    use_course_style()
    fig, ax = plt.subplots()
    ax.plot(costs, color=COLOURS["train"])
    show(fig, alt="The cost falls from 0.88 to 0.07 in 15,000 iterations.")

In a course that is taught in Chinese, too, `words_zh.json` beside this file holds the words of
figures and of lines that `say` prints, English to Chinese; `{}` stands for whatever is put in
there, a number or another entry, as in {"iteration": "迭代次数", "after {} steps": "{} 步之后"}:

    show(fig, alt=("The cost falls.", "代价下降。"))
    say(f"after {n} steps")

A prediction is a cell tagged `prediction`, neither locked nor graded, before the experiment:

    ### YOUR PREDICTION ### a number in place of None
    my_prediction("zeros-cost", None)

and in the locked cell of the experiment, `show_prediction("zeros-cost", costs[-1])`.
"""

from __future__ import annotations

import io
import json
import re
import sys
import unicodedata
import warnings
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.figure import Figure

# Okabe and Ito, "Color Universal Design" (2008): told apart by colour-blind readers, and by
# their lightness in grey.
OKABE_ITO = (
    "#0072B2",  # blue
    "#E69F00",  # orange
    "#009E73",  # bluish green
    "#CC79A7",  # reddish purple
    "#56B4E9",  # sky blue
    "#D55E00",  # vermilion
    "#F0E442",  # yellow
    "#000000",  # black
)

# The same colour for the same thing, in every lesson.
COLOURS = {
    "train": "#0072B2",
    "dev": "#E69F00",
    "test": "#009E73",
    "class 0": "#0072B2",
    "class 1": "#D55E00",
    "class 2": "#009E73",
    "right": "#009E73",
    "wrong": "#D55E00",
    "cost": "#0072B2",
    "gradient": "#CC79A7",
    "zeros": "#000000",
    "random": "#D55E00",
    "he": "#0072B2",
    "xavier": "#009E73",
    "gd": "#E69F00",
    "momentum": "#56B4E9",
    "rmsprop": "#CC79A7",
    "adam": "#0072B2",
    "reference": "#000000",
}

WORDS = Path(__file__).with_name("words_zh.json")

# Fonts that hold Chinese characters, the most common ones of each system first.
CJK_FONTS = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Noto Sans SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "PingFang SC",
    "Hiragino Sans GB",
    "Microsoft YaHei",
    "SimHei",
    "Droid Sans Fallback",
    "Noto Sans CJK JP",
)
_CJK = re.compile(r"[\u3000-\u9fff\uff00-\uffef]")  # its punctuation, too
_CJK_FILES = (
    "cjk", "sourcehan", "notosanssc", "wqy", "pingfang", "hiragino", "msyh", "simhei",
    "droidsansfallback",
)  # fmt: skip


def use_course_style() -> None:
    """Set colours, sizes and fonts for all figures from here on."""
    import matplotlib.pyplot as plt  # in functions: who draws nothing need not wait for it
    from cycler import cycler

    plt.rcParams.update(
        {
            "axes.prop_cycle": cycler(color=OKABE_ITO),
            "axes.grid": True,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.unicode_minus": False,
            "figure.figsize": (6.4, 4.0),
            "figure.dpi": 100,
            "font.size": 11,
            "font.family": course_fonts(),
            "grid.alpha": 0.3,
            "image.cmap": "cividis",
            "lines.linewidth": 2.0,
        }
    )


def course_fonts() -> list[str]:
    """Fonts in which either script can be drawn, as far as they are installed."""
    return ["DejaVu Sans", *_installed_cjk_fonts()]


def has_chinese_font() -> bool:
    """Whether Chinese labels can be drawn here; otherwise write them in English."""
    return bool(_installed_cjk_fonts())


def show(fig: Figure, alt: str | tuple[str, str]) -> None:
    """Display `fig` as a PNG image with `alt` as its alternative text, and close it.

    `alt` is one sentence for someone who cannot see the figure: what to notice in it. It is a
    text, or a text in English and one in Chinese.
    """
    import matplotlib.pyplot as plt
    from IPython.display import display

    text, buffer = _in_language(alt), io.BytesIO()
    if _speaks_chinese() and has_chinese_font():
        _label_in_chinese(fig)
    with warnings.catch_warnings():  # without a Chinese font, its letters are drawn as boxes
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        fig.savefig(buffer, format="png", bbox_inches="tight")
    plt.close(fig)
    display(  # type: ignore[no-untyped-call]
        {"image/png": buffer.getvalue(), "text/plain": text},
        raw=True,
        metadata={"image/png": {"alt": text}},
    )


def play(draw: Callable[..., None], **sliders: tuple[float, float, float, float]) -> None:
    """Draw a figure, and draw it again under it whenever a reader moves one of its sliders.

    ``draw(name=value, ...)`` shows one figure; ``name=(lowest, highest, step, first)`` is a
    slider. Where ipywidgets is not installed, the first figure stands still.
    """
    draw(**{name: first for name, (_, _, _, first) in sliders.items()})
    try:
        import ipywidgets
        from IPython.display import display
    except ImportError:
        return
    moved = ipywidgets.Output()
    knobs = {
        name: ipywidgets.FloatSlider(
            value=first, min=low, max=high, step=step, description=name, continuous_update=False
        )
        for name, (low, high, step, first) in sliders.items()
    }

    def redraw(_change: object) -> None:
        moved.clear_output(wait=True)
        with moved:
            draw(**{name: knob.value for name, knob in knobs.items()})

    for knob in knobs.values():
        knob.observe(redraw, names="value")
    display(ipywidgets.VBox([*knobs.values(), moved]))  # type: ignore[no-untyped-call]


_predictions: dict[str, Any] = {}  # question -> what the reader predicted


def my_prediction(question_id: str, guess: Any) -> None:
    """Keep what the reader predicts, a number or a word; None is no prediction.

    Costs no points and says nothing: `show_prediction` shows it beside the result.
    """
    _predictions[question_id] = guess


def show_prediction(question_id: str, result: Any, unit: str | tuple[str, str] = "") -> None:
    """Print the reader's prediction beside the result; nothing where there is none.

    `unit` follows each of the two numbers, with its own space where it needs one: "%", " units",
    or in English and in Chinese: (" steps", " 步").
    """
    guess = _predictions.get(question_id)
    if guess is None:
        return
    words = _in_language(("You predicted {}; it is {}.", "你的预测：{}；结果：{}。"))
    unit = _in_language(unit)
    print(words.format(_short(guess) + unit, _short(result) + unit))


def say(*parts: object, sep: str = " ", end: str = "\n") -> None:
    """Print, in the language of the notebook's checks as far as the table knows the words."""
    text = sep.join(map(str, parts))
    if _speaks_chinese():
        text = "\n".join(map(_chinese, text.split("\n")))
    print(text, end=end)


def _in_language(text: str | tuple[str, str]) -> str:
    """The text, or that of two which is in the language of the notebook's checks."""
    if isinstance(text, str):
        return text
    english, chinese = text
    return chinese if _speaks_chinese() else english


def _speaks_chinese() -> bool:
    return getattr(sys.modules.get("public_check"), "LANGUAGE", "en") == "zh"


@cache
def _words() -> tuple[dict[str, str], list[tuple[re.Pattern[str], str]]]:
    """The table's entries without gaps, and those with gaps, the most letters of its own first."""
    table = json.loads(WORDS.read_text(encoding="utf-8")) if WORDS.is_file() else {}
    with_gaps = [
        (re.compile("(.+?)".join(map(re.escape, english.split("{}")))), table[english])
        for english in sorted(table, key=lambda text: -len(text.replace("{}", "")))
        if "{}" in english
    ]
    return table, with_gaps


def _chinese(text: str) -> str:
    """A label or a printed line in Chinese; what the table does not know stays as it is."""
    bare = text.strip()
    table, with_gaps = _words()
    found = table.get(bare)
    for pattern, template in with_gaps if found is None else ():
        if match := pattern.fullmatch(bare):
            found = template.format(*map(_chinese, match.groups()))
            break
    if found is None:
        return text
    before, behind = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    if behind:  # a column of a table
        behind = " " * max(1, _width(bare) + len(behind) - _width(found))
    return before + found + behind


def _width(text: str) -> int:
    """Columns that a text takes in a font of one width: a Chinese character takes two."""
    return sum(1 + (unicodedata.east_asian_width(letter) in "WF") for letter in text)


def _label_in_chinese(fig: Figure) -> None:
    from matplotlib.text import Text

    for axes in fig.axes:
        for axis in (axes.xaxis, axes.yaxis):  # texts of ticks come from the axis at each drawing
            labels = [label.get_text() for label in axis.get_ticklabels()]
            translated = [_chinese(label) for label in labels]
            if translated != labels:
                axis.set_ticks(axis.get_ticklocs(), translated)
    for text in fig.findobj(Text):
        words = "\n".join(map(_chinese, text.get_text().split("\n")))
        text.set_text(words)
        if "$" in words and _CJK.search(words):  # beside formulas one font draws all words
            text.set_fontfamily(_installed_cjk_fonts())


def _short(value: Any) -> str:
    """A number with four digits that count, anything else as it is."""
    try:
        return format(value, ".4g")
    except (TypeError, ValueError):
        return str(value)


def _installed_cjk_fonts() -> list[str]:
    return _cjk_fonts_known() or _cjk_fonts_found()


def _cjk_fonts_known() -> list[str]:
    from matplotlib import font_manager

    known = {font.name for font in font_manager.fontManager.ttflist}
    return [name for name in CJK_FONTS if name in known]


@cache
def _cjk_fonts_found() -> list[str]:
    """Fonts that were installed after matplotlib wrote down which ones there are."""
    from matplotlib import font_manager

    for path in font_manager.findSystemFonts():
        name = Path(path).name.lower()
        if any(part in name for part in _CJK_FILES):
            with suppress(OSError, RuntimeError):  # a font that matplotlib cannot read
                font_manager.fontManager.addfont(path)
    return _cjk_fonts_known()
