"""The package's shape: imports go one way, and what shares a process with students is small."""

import ast
from pathlib import Path

import autograder

PACKAGE = Path(autograder.__file__).parent

LAYERS = [
    {"model", "words"},
    {"wire", "public_check", "course_style"},
    {"sandbox"},
    {"notebook", "sanitize"},
    {"headings"},
    {"compare", "course"},
    {"documented", "opencall", "voice"},
    {"diagnose"},
    {"checks", "plugin"},
    {"live", "graders", "samples", "fingerprint"},
    {"rehearsal"},
    {"judge"},
    {"kept", "grading"},
    {"plain", "pool", "authoring"},
    {"record", "cluster"},
    {"feedback", "preprocessors", "report", "classrun"},
    {"exports"},
    {"verify", "demo", "similar", "joining"},
    {"cli"},
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
LATE = {("plugin", "plain"), ("plugin", "checks")}  # inside a function, on first use


def module_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path):
    for node in ast.walk(ast.parse(path.read_text())):
        if (
            isinstance(node, ast.ImportFrom)
            and node.module
            and node.module.startswith("autograder.")
        ):
            yield node.module.split(".")[1]
        elif isinstance(node, ast.ImportFrom) and node.module == "autograder":
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.startswith("autograder."):
                    yield alias.name.split(".")[1]


def test_every_module_has_its_place():
    found = {module_of(path) for path in PACKAGE.rglob("*.py")}
    found -= {"__init__", "__main__", "skeleton", "templates", "locale"}
    assert found <= LEVEL.keys(), f"say where they belong: {sorted(found - LEVEL.keys())}"


def test_imports_go_one_way():
    wrong = [
        f"{path.relative_to(PACKAGE)} imports {name}"
        for path in PACKAGE.rglob("*.py")
        if (own := module_of(path)) in LEVEL
        for name in imports(path)
        if name in LEVEL and name != own and LEVEL[name] > LEVEL[own] and (own, name) not in LATE
    ]
    assert not wrong, "\n".join(wrong)


def test_the_inside_of_the_wall_imports_the_wire_and_itself_only():
    inside = PACKAGE / "sandbox" / "inside"
    known = {"wire", "sandbox"}
    wrong = [
        f"{path.name} imports {name}"
        for path in inside.rglob("*.py")
        for name in imports(path)
        if name not in known
    ]
    assert not wrong, "\n".join(wrong)


def test_the_package_itself_imports_nothing():
    tree = ast.parse((PACKAGE / "__init__.py").read_text())
    assert not [n for n in ast.walk(tree) if isinstance(n, ast.Import | ast.ImportFrom)]
