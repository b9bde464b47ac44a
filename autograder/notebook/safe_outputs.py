"""Makes the outputs of student code safe for the instructor's browser.

Whoever opens autograded notebooks and feedback pages has a session at the hub, so an output may
hold text, images and simple HTML, but nothing that runs or sends requests.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import nh3

from autograder.language.catalogue import Say
from autograder.notebook.addresses import safe_image, safe_link
from autograder.notebook.attributes import has_too_many_attributes
from autograder.notebook.svg import safe_svg

Output = dict[str, Any]

_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_LINE_ENDS = re.compile(r"[\n\u2028\u2029]")
_DIRECTION = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_OWN_FRAME = re.compile(r"\s*(?:Cell In\[|Input In |File <ipython-input)")
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
_TAG = re.compile(r"<(/?)([a-zA-Z]+)")
_VOID = {"br", "col", "hr", "img", "input", "wbr"}
MOST_NESTED = 400
_TAGS = set(nh3.ALLOWED_TAGS) - {"map", "area"}
_ATTRIBUTES: dict[str, set[str]] = {
    "*": {"title", "lang", "dir"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "table": {"border"},
    "td": {"align", "colspan", "rowspan"},
    "th": {"align", "colspan", "rowspan", "scope"},
    "ol": {"start"},
}


def _only_safe_addresses(tag: str, attribute: str, value: str) -> str | None:
    if attribute == "src":
        return safe_image(value)
    return safe_link(value) if attribute == "href" else value


_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    attributes=_ATTRIBUTES,
    allowed_classes={"table": {"dataframe"}},
    attribute_filter=_only_safe_addresses,
    url_schemes={"http", "https", "mailto", "data"},
)


def safe_html(text: str) -> str:
    """HTML without scripts, styles, forms, frames and remote images."""
    return escaped(text) if takes_too_long(text) else str(_CLEANER.clean(text))


def takes_too_long(text: str) -> bool:
    """Whether a parser, or a browser, may need minutes for this HTML."""
    return is_nested_too_deeply(text) or has_too_many_attributes(text)


def is_nested_too_deeply(text: str) -> bool:
    """Whether tags may be nested so deeply that a parser, or a browser, takes minutes.

    An end tag counts only where a tag of that name is open.
    """
    open_tags: Counter[str] = Counter()
    depth = 0
    for tag in _TAG.finditer(text):
        name = tag[2].lower()
        begins = int(name not in _VOID)
        step = -min(1, open_tags[name]) if tag[1] else begins
        open_tags[name] += step
        depth += step
        if depth > MOST_NESTED:
            return True
    return False


def plain(text: str) -> str:
    """Text without ANSI sequences and control characters; tabs and line ends stay."""
    return _CONTROL.sub("", _ANSI.sub("", text))


def for_a_terminal(text: str) -> str:
    """A student's text for a log or terminal: no control characters, and further lines indented.

    Nor does it turn the direction in which a line is read.
    """
    told = _DIRECTION.sub("", plain(text)).replace("\r", "")
    return _LINE_ENDS.sub("\n    ", told)


def joined(text: object) -> str:
    """A notebook's text in one piece: files may hold it as a list of lines."""
    return "".join(map(str, text)) if isinstance(text, list) else str(text)


def _escaped_tags(text: str) -> str:
    return text.replace("<", "&lt;")


def _base64(text: str) -> str:
    return text if _BASE64.fullmatch(text) else ""


_SAFE: Mapping[str, Callable[[str], str]] = {
    "text/plain": str,
    "text/html": safe_html,
    "text/markdown": _escaped_tags,
    "text/latex": _escaped_tags,
    "image/png": _base64,
    "image/jpeg": _base64,
    "image/svg+xml": safe_svg,
}


def safe_output(output: Mapping[str, Any], say: Say = str) -> Output:
    """One nbformat 4 output with only what is safe to show; `say` tells what is left out."""
    kind = output["output_type"]
    if kind == "stream":
        name = "stderr" if output.get("name") == "stderr" else "stdout"
        return {"output_type": "stream", "name": name, "text": joined(output.get("text", ""))}
    if kind == "error":
        return {
            "output_type": "error",
            "ename": str(output.get("ename", "")),
            "evalue": str(output.get("evalue", "")),
            "traceback": [str(line) for line in output.get("traceback", ())],
        }
    return _safe_display(output, say)


def _safe_display(output: Mapping[str, Any], say: Say) -> Output:
    data = {}
    for mime, content in output.get("data", {}).items():
        if mime in _SAFE and (safe := _SAFE[mime](joined(content))):
            data[mime] = safe
    if not data:
        left_out = ", ".join(sorted(plain(str(mime))[:60] for mime in output.get("data", {})))
        data["text/plain"] = say("(output left out: {kinds})").format(kinds=left_out)
    metadata = {
        mime: _safe_image_metadata(found)
        for mime, found in output.get("metadata", {}).items()
        if mime in data and mime.startswith("image/") and isinstance(found, dict)
    }
    if output["output_type"] != "execute_result":
        return {"output_type": "display_data", "data": data, "metadata": metadata}
    count = output.get("execution_count")
    return {
        "output_type": "execute_result",
        "execution_count": count if isinstance(count, int) else None,
        "data": data,
        "metadata": metadata,
    }


def _safe_image_metadata(found: Mapping[str, Any]) -> dict[str, Any]:
    sizes = {k: v for k in ("width", "height") if type(v := found.get(k)) in (int, float)}
    alt = found.get("alt")
    return {**sizes, "alt": plain(alt)} if isinstance(alt, str) else sizes


MOST_SHOWN = 8  # all cells of a notebook together may show this many times as much as one cell
_SMALL = 1000  # characters: what a score or an error needs
_MOST_SMALL = 20


class Allowance:
    """Counts how many characters the cells of one notebook may still show.

    Once it is used up, a cell keeps a few small outputs, among them any error: nbgrader's rule
    reads scores from outputs, so nobody gains by printing much.
    """

    def __init__(self, characters: int) -> None:
        self._left = characters

    def __call__(self, outputs: list[Output]) -> list[Output]:
        """The outputs of the next cell, or what is kept of them."""
        self._left -= sum(map(_size, outputs))
        if self._left >= 0:
            return outputs
        errors = [_short_error(o) for o in outputs if o["output_type"] == "error"][-1:]
        others = [o for o in outputs if o["output_type"] != "error" and _size(o) <= _SMALL]
        kept = [*others[:_MOST_SMALL], *others[_MOST_SMALL:][-_MOST_SMALL:], *errors]
        return kept if len(kept) == len(outputs) else [*kept, _TOO_MUCH]


_TOO_MUCH: Output = {
    "output_type": "stream", "name": "stderr",
    "text": "... Output left out: this notebook shows too much in all ...\n",
}  # fmt: skip


def _short_error(output: Output) -> Output:
    return {
        "output_type": "error",
        "ename": output["ename"],
        "evalue": output["evalue"][:_SMALL],
        "traceback": [line[:_SMALL] for line in output["traceback"][-1:]],
    }


def _size(value: object) -> int:
    """Characters of all text in a plain value; anything else counts as a few."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, dict):
        return sum(_size(k) + _size(v) for k, v in value.items())
    if isinstance(value, list):
        return sum(map(_size, value))
    return 8


def as_printed(outputs: list[Output]) -> str:
    """All that a grade cell printed, in order, with its errors, as plain text.

    A traceback keeps the student's own lines, without those of the check that called them.
    """
    parts = []
    for output in outputs:
        if output["output_type"] == "stream":
            parts.append(joined(output.get("text", "")))
        elif output["output_type"] == "error":
            parts.append(short_traceback(output, skip=1))
    return plain("\n".join(part.removesuffix("\n") for part in parts if part))


def short_traceback(output: Mapping[str, Any], *, skip: int = 0) -> str:
    """A traceback's frames in cells of the notebook, and the exception.

    `skip` is the number of outermost frames to leave out, such as the cell that was run.
    """
    frames = [plain(str(frame)).strip("\n") for frame in output.get("traceback", ())]
    own = [frame for frame in frames if _OWN_FRAME.match(frame)][skip:]
    name, said = str(output.get("ename", "")), str(output.get("evalue", ""))
    if own and f"\n{name}: " in own[-1]:  # a SyntaxError says it all in its only frame
        return "\n".join(own)
    if name == "CheckFailed":  # the public check's own words, as the notebook shows them
        return plain(said)
    return plain("\n".join([*own, f"{name}: {said}"]))


def limited(outputs: list[Output], max_lines: int, max_traceback: int) -> list[Output]:
    """Cut long streams and tracebacks as nbgrader's LimitOutput does (-1: no limit)."""
    kept: list[Output] = []
    length = 0
    for output in outputs:
        if output["output_type"] == "stream" and max_lines != -1:
            if length == max_lines:
                continue
            lines = output["text"].split("\n")
            if len(lines) + length > max_lines:
                lines = [*lines[: max_lines - length - 1], "... Output truncated ..."]
            length += len(lines)
            output = {**output, "text": "\n".join(lines)}
        elif output["output_type"] == "error" and -1 < max_traceback < len(output["traceback"]):
            output = {**output, "traceback": _shortened(output["traceback"], max_traceback)}
        kept.append(output)
    return kept


def _shortened(lines: list[str], most: int) -> list[str]:
    start = most // 2
    end = most - start - 1
    return [*lines[:start], "... Traceback truncated ...", *lines[-end:]]


def escaped(text: str) -> str:
    """Text fit for an HTML page, quotes included."""
    return html.escape(plain(text), quote=True)
