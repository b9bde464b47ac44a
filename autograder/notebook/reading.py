"""Notebooks as plain data: read strictly, repaired where it is harmless, never executed.

It checks only the structure that grading relies on, cell by cell, in well under a millisecond.
Nothing here imports nbformat.
"""

from __future__ import annotations

import errno
import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn

from autograder.handout.words import Text
from autograder.model import CourseError, SubmissionError
from autograder.notebook.cells import Notebook
from autograder.notebook.opening import NoRegularFile, opened, opened_below

MAX_BYTES = 32 << 20
_ANEW = (
    "JupyterLab does not open it either. Take an earlier version of it (File > Revert Notebook to "
    "Checkpoint, or a copy), or copy what you wrote into the released notebook"
)
_DEEP = "is nested too deeply to be a notebook"
_DEEPEST = 100  # containers inside each other; widgets and plots have a dozen
_CELL_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_KINDS = ("code", "markdown", "raw")
_ARCHIVES = (".zip", ".7z", ".rar", ".tar", ".tgz", ".gz", ".bz2", ".xz")
_OUTPUTS = ("stream", "display_data", "execute_result", "error")

# Of the fields that nbformat's schema knows: what they must be. Where they are not, Formgrader
# and nbconvert would not open the notebook.
_NOTEBOOK_FIELDS = {"cells", "metadata", "nbformat", "nbformat_minor"}
_CELL_FIELDS = {"cell_type", "id", "metadata", "source"}
_FIELDS_OF = {
    "code": _CELL_FIELDS | {"outputs", "execution_count"},
    "markdown": _CELL_FIELDS | {"attachments"},
    "raw": _CELL_FIELDS | {"attachments"},
}
_CELL_METADATA: Mapping[str, Callable[[Any], bool]] = {
    "collapsed": lambda value: isinstance(value, bool),
    "scrolled": lambda value: isinstance(value, bool) or value == "auto",
    "name": lambda value: isinstance(value, str) and bool(value),
    "format": lambda value: isinstance(value, str),
    "jupyter": lambda value: isinstance(value, dict),
    "execution": lambda value: _texts_only(value),
    "tags": lambda value: (
        isinstance(value, list)
        and all(isinstance(tag, str) and tag and "," not in tag for tag in value)
        and len(set(value)) == len(value)
    ),
}
_NOTEBOOK_METADATA: Mapping[str, Callable[[Any], bool]] = {
    "kernelspec": lambda value: _texts_only(value, "name", "display_name"),
    "language_info": lambda value: _language(value),
    "orig_nbformat": lambda value: isinstance(value, int) and value is not True and value >= 1,
    "title": lambda value: isinstance(value, str),
    "authors": lambda value: isinstance(value, list),
}

ReadError = type[SubmissionError] | type[CourseError]


def read(
    path: Path | str, *, max_bytes: int = MAX_BYTES, error: ReadError = SubmissionError
) -> Notebook:
    """The notebook in a file.

    Links, folders, pipes and files over `max_bytes` are refused. Raises `error` (SubmissionError,
    or CourseError for a notebook of the course) saying what is wrong and what to do.
    """
    return _StrictReader(str(path), error).loads(read_bytes(Path(path), max_bytes, error))


def loads(
    text: str | bytes, *, name: str = "notebook", error: ReadError = SubmissionError
) -> Notebook:
    """The notebook in a text; `name` is what the errors call it."""
    return _StrictReader(name, error).loads(text.encode() if isinstance(text, str) else text)


def dumps(raw: Mapping[str, Any]) -> str:
    """A notebook's text, laid out as Jupyter does it."""
    return json.dumps(raw, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def refuse_linked_folder(folder: Path) -> None:
    """Raise SubmissionError for a submission's folder that is a link to another place."""
    try:
        is_link = folder.is_symlink()
    except PermissionError as failure:
        raise SubmissionError(f"{folder}: {_why_closed(failure, folder)}") from failure
    if is_link:
        raise SubmissionError(
            f"{folder} is a link, which is not followed. Put the submission itself there."
        )


def read_bytes(
    path: Path,
    max_bytes: int = MAX_BYTES,
    error: ReadError = SubmissionError,
    below: Path | None = None,
) -> bytes:
    """The bytes of a regular file that is not too large.

    `below` is the student's folder that it lies in, if it lies in one: no link on the way from
    there is followed, even one that has just been put there.
    """
    try:
        file = opened(path) if below is None else opened_below(below, path.relative_to(below))
    except NoRegularFile as failure:
        raise error(f"{path} is not a regular file. Put the notebook itself there.") from failure
    except OSError as failure:
        raise error(f"{path}: {_why_closed(failure, path)}") from failure
    with file:
        content = file.read(max_bytes + 1)
    if len(content) > max_bytes:
        raise error(
            f"{path} is larger than {max_bytes / 2**20:.0f} MiB (c.Autograder.notebook_mib). Clear "
            "the outputs (Edit > Clear Outputs of All Cells), make pictures in the text smaller or "
            "put them beside the notebook, switch off Settings > Save Widget State Automatically, "
            f"and save{_again(error)}."
        )
    return content


def _why_closed(failure: OSError, path: Path) -> str:
    if failure.errno == errno.ENOENT:
        there = _names_in(path.parent)
        do = "Keep the name of the release."
        if any(name.lower().endswith(_ARCHIVES) for name in there or ()):
            do = "Unpack the archive there, and keep the name of the release."
        return f"there is no such notebook{_beside(there)}. {do}"
    if failure.errno in (errno.ELOOP, errno.EMLINK):
        return "is a link, which is not followed. Put the notebook itself there."
    if failure.errno == errno.ENOTDIR:
        return "is not in a folder. Put the notebook into the assignment's folder."
    if failure.errno in (errno.EACCES, errno.EPERM):
        return "may not be read by this user. Change its permissions (chmod u+r)."
    return f"cannot be opened: {failure.strerror}."


def _names_in(folder: Path) -> list[str] | None:
    """The notebooks in a folder, or else all that is in it; None where it cannot be read."""
    try:
        names = sorted(p.name for p in folder.iterdir() if not p.name.startswith("."))
    except OSError:
        return None
    return [name for name in names if name.endswith(".ipynb")] or names


def _beside(names: list[str] | None) -> str:
    """A clause that says what a folder holds in place of the notebook."""
    if not names:
        return "" if names is None else ": its folder is empty"
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return f", but {', '.join(name[:80] for name in names[:5])}{more}"


def _again(error: ReadError) -> str:
    """A clause for students, who submit again; "" for the author of a course."""
    return ", and submit it again" if error is SubmissionError else ""


class _StrictReader:
    """Checks one notebook, and notes what it tolerates or repairs."""

    def __init__(self, name: str, error: ReadError) -> None:
        self.name = name
        self.error = error
        self.flags: list[str] = []

    def loads(self, content: bytes) -> Notebook:
        raw = self._check_top(self._parse(self._decode(content)))
        self._drop(0, raw, raw.keys() - _NOTEBOOK_FIELDS)
        self._drop(0, raw["metadata"], _unsound(raw["metadata"], _NOTEBOOK_METADATA))
        ids: set[str] = set()
        for number, cell in enumerate(raw["cells"], start=1):
            self._check_cell(number, cell, raw["nbformat_minor"] >= 5, ids)
        return Notebook(raw, tuple(self.flags))

    def _fail(self, what: str, do: str = "Open it in JupyterLab and save it") -> NoReturn:
        raise self.error(f"{self.name}: {what}. {do}{_again(self.error)}.")

    def _decode(self, content: bytes) -> str:
        if content.startswith(b"\xef\xbb\xbf"):
            self.flags.append(Text("the file starts with a byte order mark"))
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            self._fail(f"is not UTF-8 text (byte {error.start})", _ANEW)

    def _parse(self, text: str) -> Any:
        try:
            raw = json.loads(text, parse_constant=_no_number, parse_float=_number)
            if "\\ud" in text or "\\uD" in text:  # halves of characters cannot be written back
                json.dumps(raw, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            self._fail("holds half a character (a lone surrogate)")
        except RecursionError:
            self._fail(_DEEP, _ANEW)
        except ValueError as error:
            what = str(error) if text.strip() else "the file is empty"
            self._fail(f"is not a notebook: invalid JSON ({what})", _ANEW)
        if is_nested_deeper(raw, _DEEPEST):  # whoever copies or writes it would fail
            self._fail(_DEEP, _ANEW)
        return raw

    def _check_top(self, raw: Any) -> dict[str, Any]:
        if not isinstance(raw, dict) or not isinstance(raw.get("nbformat"), int):
            self._fail("is JSON, but not a notebook: there is no 'nbformat'", _ANEW)
        if raw["nbformat"] != 4:
            self._fail(
                f"has nbformat {raw['nbformat']}, only 4 is read",
                "Convert it with `jupyter nbconvert --to notebook --nbformat 4 FILE`, or open "
                "and save it in a current JupyterLab",
            )
        for key, kind in (("nbformat_minor", int), ("metadata", dict), ("cells", list)):
            if not isinstance(raw.get(key), kind) or raw[key] is True:
                self._fail(f"'{key}' is missing or of the wrong type", _ANEW)
        return raw

    def _check_cell(self, number: int, raw: Any, with_ids: bool, ids: set[str]) -> None:
        where = f"cell {number}"
        if not isinstance(raw, dict) or raw.get("cell_type") not in _KINDS:
            self._fail(f"{where} is of no known type (code, markdown, raw)")
        metadata = raw.get("metadata")
        if not isinstance(metadata, dict):
            self._fail(f"{where} has no metadata")
        if raw["cell_type"] == "code":
            self._check_code(where, raw)
        else:
            raw.pop("outputs", None)
            raw.pop("execution_count", None)
        if unknown := raw.keys() - _FIELDS_OF[raw["cell_type"]]:
            self._drop(number, raw, unknown)
        if "attachments" in raw:
            self._drop(number, raw, _unsound(raw, {"attachments": _attached}))
        if not _CELL_METADATA.keys().isdisjoint(metadata):
            self._drop(number, metadata, _unsound(metadata, _CELL_METADATA))
        if with_ids:
            self._repair_id(number, raw, ids)
        else:
            raw.pop("id", None)
        self._join_source(where, raw)

    def _drop(self, number: int, fields: dict[str, Any], names: Iterable[str]) -> None:
        """Leave out invalid fields, and note it; cell 0 is the notebook itself."""
        for name in sorted(names):
            del fields[name]
            words = "cell {number}: {name} was left out"
            if not number:
                words = "the notebook: {name} was left out"
            self.flags.append(Text(words, number=number, name=fit_to_print(name)))

    def _join_source(self, where: str, raw: dict[str, Any]) -> None:
        source = raw.get("source")
        if isinstance(source, list):
            try:
                source = raw["source"] = "".join(source)
            except TypeError:  # one of the lines is no text
                source = None
        if not isinstance(source, str):
            self._fail(f"{where} has no source text")

    def _check_code(self, where: str, raw: dict[str, Any]) -> None:
        outputs = raw.setdefault("outputs", [])
        raw.setdefault("execution_count", None)
        if not isinstance(outputs, list):
            self._fail(f"{where}: 'outputs' is not a list")
        for output in outputs:
            if not isinstance(output, dict) or output.get("output_type") not in _OUTPUTS:
                self._fail(f"{where} has an output of no known type")
        count = raw["execution_count"]
        if isinstance(count, bool) or not isinstance(count, int | None):
            self._fail(f"{where}: 'execution_count' is not a number")

    def _repair_id(self, number: int, raw: dict[str, Any], ids: set[str]) -> None:
        """Give a cell without a usable id of its own a new one, and say so."""
        found = raw.get("id")
        if not isinstance(found, str) or not _CELL_ID.fullmatch(found):
            self.flags.append(Text("cell {number} has no valid id", number=number))
        elif found in ids:
            words = "cell {number} repeats the id {name!r}"
            self.flags.append(Text(words, number=number, name=found))
        else:
            ids.add(found)
            return
        raw["id"] = next(name for name in _fresh_names(number) if name not in ids)
        ids.add(raw["id"])


def _no_number(_: str) -> None:
    """NaN and Infinity, which Python writes and no browser reads."""
    return None


def _number(text: str) -> float | None:
    found = float(text)
    return found if math.isfinite(found) else None


def without_what_is_no_number(value: Any) -> Any:
    """The same data with null for NaN and infinities, as this module reads them."""
    if isinstance(value, dict):
        return {name: without_what_is_no_number(item) for name, item in value.items()}
    if isinstance(value, list):
        return [without_what_is_no_number(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def is_nested_deeper(value: Any, most: int) -> bool:
    """Whether lists and dictionaries lie more than so many inside each other."""
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(most):
        level = [
            item
            for container in level
            for item in (container.values() if type(container) is dict else container)
            if type(item) is dict or type(item) is list
        ]
        if not level:
            return False
    return True


def _fresh_names(number: int) -> Iterator[str]:
    yield f"cell-{number}"
    for attempt in range(2, 1_000_000):
        yield f"cell-{number}-{attempt}"


def _unsound(fields: Mapping[str, Any], rules: Mapping[str, Callable[[Any], bool]]) -> set[str]:
    """Names of known fields that hold another type than they must."""
    return {name for name, sound in rules.items() if name in fields and not sound(fields[name])}


def _texts_only(value: Any, *needed: str) -> bool:
    if not isinstance(value, dict) or not value.keys() >= set(needed):
        return False
    return all(isinstance(value[name], str) for name in needed or value)


def _language(value: Any) -> bool:
    if not isinstance(value, dict) or not isinstance(value.get("name"), str):
        return False
    texts = [v for k, v in value.items() if k in ("file_extension", "mimetype", "pygments_lexer")]
    mode = value.get("codemirror_mode", "")
    return all(isinstance(text, str) for text in texts) and isinstance(mode, str | dict)


def _attached(value: Any) -> bool:
    """Whether attachments are bundles of text by mime type."""
    return isinstance(value, dict) and all(
        isinstance(bundle, dict) and all(map(_is_text, bundle.values()))
        for bundle in value.values()
    )


def _is_text(value: Any) -> bool:
    lines = isinstance(value, list) and all(isinstance(line, str) for line in value)
    return lines or isinstance(value, str)


def fit_to_print(name: str) -> str:
    """A name that a student chose, cut short and without special characters."""
    return repr(re.sub(r"[^a-zA-Z0-9_. -]", "?", name)[:40])
