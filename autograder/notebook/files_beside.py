"""Files that a student hands in beside a notebook, made safe for an instructor to open.

A script in a page, a drawing or a PDF would run on the origin that shows it: on Formgrader's, with
the instructor's session. File types that a browser only shows or saves keep their names, a drawing
is cleaned, and every other file gets `.txt` appended to its name.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path, PurePath
from typing import BinaryIO, TypeVar

from autograder.notebook.opening import opened
from autograder.notebook.svg import MOST_CHARACTERS, safe_svg

_SHOWN_OR_SAVED = """
    .txt .md .csv .tsv .json .jsonl .py .ipynb .toml .yaml .yml .log .tex .bib .r .m .jl .c .cpp
    .h .npy .npz .h5 .hdf5 .mat .pkl .pt .pth .onnx .parquet .zip .gz .tar .bz2 .xz .7z .png .jpg
    .jpeg .gif .webp .bmp .tif .tiff .mp3 .wav .ogg .mp4 .webm .mov .docx .xlsx .pptx .odt
"""
_KINDS = frozenset(_SHOWN_OR_SAVED.split())
_DRAWING = ".svg"

AnyPath = TypeVar("AnyPath", bound=PurePath)
Content = bytes | Callable[[], BinaryIO]  # or what opens it


def inert_name(place: AnyPath) -> AnyPath:
    """The name, with `.txt` appended where a browser could run the file."""
    if place.suffix.lower() in _KINDS:
        return place
    return place.with_name(f"{place.name}.txt")


def inert_file(place: AnyPath, content: Content) -> tuple[AnyPath, Content]:
    """The safe name and the content of a student's file; a drawing's content is cleaned.

    Raises what opening a drawing raises.
    """
    if place.suffix.lower() == _DRAWING:
        if isinstance(content, bytes):
            text = content
        else:
            with content() as file:
                text = file.read(MOST_CHARACTERS + 1)
        found = text.decode("utf-8", "replace") if len(text) <= MOST_CHARACTERS else ""
        if drawing := safe_svg(found):
            return place, drawing.encode()
    return inert_name(place), content


def make_inert(folder: Path, place: Path) -> None:
    """Rename and clean a copy in place, as `inert_file` does; raises OSError."""
    path = folder / place
    target, content = inert_file(place, lambda: opened(path))
    if isinstance(content, bytes):
        mode = path.stat().st_mode
        path.unlink()
        path.write_bytes(content)
        path.chmod(mode)
    elif target != place and not (folder / target).exists():
        path.rename(folder / target)
    elif target != place:
        path.unlink()
