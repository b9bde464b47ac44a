"""Record a class onto a disk that fills up, make space, and record again.

``unshare --mount python small_disk.py COURSE RESULTS PLACE`` mounts 8 MiB at a place of the
course, fills all but a little of it, and prints what the run said and what it left.
"""

import json
import os
import pickle
import subprocess
import sys
from pathlib import Path

import kill_anywhere
from kill_anywhere import GRADES, ask, files, kept, record

from autograder.model import CourseError

LEFT = {"autograded": 24, ".autograder": 4, "database": 0}  # KiB


def fill(ballast, place, left):
    """Take all the space of a disk but `left` KiB."""
    free = os.statvfs(place)
    with ballast.open("wb") as file:
        file.write(bytes(free.f_bavail * free.f_frsize - 1024 * left))


def main():
    course, results, name = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    prepared = pickle.loads(results.read_bytes())
    place = course / name
    before = {p.relative_to(place): p.read_bytes() for p in place.rglob("*") if p.is_file()}
    place.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "none", place], check=True)
    for path, content in before.items():
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).write_bytes(content)
    fill(place / "ballast", place, LEFT[name])
    said = ""
    try:
        record(course, prepared)
    except CourseError as error:
        said = str(error)
    command = kill_anywhere.command(course, results)
    left = {
        "integrity": ask(course, "pragma integrity_check"),
        "grades": ask(course, GRADES),
        "kept": {student: data["report"]["student"] for student, data in kept(course).items()},
        "broken": [n for n, text in files(course).items() if n.endswith(".json") and not text],
    }
    (place / "ballast").unlink()
    again = record(course, prepared)
    drafts = [p for p in files(course) if "/." in p.replace(".autograder", "") or ".tmp" in p]
    found = {"said": said, "left": left, "again": again, "drafts": drafts}
    found["command"] = [command.returncode, command.stdout, command.stderr]
    found |= {"grades": ask(course, GRADES), "files": sorted(files(course))}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
