"""What a student hands in beside a notebook, made into what an instructor may click.

A page, a drawing with a script or a PDF with one would run on the origin that shows it: on
Formgrader's with the instructor's session. Kinds that a browser only shows or saves keep their
names, a drawing is cleaned, and everything else is called `.txt` behind its own name.
"""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import TypeVar

from autograder.notebook.svg import MOST_CHARACTERS, safe_svg

_SHOWN_OR_SAVED = """
    .txt .md .csv .tsv .json .jsonl .py .ipynb .toml .yaml .yml .log .tex .bib .r .m .jl .c .cpp
    .h .npy .npz .h5 .hdf5 .mat .pkl .pt .pth .onnx .parquet .zip .gz .tar .bz2 .xz .7z .png .jpg
    .jpeg .gif .webp .bmp .tif .tiff .mp3 .wav .ogg .mp4 .webm .mov .docx .xlsx .pptx .odt
"""
_KINDS = frozenset(_SHOWN_OR_SAVED.split())
_DRAWING = ".svg"

Place = TypeVar("Place", bound=PurePath)


def inert_name(place: Place) -> Place:
    """The same name, with `.txt` behind it where a browser could run what it names."""
    if place.suffix.lower() in _KINDS:
        return place
    return place.with_name(f"{place.name}.txt")


def inert_file(place: Place, content: Path | bytes) -> tuple[Place, Path | bytes]:
    """Where a file of a student goes and what goes there: the same content, or a cleaned drawing.

    Raises OSError when a drawing cannot be read.
    """
    if place.suffix.lower() == _DRAWING:
        if isinstance(content, bytes):
            text = content
        else:
            text = content.read_bytes() if content.stat().st_size <= MOST_CHARACTERS else b""
        if drawing := safe_svg(text.decode("utf-8", "replace")):
            return place, drawing.encode()
    return inert_name(place), content


def make_inert(folder: Path, place: Path) -> None:
    """The same to a copy that lies in a folder already; raises OSError."""
    path = folder / place
    target, content = inert_file(place, path)
    if isinstance(content, bytes):
        mode = path.stat().st_mode
        path.unlink()
        path.write_bytes(content)
        path.chmod(mode)
    elif target != place and not (folder / target).exists():
        path.rename(folder / target)
    elif target != place:
        path.unlink()
