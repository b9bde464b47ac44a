"""nbgrader's own test suite, run through our seam: what passes on stock passes on ours.

nbgrader's tests write their own nbgrader_config.py into the working directory; ours is found
by JUPYTER_CONFIG_PATH and the two are merged.
"""

import getpass
import os
import re
import subprocess
import sys
import sysconfig

import pytest

CONFIG = """
from autograder.nbgrader_plugins import configure

c = get_config()
configure(c)
"""
APPS = "nbgrader.tests.apps.test_"
MODULES = [
    f"{APPS}nbgrader_autograde",
    f"{APPS}api",
    f"{APPS}nbgrader_generate_feedback",
    f"{APPS}nbgrader_releasefeedback",
    f"{APPS}nbgrader_fetchfeedback",
]
PASSED, SKIPPED = 95, 3  # nbgrader 0.9.6 as it comes
MINUTES = 40  # a few on a machine of one's own


@pytest.mark.slow
@pytest.mark.conformance
def test_all_that_passes_on_stock_passes_on_ours(tmp_path):
    (tmp_path / "nbgrader_config.py").write_text(CONFIG)
    path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]])
    environment = {"USER": getpass.getuser(), **os.environ, "PATH": path}
    environment["JUPYTER_CONFIG_PATH"] = str(tmp_path)
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "-p", "no:cacheprovider"]
    command += ["-p", "no:autograder", "-c", os.devnull, "--rootdir", str(tmp_path), "--pyargs"]
    done = subprocess.run(
        [*command, *MODULES],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=MINUTES * 60,
    )
    counts = {
        word: int(n)
        for n, word in re.findall(r"(\d+) (passed|failed|skipped|error)", done.stdout[-400:])
    }
    assert counts == {"passed": PASSED, "skipped": SKIPPED}, done.stdout[-4000:]
