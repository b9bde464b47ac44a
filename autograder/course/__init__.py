"""A course directory: where everything lies, by nbgrader's own settings and by convention."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from collections.abc import Iterator
from contextlib import chdir, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

from traitlets import Bool, Enum, Float, Int, List, Unicode
from traitlets.config import Config, Configurable
from traitlets.config.loader import ConfigFileNotFound, LazyConfigValue, PyFileConfigLoader

from autograder.course.folders import Places
from autograder.model import CourseError
from autograder.sandbox import Limits

CONFIG_FILE = "nbgrader_config.py"
HIDDEN_DELIMITERS = ("BEGIN HIDDEN TESTS", "END HIDDEN TESTS")  # nbgrader's own
IGNORED = (".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback")  # nbgrader's default


class Autograder(Configurable):
    """What an instructor may set in ``nbgrader_config.py`` as ``c.Autograder.<name>``."""

    seed = Unicode(
        "change me each term",
        help="Secret text from which the inputs of fresh checks are drawn: every student gets the "
        "same inputs, and other ones once it changes.",
    ).tag(config=True)
    fresh = Enum(
        ["course", "submission"],
        "course",
        help="Who gets the same inputs of fresh checks. course: all students; submission: only "
        "submissions of the same content. The default is course, and submission in a course "
        "that `autograder watch` has watched.",
    ).tag(config=True)
    language = Enum(
        ["en", "zh"],
        "en",
        help="Language of all texts that grading makes: titles, messages, hints, flags, feedback "
        "pages, the class report.",
    ).tag(config=True)
    contact = Unicode(
        "",
        help="Mail address that feedback pages offer to students whom a hint misled.",
    ).tag(config=True)
    sandbox = Enum(
        ["auto", "A", "B", "weak"],
        "auto",
        help="Tier of the sandbox: auto takes B where this machine supports it, else A; weak has "
        "to be set and is flagged in every report.",
    ).tag(config=True)
    preload = List(
        Unicode(),
        help="Modules imported once in the warm process, beside those that the assignment's own "
        "notebook and helper modules import.",
    ).tag(config=True)
    cell_seconds = Float(10.0, help="Limit for one notebook cell, in seconds.").tag(config=True)
    call_seconds = Float(
        0.2,
        help="Limit for one call of a student's function or one public check, in seconds of "
        "processor time; where the reference takes long, a hundred times as long as that.",
    ).tag(config=True)
    submission_seconds = Float(
        60.0, help="Limit for all cells and calls of one notebook, in seconds."
    ).tag(config=True)
    repair_seconds = Float(
        0.5,
        help="Seconds, roughly, for the search for the slip in a wrong function that no known "
        "misconception explains. 0 turns the search off; at 2 or more, two slips in one function "
        "are searched for too.",
    ).tag(config=True)
    memory_mib = Int(1024, help="Memory that student code may take, in MiB.").tag(config=True)
    output_kib = Int(1024, help="Output kept of one cell, in KiB.").tag(config=True)
    scratch_mib = Int(64, help="Disk that student code may fill, in MiB.").tag(config=True)
    scratch_files = Int(256, help="Number of files that student code may make.").tag(config=True)
    file_mib = Int(32, help="Size of one file that student code may write, in MiB.").tag(
        config=True
    )
    notebook_mib = Int(
        32, help="Size of one notebook as it is handed in, outputs and pictures with it, in MiB."
    ).tag(config=True)
    handed_in_mib = Int(
        32,
        help="Size of all files that a student hands in beside the notebooks and that are not "
        "handed out, in MiB.",
    ).tag(config=True)
    handed_in_files = Int(
        100, help="Number of files beside the notebooks that are handed in and not handed out."
    ).tag(config=True)
    made_mib = Int(
        16,
        help="Size of all files that are kept of what the cells of a notebook without hidden "
        "graders write, in MiB.",
    ).tag(config=True)
    test_cells = Enum(
        ["outside", "inside"],
        "outside",
        help="Where test cells without hidden graders run. outside: in a process of the judge, "
        "where a trial on the author's notebook shows that they can; inside: all of them in the "
        "student's process, where student code can read and forge them.",
    ).tag(config=True)
    unsound_tests = Enum(
        ["manual", "automatic"],
        "manual",
        help="What becomes of the points that a test cell takes which the author's own solution "
        "does not pass either. manual: they wait to be graded by hand; automatic: they are lost, "
        "by nbgrader's own rule.",
    ).tag(config=True)
    workers = Int(0, help="Processes that grade; 0 means one more than there are cores.").tag(
        config=True
    )
    resume = Bool(True, help="Reuse reports whose submission, graders, solution, limits and "
                  "package have not changed.").tag(config=True)  # fmt: skip

    def limits(self) -> Limits:
        """The sandbox's limits in its own units (bytes, seconds).

        Disk and files are raised where needed, so that whatever may be handed in fits.
        """
        return Limits(
            cell_seconds=self.cell_seconds,
            call_seconds=self.call_seconds,
            memory_bytes=self.memory_mib << 20,
            output_bytes=self.output_kib << 10,
            file_bytes=max(self.file_mib, self.handed_in_mib) << 20,
            scratch_bytes=max(self.scratch_mib, 2 * self.handed_in_mib) << 20,
            scratch_files=max(self.scratch_files, 2 * self.handed_in_files),
            reply_bytes=max(Limits.reply_bytes, 2 * self.made_mib << 20),
            notebook_bytes=self.notebook_mib << 20,
            handed_in_bytes=self.handed_in_mib << 20,
            handed_in_files=self.handed_in_files,
            made_bytes=self.made_mib << 20,
        )


@dataclass(frozen=True)
class Course(Places):
    """The folders and settings of one course; plain data, cheap to send to a worker."""

    ignored: tuple[str, ...] = IGNORED  # names of files and folders that are not handed out
    seed: str = Autograder.seed.default_value
    fresh: str = Autograder.fresh.default_value
    language: str = Autograder.language.default_value
    tier: str = Autograder.sandbox.default_value
    preload: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)
    submission_seconds: float = Autograder.submission_seconds.default_value
    repair_seconds: float = Autograder.repair_seconds.default_value
    test_cells: str = Autograder.test_cells.default_value
    unsound_tests: str = Autograder.unsound_tests.default_value
    hidden_delimiters: tuple[str, str] = HIDDEN_DELIMITERS  # each in a line of its own
    workers: int = Autograder.workers.default_value
    resume: bool = Autograder.resume.default_value

    @classmethod
    def load(cls, root: Path | str = ".") -> Course:
        """The course in a folder, with the settings of its ``nbgrader_config.py``.

        Raises CourseError when the folder is no course.
        """
        root = Path(root).resolve()
        if not (root / CONFIG_FILE).is_file():
            raise CourseError(
                f"{root} is not a course directory: it has no {CONFIG_FILE}. "
                "Change to the course's folder, or make one with `autograder init`."
            )
        loader = PyFileConfigLoader(CONFIG_FILE, path=str(root))
        try:
            with importable(root):
                return cls.from_config(loader.load_config(), root)
        except ConfigFileNotFound as error:  # pragma: no cover - checked above
            raise CourseError(str(error)) from error

    @classmethod
    def from_config(cls, config: Config, root: Path | None = None) -> Course:
        """The course that a loaded nbgrader configuration describes."""
        settings = Autograder(config=config)
        directory = config.CourseDirectory
        named = {
            name: directory[name]
            for name in (
                "directory_structure", "source_directory", "release_directory",
                "submitted_directory", "autograded_directory", "feedback_directory",
            )
            if name in directory
        }  # fmt: skip
        limits = settings.limits()
        chosen = root or Path(directory.root if "root" in directory else ".")
        return cls(
            root=Path(chosen).resolve(),
            ignored=_ignored(directory),
            seed=settings.seed,
            fresh=_fresh(config, settings, chosen),
            language=settings.language,
            tier=settings.sandbox,
            preload=tuple(settings.preload),
            limits=limits,
            submission_seconds=settings.submission_seconds,
            repair_seconds=settings.repair_seconds,
            test_cells=settings.test_cells,
            unsound_tests=settings.unsound_tests,
            hidden_delimiters=hidden_delimiters(config),
            workers=settings.workers,
            resume=settings.resume,
            **named,
        )

    def seed_of(self, submission: str) -> str:
        """The seed of a submission's fresh checks; `submission` is the text of the notebook.

        Submissions of the same text get the same inputs in both settings of `fresh`.
        """
        if self.fresh == "course":
            return self.seed
        return f"{self.seed}\0{hashlib.sha256(submission.encode('utf-8', 'replace')).hexdigest()}"

    def has_graders(self, assignment: str) -> bool:
        """Whether hidden graders exist; without them nbgrader's own scoring applies."""
        return any(self.tests(assignment).glob("test_*.py"))

    def assignments(self) -> tuple[str, ...]:
        """Names of the assignments under the source folder, sorted."""
        found = self.root.glob(str(self.source("*").relative_to(self.root)))
        names = {part for path in found for part in path.relative_to(self.root).parts}
        return tuple(sorted(name for name in names if self.source_notebook(name).is_file()))

    def secrets(self) -> tuple[Path, ...]:
        """Folders and files of the course that student code must never be able to read."""
        steps = (
            self.source_directory, self.submitted_directory, self.autograded_directory,
            self.feedback_directory,
        )  # fmt: skip
        names = ("solutions", "tests", ".autograder", "gradebook.db", CONFIG_FILE)
        return (*map(self.step, steps), *(self.root / name for name in names))

    def require(self, assignment: str) -> None:
        """Raise CourseError unless the assignment's source notebook is there."""
        if assignment not in self.assignments():
            if assignment and self.source(assignment).is_dir():
                raise CourseError(
                    f"{assignment} is nbgrader's own: {self.source_notebook(assignment)} does not "
                    f"exist. Use nbgrader's commands, as in `nbgrader autograde {assignment}`; "
                    "they run it behind the wall"
                )
            known = ", ".join(self.assignments()) or "none"
            raise CourseError(
                f"unknown assignment {assignment!r}: "
                f"{self.source_notebook(assignment)} does not exist (there are: {known})"
            )


def hidden_delimiters(config: Config) -> tuple[str, str]:
    """The texts in the lines before and after hidden tests, nbgrader's own or a course's choice."""
    begin, end = "begin_test_delimeter", "end_test_delimeter"  # nbgrader's spelling
    chosen = {begin: HIDDEN_DELIMITERS[0], end: HIDDEN_DELIMITERS[1], **config.ClearHiddenTests}
    return str(chosen[begin]), str(chosen[end])


def _fresh(config: Config, settings: Autograder, root: Path | str) -> str:
    """The setting `fresh`; where it is not set, "submission" for a course that is watched.

    Immediate feedback on one hand-in then tells nothing about the inputs of the next.
    """
    is_watched = "Watch" in config or Path(root, ".autograder", "watch").is_dir()
    is_chosen = "fresh" in config.Autograder
    return "submission" if is_watched and not is_chosen else settings.fresh


def _ignored(directory: Config) -> tuple[str, ...]:
    """What nbgrader's `ignore` says, be it set as a whole or by ``.append``."""
    chosen = directory.get("ignore", IGNORED)
    return tuple(chosen.get_value([*IGNORED]) if isinstance(chosen, LazyConfigValue) else chosen)


@contextmanager
def importable(*folders: Path) -> Iterator[None]:
    """Put folders first on the import path for a while."""
    added = [str(folder) for folder in folders]
    sys.path[:0] = added
    try:
        yield
    finally:
        for folder in added:
            sys.path.remove(folder)


def forget_compiled(*folders: Path) -> None:
    """Remove what Python and pytest have compiled of the author's files, in and beside folders.

    Both take a compiled file for fresh when the second of its last change and its size are those
    of the source: a solution mended within a second would go on grading as it was.
    """
    for folder in folders:
        beside = folder.parent.glob("__pycache__/*.pyc")  # what several assignments share
        for compiled in (*folder.glob("**/__pycache__/*.pyc"), *beside):
            with suppress(OSError):  # in a folder of another owner nothing of ours was written
                compiled.unlink()


def load_module(path: Path, name: str, *folders: Path) -> ModuleType:
    """Import one file under a name of our choice.

    Raises CourseError when the file is missing or does not import.
    """
    if not path.is_file():
        raise CourseError(f"{path} does not exist. Run `autograder build` to make what is missing.")
    forget_compiled(path.parent, *folders)
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        with importable(*folders):
            spec.loader.exec_module(module)
    except Exception as error:
        sys.modules.pop(name, None)
        raise CourseError(f"{path} does not import: {type(error).__name__}: {error}") from error
    return module


def load_solution(course: Course, assignment: str) -> ModuleType:
    """The reference solution; raises CourseError when it is missing or broken.

    As a notebook does, it starts in the lesson's folder: its cells may open files there.
    """
    with chdir(course.source(assignment)):
        return load_module(
            course.solution(assignment),
            f"_autograder_solution_{assignment}",
            course.source(assignment),
            course.release(assignment),  # the helpers that `autograder build` copies
        )
