"""Which attacks get through when one layer of the wall is switched off: prints a table.

    python tests/autograder/attacks/layer_table.py [A|B|weak ...]

Takes some minutes. Attacks on files, processes and resources only: what the other families try
is stopped by the wire and the judge, which have no switch. For `weak`, all families where there is
neither Landlock nor a filter of system calls. The machine must be one of your own:
with a layer off, some attacks do what they say (in a folder of this script's, and to files named
planted-by-an-attack).
"""

from __future__ import annotations

import importlib.util
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

sys.path.append(str(Path(__file__).parent))

from attacking import Arena, Attack, families, load

from autograder.authoring.build import build
from autograder.course import Course
from autograder.sandbox import SandboxError

LAYERS = ("none", "descriptors", "limits", "capabilities", "landlock", "seccomp")
FAMILIES = ("leaving_early", "looking_for_answers", "eating", "staying", "reaching_out")
LITTER = ("/dev/shm", "/var/tmp", "/root", "/tmp")


def tiny_course(root: Path) -> Course:
    """The tiny course of the package's tests, built."""
    path = Path(__file__).parents[1] / "conftest.py"
    spec = importlib.util.spec_from_file_location("tiny_conftest", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.write_tiny_course(root)
    build(root)
    return Course.load(root)


def through(arena: Arena, attack: Attack) -> str:
    """What an attack got, or nothing."""
    try:
        return arena.held(attack) or arena.next_is_right()
    except SandboxError as error:
        return f"the grader broke: {str(error)[:60]}"
    finally:
        for folder in LITTER:
            path = Path(folder, "planted-by-an-attack")
            with suppress(OSError):
                path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()


def row(tier: str, *without: str, of: tuple[str, ...] = FAMILIES) -> tuple[int, list[str]]:
    """How many attacks of some families were tried, and those that got through."""
    slow = "T" if of is FAMILIES else "TK"  # and no search of the whole disk
    tried = [a for name in of for a in load(name) if not (a.slow and a.outcome in slow)]
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        arena = Arena(tiny_course(Path(folder, "course")), tier, without)
        try:
            found = [(attack, through(arena, attack)) for attack in tried]
        finally:
            arena.close()
    for attack, what in found:
        if what:
            left_out = ", ".join(without)
            print(f"    {tier} without {left_out}: {attack.name}: {what}", file=sys.stderr)
    return len(tried), [attack.name for attack, what in found if what]


def main() -> None:
    print("| tier | without (weak: family) | tried | got through | which |")
    print("|---|---|---|---|---|")
    for tier in sys.argv[1:] or ("A", "B"):
        for what in families() if tier == "weak" else LAYERS:
            if tier == "weak":
                tried, names = row("A", "landlock", "seccomp", of=(what,))
            else:
                tried, names = row(tier, *([what] if what != "none" else []))
            listed = "; ".join(names) or "none"
            print(f"| {tier} | {what} | {tried} | {len(names)} | {listed} |", flush=True)


if __name__ == "__main__":
    main()
