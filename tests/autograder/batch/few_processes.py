"""Run as a script: grades the class of a course where no more than some processes can be.

Arguments: the course, a folder of a pids cgroup that limits them, `root`, `powerless` (root
without any right of root's, as in a container that drops all) or the number of a user, and the
tier.
"""

import ctypes
import json
import os
import sys
from dataclasses import replace
from pathlib import Path

PR_CAPBSET_DROP, CAPABILITIES = 24, 41

root, group, who, tier = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4]
(group / "cgroup.procs").write_text(str(os.getpid()))
if who == "powerless":
    for number in range(CAPABILITIES):
        ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, number, 0, 0, 0)
    os.execv(sys.executable, [*sys.orig_argv[:-2], "root", tier])  # from an exec on it holds
elif who != "root":
    os.setgroups([])
    os.setresgid(int(who), int(who), int(who))
    os.setresuid(int(who), int(who), int(who))

from autograder.batch.pool import Failure  # noqa: E402
from autograder.batch.run import ClassRun  # noqa: E402
from autograder.course import Course  # noqa: E402

if __name__ == "__main__":
    found = {}
    run = ClassRun(replace(Course.load(root), tier=tier), "tiny")
    with run.grading(2) as outcomes:
        for _, outcome in outcomes:
            if isinstance(outcome, Failure):
                found[outcome.student] = outcome.reason
            else:
                report = outcome.report
                found[report.student] = {e.name: e.points for e in report.exercises}
    found["most"] = max(int((group / name).read_text()) for name in ("pids.peak", "pids.current")
                        if (group / name).is_file())  # fmt: skip
    sys.stdout.write(json.dumps(found))
