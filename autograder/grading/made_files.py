"""Files that a student's cells have made, as a session reports them, which it may forge.

A session reports a dictionary, path → content in base64. Malformed entries are left out; no grade
depends on them.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path, PurePosixPath

from autograder.grading.own_files import RECEIPT
from autograder.handout.words import Text
from autograder.sandbox import Limits

_LONGEST_NAME, _LONGEST_PATH = 240, 1000  # bytes; a name may get `.txt` behind it
_DEEPEST = 32


def sound_files(answer: object, limits: Limits) -> tuple[dict[str, str], tuple[Text, ...]]:
    """The files of an answer, content in base64, and a flag for each reason why some were left out.

    No notebook, nothing outside of the folder or below another file, and no more in number and
    bytes than a session can have written.
    """
    if type(answer) is not tuple or len(answer) != 2 or type(answer[0]) is not dict:
        return {}, ()
    found, left_out = answer
    kept: dict[str, str] = {}
    folders: set[PurePosixPath] = set()
    left, most = limits.made_bytes, limits.scratch_files + limits.handed_in_files
    too_large, misnamed = type(left_out) is int and left_out > 0, False
    for name, content in islice(found.items(), most):
        if not _is_a_file(name, content):
            misnamed = True
            continue
        path, size = PurePosixPath(name), len(base64.b64decode(content))
        too_large = too_large or size > left
        if path in folders or any(str(above) in kept for above in path.parents) or size > left:
            continue
        left -= size
        kept[name] = content
        folders.update(path.parents)
    return kept, tuple(_flags(limits, too_large, len(found) > most, misnamed))


def _flags(limits: Limits, too_large: bool, too_many: bool, misnamed: bool) -> Iterator[Text]:
    if too_large:
        yield Text(
            "Files that cells wrote were not kept: together they are larger than {mib} MiB "
            "(c.Autograder.made_mib).",
            mib=limits.made_bytes >> 20,
        )
    if too_many:
        yield Text(
            "Files that cells wrote were not kept: there are more than {most} "
            "(c.Autograder.scratch_files and handed_in_files together).",
            most=limits.scratch_files + limits.handed_in_files,
        )
    if misnamed:
        yield Text(
            "Files that cells wrote were not kept because of their names: notebooks, names of "
            "more than {bytes} bytes, or paths of more than {folders} folders.",
            bytes=_LONGEST_NAME,
            folders=_DEEPEST,
        )


def _is_a_file(name: object, content: object) -> bool:
    """Whether this is a path that a folder can hold, with a content in base64."""
    if type(name) is not str or type(content) is not str:
        return False
    try:
        lengths = [len(os.fsencode(part)) for part in PurePosixPath(name).parts]
        base64.b64decode(content, validate=True)
    except ValueError:  # letters that no file system knows, or no base64
        return False
    return bool(lengths) and max(lengths) <= _LONGEST_NAME and _may_stand(name)


def _may_stand(name: str) -> bool:
    path = PurePosixPath(name)
    return (
        str(path) == name
        and len(name) <= _LONGEST_PATH
        and len(path.parts) <= _DEEPEST
        and not path.is_absolute()
        and ".." not in path.parts
        and "\0" not in name
        and not any(part.lower().endswith(".ipynb") for part in path.parts)
        and path.parts[0] not in RECEIPT
    )


def take_back(files: Mapping[str, str], folder: Path) -> None:
    """Write sound files into a folder: new names only, and never through a link."""
    for name, content in files.items():
        target = folder / name
        above = [folder / part for part in PurePosixPath(name).parents]
        taken = target.exists() or target.is_symlink()
        if taken or any(p.is_symlink() or (p.exists() and not p.is_dir()) for p in above):
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(base64.b64decode(content))


def beside_what_is_there(made: Mapping[str, str], taken: Iterable[str]) -> dict[str, str]:
    """The sound files that replace none of the files in `taken`."""
    files = {PurePosixPath(name) for name in taken}
    folders = {above for file in files for above in file.parents}
    paths = {name: PurePosixPath(name) for name in made}
    return {
        name: content
        for name, content in made.items()
        if files.isdisjoint((paths[name], *paths[name].parents)) and paths[name] not in folders
    }
