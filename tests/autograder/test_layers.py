"""The package's shape: imports go down one list; what shares a process with students is small."""

import ast
import re
import subprocess
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from source_trees import nodes_of

import autograder

PACKAGE = Path(autograder.__file__).parent

# Every folder, and every file in it, may import those above it and none below.
ROOMS = {
    "model": (),
    "environment": (),
    "processors": (),
    "handout": (
        "words", "arrays", "places", "differences", "chinese", "reasons", "public_check",
        "course_style", "copies",
    ),
    "sandbox": (
        "limits", "wire_format", "wire", "replacing", "driving", "listed", "raised", "named",
        "frames", "series", "results", "received_outputs", "reaping", "cpu_clock",
        "memory_allowance", "roots", "scratch", "launching", "waits", "channel", "replies",
        "nursery", "processes", "requests", "confined_process", "conversation", "session", "box",
        "inside", "questions", "warm", "doctor",
    ),
    "course": ("folders",),
    "language": ("catalogue", "translation", "refusals", "what_changed", "ready_made"),
    "templates": (),
    "notebook": (
        "cells", "opening", "reading", "flags", "restoring", "svg", "addresses", "attributes",
        "files_beside", "safe_outputs", "writing", "headings",
    ),
    "graders": (
        "marked", "never_run", "compare", "cell_exceptions", "cell_calls", "steps", "handles",
        "cell_asserts", "documented_cases", "global_names", "misconceptions", "samples",
    ),
    "judge": (
        "calls", "stops", "vocabulary", "known_words", "closing", "message_gate", "drivers",
        "checks", "solution_cells", "hint_matching", "exception_kinds", "exceptions", "fixtures",
        "collected", "rehearsal", "hinting", "judge",
    ),
    "repair": (
        "cell_text", "helpers", "places", "edit_operators", "products", "slices", "shapes",
        "rewrites", "own_pieces", "arguments", "exchanges", "factors", "statements", "nesting",
        "handing_on", "alike", "holding", "candidates", "bypassing", "leaving_out", "at_the_source",
        "at_sight", "unknown_names", "evident", "sentences", "traces", "profiles", "versions",
        "watching", "layouts", "right_versions", "watched_roots", "progress", "inputs",
        "localizing", "nearness", "own_calls", "trying", "ways", "influences", "lost_axes",
        "pairing", "needed", "going_round", "mending", "weighing", "searching", "exchanged",
        "meant", "chains", "rivals", "choosing", "disproved", "partly", "mended_parts",
        "mended_steps", "searched", "known_searches", "search_budget", "shown_by_calls",
        "shown_by_layers", "shown_by_shapes", "draws", "handed_over", "facts", "explained",
        "put_beside", "behind_exceptions", "hints",
    ),
    "testcells": ("released", "program", "outside", "untried", "plan", "needs"),
    "grading": (
        "hand_outs", "fingerprint", "own_files", "made_files", "replay", "time_limits",
        "inner_imports", "own_text", "own_helpers", "own_lines", "running_cells", "own_answers",
        "running", "released_functions", "once", "only_hints", "plan_files", "shown_errors",
        "waiting", "ordinary_cells", "grader", "lesson_trial", "warm", "nbgrader_scored",
        "notebooks_trial", "planning",
    ),
    "gradebook": (
        "files", "disk_errors", "late_penalty", "rows", "shared", "sources", "cards", "released",
        "scores", "report_store", "staging", "recorder", "recording_preview", "points",
    ),
    "batch": (
        "worker_life", "workers", "other_notebooks", "order", "submission_digests", "pool", "dask",
        "alone", "run", "recording",
    ),
    "pytest_plugin": ("standalone", "plugin"),
    "authoring": (
        "missing_chinese", "config", "regions", "stub", "generate", "projection", "release",
        "problems", "release_reasons", "handing_out", "release_plans", "build", "skeleton",
    ),
    "report": (
        "statistics", "decisions", "course_wide", "figures", "lesson_figures", "csv_tables",
        "report_page",
    ),
    "nbgrader_plugins": (
        "headers", "configuring", "collecting", "collected_names", "releasing", "run_state",
        "unfinished", "graded_notebooks", "misread_times", "class_warnings", "said_once",
        "beginning", "exporting", "exports", "executing", "sanitizing", "saving", "other_notebooks",
        "init_course", "course_at_a_glance",
    ),
    "feedback": ("grades", "formulas", "markdown", "feedback_page", "exporting", "generating"),
    "watch": (
        "rules", "lock", "ledger", "rationing", "arrivals", "overtaken", "exchange", "pools",
        "grading", "responding", "notes", "best", "waiting", "passed_over", "assignment", "watcher",
        "public_checks",
    ),
    "similar": ("comparing", "similar_page"),
    "verify": (
        "bench", "leaks", "mutation_operators", "field_operators", "mixed_up", "mutants",
        "variants", "knows_nothing", "workers", "equivalent", "questions", "answers", "told",
        "proof", "judgement", "proof_page", "terminal", "prove", "test_cells", "drafting",
    ),
    "adopt": ("survey", "cell_to_check", "adopted", "trying", "adopting"),
    "cli": (
        "help", "columns", "unread_settings", "base", "progress", "graded_class", "out_of_date",
        "plan", "adopt", "build", "check", "demo", "doctor", "draft", "feedback", "grade", "hints",
        "init", "new", "record", "report", "similar", "verify", "watch", "application",
    ),
}  # fmt: skip
ORDER = [
    name
    for room, files in ROOMS.items()
    for name in [*(f"{room}.{file}" for file in files), room]  # a folder's __init__ comes last
]
# In a student's process; only where test cells are judged outside; before any student's code runs.
INSIDE = (
    "kernel", "file_access", "system_calls", "semaphores", "interruption", "stubs", "changes",
    "own_helpers", "cell_codes", "cell_outputs", "confinement", "tracebacks", "shell",
    "handed_in", "conversation", "session", "start_folder", "child",
)  # fmt: skip
WARM = ("root", "self_check", "ready", "child_maker", "start")
QUESTIONS = (
    "specials", "arrays", "process_state", "pandas_data", "torch_data", "kinds", "instances",
    "sharing", "errors", "answering", "stand_ins", "news", "asking", "serving",
)  # fmt: skip
FLAT = 6  # files beside the folders, at most: the package's own two among them
LAZY = "sandbox"  # its __init__ names what is inside it and imports nothing before it is asked


def name_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    if parts[0] == "sandbox" and parts[1] in ("inside", "questions", "warm"):
        return ".".join(parts[:2])
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def modules() -> dict[Path, str]:
    found = [p for p in PACKAGE.rglob("*.py") if "skeleton" not in p.relative_to(PACKAGE).parts]
    return {p: name_of(p) for p in found if p.parent != PACKAGE or not p.name.startswith("__")}


def imports(path: Path):
    for node in nodes_of(path):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("autograder."):
            base = node.module.removeprefix("autograder.")
            names = [f"{base}.{a.name}" for a in node.names]
            yield from (name if name in ORDER else base for name in names)
        elif isinstance(node, ast.ImportFrom) and node.module == "autograder":
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.Import):
            names = (alias.name for alias in node.names)
            yield from (n.removeprefix("autograder.") for n in names if n.startswith("autograder."))


def test_every_module_has_its_place():
    found = set(modules().values())
    assert found == {name for name in ORDER if name in found}, sorted(found - set(ORDER))
    assert set(ORDER) == found, f"no such module: {sorted(set(ORDER) - found)}"
    assert len([p for p in PACKAGE.glob("*.py")]) <= FLAT


def test_imports_go_down_one_list():
    places = {name: place for place, name in enumerate(ORDER)}
    wrong = [
        f"{own} imports {name}"
        for path, own in modules().items()
        for name in imports(path)
        if own != "sandbox.inside" and name in places and name != own
        if places[name] > places[own]
    ]
    assert not wrong, "\n".join(wrong)


def test_a_folder_that_names_its_contents_lazily_imports_nothing():
    tree = ast.parse((PACKAGE / LAZY / "__init__.py").read_text())
    imported = [n.module for n in tree.body if isinstance(n, ast.ImportFrom)]
    assert imported == ["__future__", "importlib", "typing"]


@pytest.mark.parametrize(
    ("room", "files", "others"),
    [
        ("inside", INSIDE, ()),
        ("questions", QUESTIONS, ("sandbox.inside",)),
        ("warm", WARM, ("sandbox.inside",)),
    ],
)
def test_the_inside_of_the_wall_imports_the_wire_and_itself_only(room, files, others):
    folder = PACKAGE / "sandbox" / room
    places = {name: place for place, name in enumerate(files)}
    assert {p.stem for p in folder.glob("*.py")} - {"__init__", "__main__"} == set(files)
    lent = [
        "wire", "wire_format", "replacing", "driving", "listed", "raised", "named", "frames",
        "series", "reaping",
    ]  # fmt: skip
    known = {f"sandbox.{name}" for name in lent}
    for path in folder.glob("*.py"):
        own = {n for n in imports(path) if not n.startswith((f"sandbox.{room}", *others))}
        assert own <= known, path
        for name in re.findall(rf"autograder\.sandbox\.{room}\.(\w+)", path.read_text()):
            if path.stem in places and name in places and name != path.stem:
                assert places[name] < places[path.stem], f"{path.stem} imports {name}"


def test_the_package_itself_imports_nothing():
    tree = ast.parse((PACKAGE / "__init__.py").read_text())
    assert not [n for n in ast.walk(tree) if isinstance(n, ast.Import | ast.ImportFrom)]


def test_the_guide_to_the_inside_shows_the_same_rooms_in_the_same_order():
    text = (PACKAGE.parent / "docs" / "internals.md").read_text()
    table = text.partition("## The house")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == list(ROOMS)


@cache
def definitions():
    """Every class and function of the package, with the file that it stands in."""
    return [
        (node, f"{path.relative_to(PACKAGE)}: {node.name}")
        for path in modules()
        for node in nodes_of(path)
        if isinstance(node, ast.ClassDef | ast.FunctionDef)
    ]


ROOT = PACKAGE.parent
# An assignment's graders and known mistakes are read entry by entry, not from top to bottom: each
# entry is bounded, and there are as many as there are checks and mistakes.
LISTS = ("misconceptions.py", "test_*.py")


def python_files():
    """All Python that people write: the package, tests, benchmarks, helpers of the lessons."""
    copies = {"public_check.py", "course_style.py"}  # made by `autograder build`
    for folder in ("autograder", "benchmarks", "tests", "source"):
        for path in (ROOT / folder).rglob("*.py"):
            if folder != "source" or path.name not in copies:
                yield path


def is_a_list(path: Path) -> bool:
    is_lesson = (ROOT / "source" / path.parent.name).is_dir()
    of_a_lesson = is_lesson and path.parent.parent == ROOT / "tests"
    return of_a_lesson and any(path.match(pattern) for pattern in LISTS)


@pytest.mark.slow
def test_what_is_long_has_been_parted():
    most = {ast.ClassDef: 150, ast.FunctionDef: 40}
    long = []
    for path in python_files():
        text, where = path.read_text(encoding="utf-8"), str(path.relative_to(ROOT))
        lines = len(text.splitlines())
        if lines > 400 and not is_a_list(path):
            long.append(f"{where}: {lines} lines")
        long += [
            f"{where}: {node.name}"
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.ClassDef | ast.FunctionDef)
            if node.end_lineno - node.lineno + 1 > most[type(node)]
        ]
    assert long == []


def test_the_framework_knows_no_lesson_of_this_repository():
    """Their names stand in the examples that --help shows, and nowhere else."""
    lessons = [path.stem for path in ROOT.glob("source/*/*.ipynb")]
    known = re.compile(rf"\b({'|'.join(lessons)})\b")
    found = []
    for path in PACKAGE.rglob("*"):
        if path.suffix not in (".py", ".j2", ".css", ".template", ".ipynb"):
            continue
        text = path.read_text(encoding="utf-8")
        if path.parent.name == "cli":
            text = re.sub(r'(?s)examples = """.*?"""', "", text)
        found += [f"{path.relative_to(PACKAGE)}: {match[0]}" for match in known.finditer(text)]
    assert len(lessons) == 6 and found == []


def test_the_framework_installs_and_imports_without_what_the_lessons_need():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert [name for name in project["dependencies"] if "scikit" in name] == []
    assert any("scikit" in name for name in project["optional-dependencies"]["course"])
    importing = [
        str(path)
        for path in modules()
        for node in nodes_of(path)
        if isinstance(node, ast.Import | ast.ImportFrom) and "sklearn" in ast.unparse(node)
    ]
    assert importing == []


def test_copies_that_build_makes_are_tracked_in_the_release_only():
    done = subprocess.run(
        ["git", "ls-files", "source", "release"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        pytest.skip("no clone")
    made = ("public_check.py", "course_style.py", "public_reasons.json")
    tracked = [path for path in done.stdout.split() if path.endswith(made)]
    assert Counter(path.partition("/")[0] for path in tracked) == {"release": 18}


BESIDE_THE_ROOMS = {"attacks", "browser", "docs"}  # across all rooms; what DESIGN.md names


def test_tests_mirror_the_package():
    """Every room has its tests, and what is named after a file stands in the room of the file."""
    folder = PACKAGE.parent / "tests" / "autograder"
    rooms = {p.name for p in PACKAGE.iterdir() if (p / "__init__.py").is_file()}
    tests = [p for p in folder.rglob("test_*.py") if p.parent.name not in BESIDE_THE_ROOMS]
    assert {
        p.name for p in folder.iterdir() if any(p.glob("test_*.py"))
    } - BESIDE_THE_ROOMS == rooms
    homes: dict[str, set[str]] = {}
    for path, name in modules().items():
        homes.setdefault(path.stem, set()).add(name.split(".")[0])
    strangers = [
        str(p.relative_to(folder))
        for p in tests
        if (home := homes.get(p.stem.removeprefix("test_")))
        and p.parent.name not in home
        and p.parent != folder
    ]
    assert strangers == []


def test_no_two_classes_that_others_use_share_a_name():
    found = [(n.name, where) for n, where in definitions() if isinstance(n, ast.ClassDef)]
    used = Counter(name for name, _ in found)
    assert [where for name, where in found if name[0] != "_" and used[name] > 1] == []


def test_no_two_types_share_a_name_unless_they_are_one():
    """Classes, private ones among them, and names of types: one word, one thing."""
    meanings: dict[str, set[str]] = {}
    for path in modules():
        for node in nodes_of(path)[0].body:
            if isinstance(node, ast.ClassDef):
                meanings.setdefault(node.name.lstrip("_"), set()).add(f"{path.name}, {node.name}")
            elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                name = node.targets[0].id.lstrip("_")
                if name[:1].isupper() and not name.isupper():
                    meanings.setdefault(name, set()).add(ast.unparse(node.value))
    assert {name: found for name, found in meanings.items() if len(found) > 1} == {}


# Functions within functions. A decorator and a context manager make one; what is looked up by a
# name that only the caller knows has to be made where the name is known, and so has a function
# that student code is to hold (its own name, no attribute of ours).
NESTED = {
    "graders/misconceptions.py: misconception", "graders/misconceptions.py: alternative",
    "feedback/markdown.py: at_most", "verify/bench.py: within_lines",
    "graders/handles.py: _special", "judge/checks.py: __getattr__",
    "sandbox/inside/conversation.py: proxy", "sandbox/questions/answering.py: _adopt",
    "sandbox/questions/process_state.py: _counted", "sandbox/questions/stand_ins.py: _function",
    "sandbox/questions/stand_ins.py: _special",
    "sandbox/questions/stand_ins.py: _methods_of_a_class",
    "handout/course_style.py: play",  # ipywidgets calls it; the file stands alone at a student's
}  # fmt: skip


def test_functions_stand_in_files_and_classes_and_not_in_functions():
    found = {
        where
        for node, where in definitions()
        if isinstance(node, ast.FunctionDef)
        if any(isinstance(n, ast.FunctionDef) for n in ast.walk(node) if n is not node)
        if not any(isinstance(n, ast.ClassDef) for n in ast.walk(node))
    }
    assert found == NESTED


# What a worker process holds from its start to its end, set by its initializer and by no other.
OF_A_PROCESS = {"batch/pool.py: _nursery", "verify/workers.py: _serving"}


def test_only_the_state_of_a_worker_process_is_global_and_set_by_functions():
    found = {
        f"{path.relative_to(PACKAGE)}: {name}"
        for path in modules()
        for node in nodes_of(path)
        if isinstance(node, ast.Global)
        for name in node.names
    }
    assert found == OF_A_PROCESS
