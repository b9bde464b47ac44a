"""An instructor and a student with an exchange between them, a real JupyterLab, a real browser."""

import os
import shutil
import socket
import subprocess
import sys
import sysconfig
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest
from typed_commands import typed

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
DRIVER = shutil.which("chromedriver")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", "--window-size=1280,1000", "--hide-scrollbars",
)  # fmt: skip


@contextmanager
def a_browser(profile: Path):
    """Selenium's driver of a headless Chromium; skips where there is none."""
    selenium = pytest.importorskip("selenium", reason="pip install selenium")
    if not (CHROMIUM and DRIVER):
        pytest.skip("no Chromium: sudo apt-get install chromium chromium-driver")
    from selenium import webdriver

    assert selenium
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    service = webdriver.ChromeService(executable_path=DRIVER)
    driver = webdriver.Chrome(options=options, service=service)
    driver.set_page_load_timeout(120)
    try:
        yield driver
    finally:
        driver.quit()


@pytest.fixture
def browser(tmp_path):
    """A browser of one test's own."""
    with a_browser(tmp_path / "profile") as driver:
        yield driver


@pytest.fixture(scope="module")
def shared_browser(tmp_path_factory):
    """One browser for all tests of a module, which only look at pages."""
    with a_browser(tmp_path_factory.mktemp("profile")) as driver:
        yield driver


LAB = (
    "--no-browser", "--allow-root", "--ip=127.0.0.1", "--ServerApp.port_retries=0",
    "--IdentityProvider.token=", "--ServerApp.password=", "--LabApp.expose_app_in_browser=True",
    "--LabApp.news_url=", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
)  # fmt: skip


@pytest.fixture
def jupyter(tmp_path):
    """Starts JupyterLab with nbgrader's extensions in a folder; gives its address."""
    (tmp_path / "home").mkdir()
    environment = {
        **os.environ,
        "PATH": os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]]),
        "HOME": str(tmp_path / "home"),
        "JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime"),
    }
    log = tmp_path / "jupyter.log"
    started = []

    def start(root: Path) -> str:
        port = _free_port()
        command = [sys.executable, "-m", "jupyterlab", f"--port={port}", *LAB]
        with log.open("wb") as said:
            lab = subprocess.Popen(command, cwd=root, env=environment, stdout=said, stderr=said)
        started.append(lab)
        _wait_for(f"http://127.0.0.1:{port}/api", lab, log)
        return f"http://127.0.0.1:{port}"

    yield start
    for process in started:
        process.terminate()
        process.wait(30)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(address: str, process: subprocess.Popen, log: Path) -> None:
    for _ in range(240):
        assert process.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.5)
    raise AssertionError(f"JupyterLab did not answer:\n{log.read_text()}")


INSTRUCTOR = """
configure(c)
c.Exchange.root = {exchange!r}
c.AssignLatePenalties.plugin_class = "late_policy.TwoPoints"
c.FileNameCollectorPlugin.named_regexp = (
    r".*_(?P<student_id>\\w+)_attempt_(?P<timestamp>[0-9\\-]+)_(?P<file_id>\\w+)"
)
"""

LATE_POLICY = '''
from nbgrader.plugins import BasePlugin


class TwoPoints(BasePlugin):
    """Two points off, however late."""

    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return 2.0
'''

STUDENT = """
c = get_config()
c.CourseDirectory.course_id = "tiny_course"
c.Exchange.root = {exchange!r}
c.Exchange.cache = {cache!r}
"""


class Place:
    """A folder in which somebody types commands."""

    def __init__(self, root: Path):
        self.root = root

    def __call__(self, *words: str) -> str:
        program, *others = words
        done = typed(self.root, *others, program=program)
        said = done.stdout + done.stderr
        assert done.returncode == 0, f"{' '.join(words)}:\n{said}"
        return said


@pytest.fixture
def instructor(tiny, tmp_path):
    exchange = tmp_path / "exchange"
    exchange.mkdir(mode=0o777)
    exchange.chmod(0o777)
    config = tiny.root / "nbgrader_config.py"
    text = "from autograder.nbgrader_plugins import configure\n" + config.read_text()
    config.write_text(text + INSTRUCTOR.format(exchange=str(exchange)))
    (tiny.root / "late_policy.py").write_text(LATE_POLICY)
    return Place(tiny.root)


@pytest.fixture
def student(tmp_path):
    home = tmp_path / "student"
    home.mkdir()
    (home / "nbgrader_config.py").write_text(
        STUDENT.format(exchange=str(tmp_path / "exchange"), cache=str(tmp_path / "cache"))
    )
    return Place(home)
