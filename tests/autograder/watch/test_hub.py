"""A real JupyterHub with accounts of its own, and `autograder watch` as its service.

Students and the instructor work in JupyterLab, each in a headless Chromium. The hub's environment
is made once, in the folder that AUTOGRADER_HUB names, from PyPI and npm.
"""

import json
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request
from contextlib import ExitStack
from pathlib import Path

import pytest
from lab_on_a_hub import SECONDS, Lab
from two_people import a_browser

pytestmark = [pytest.mark.slow, pytest.mark.browser]

ROOT = Path(__file__).parents[3]
GRADER, ADA, BOB = "agtest_grader", "agtest_ada", "agtest_bob"
SQUARES = "def double(x):\n    return x * x"

HUB = """
c = get_config()
c.JupyterHub.bind_url = "http://127.0.0.1:{ports[0]}"
c.JupyterHub.hub_bind_url = "http://127.0.0.1:{ports[1]}"
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{ports[2]}"
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.JupyterHub.spawner_class = "jupyterhub.spawner.LocalProcessSpawner"
c.Spawner.cmd = ["{environment}/bin/jupyterhub-singleuser"]
c.Spawner.environment = {{"JUPYTER_CONFIG_PATH": "{config}"}}
c.Spawner.http_timeout = c.Spawner.start_timeout = {seconds}
c.JupyterHub.services = [
    {{
        "name": "autograder",
        "command": ["{environment}/bin/autograder", "watch", "tiny"],
        "cwd": "{course}",
        "user": "{grader}",
        "environment": {{"JUPYTER_CONFIG_PATH": "{config}"}},
    }},
    {{"name": "driver", "api_token": "{token}"}},
]
c.JupyterHub.load_roles = [
    {{
        "name": "driver",
        "scopes": ["admin:users", "admin:servers", "access:servers"],
        "services": ["driver"],
    }}
]
"""
EVERYBODY = """
c = get_config()
c.Exchange.root = "{exchange}"
c.CourseDirectory.course_id = "tiny_course"
"""
LAB = """
c = get_config()
c.LabApp.expose_app_in_browser = True
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
"""
FORMGRADER = """
c = get_config()
c.CourseDirectory.root = "{course}"
load_subconfig("{course}/nbgrader_config.py")
"""
COURSE = """
from autograder.nbgrader_plugins import configure
configure(c)
c.Watch.cooldown = 0
c.Autograder.workers = 1
"""


@pytest.fixture(scope="module")
def environment() -> Path:
    """Where a hub, a proxy and this package are installed; skips where they cannot be."""
    if not os.environ.get("AUTOGRADER_HUB"):
        pytest.skip("set AUTOGRADER_HUB to a folder that everybody can read: a hub is put there")
    if os.geteuid() != 0 or not shutil.which("useradd"):
        pytest.skip("a hub with accounts of its own needs root and useradd")
    if not shutil.which("npm"):
        pytest.skip("the hub's proxy needs npm: sudo apt-get install nodejs npm")
    folder = Path(os.environ["AUTOGRADER_HUB"])
    wanted = ("jupyterhub", "jupyterlab", "notebook")
    steps = (
        ["/usr/bin/python3", "-m", "venv", str(folder)],
        [f"{folder}/bin/pip", "install", "-q", *wanted, str(ROOT)],
        ["npm", "install", "--silent", "--prefix", str(folder), "configurable-http-proxy"],
    )
    if not (folder / "node_modules").exists():
        for step in steps:
            done = subprocess.run(step, capture_output=True, text=True, check=False)
            if done.returncode:
                pytest.skip(f"no hub can be installed: {' '.join(step)}: {done.stderr[-300:]}")
    command = [f"{folder}/bin/pip", "install", "-q", "--no-deps", "--force-reinstall", str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    return folder


def as_user(user: str, *words: str, cwd="/", **environment) -> subprocess.CompletedProcess:
    home = {"HOME": f"/home/{user}", "USER": user, "LOGNAME": user, "LANG": "C.UTF-8"}
    path = os.environ["PATH"]
    return subprocess.run(
        words, user=user, group=user, extra_groups=[], cwd=cwd, capture_output=True, text=True,
        check=False, env={"PATH": path, **home, **environment},
    )  # fmt: skip


@pytest.fixture
def accounts(environment):
    for name in (GRADER, ADA, BOB):
        subprocess.run(["useradd", "-m", "-s", "/bin/bash", name], check=True)
        Path(f"/home/{name}").chmod(0o700)
    yield
    for name in (GRADER, ADA, BOB):
        subprocess.run(["userdel", "-r", name], check=False, capture_output=True)


class Hub:
    """A hub that runs."""

    def __init__(self, port: int, token: str):
        self.address = f"http://127.0.0.1:{port}"
        self._token = token

    def ask(self, path: str, data=None, method: str | None = None):
        body = None if data is None else json.dumps(data).encode()
        headers = {"Authorization": f"token {self._token}", "Content-Type": "application/json"}
        request = urllib.request.Request(self.address + path, body, headers, method=method)
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def start(self, user: str):
        self.ask(f"/hub/api/users/{user}", {}, "POST")
        self.ask(f"/hub/api/users/{user}/server", {}, "POST")
        until(lambda: self.ask(f"/hub/api/users/{user}")["servers"][""]["ready"])


def until(condition):
    """Wait for what happens in other processes."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        try:
            if found := condition():
                return found
        except (OSError, KeyError):
            pass
        time.sleep(0.3)
    raise AssertionError("it did not happen in time")


def installed(base, tiny):
    """The grader's course and everybody's settings; the course's folder and the exchange."""
    course = Path(f"/home/{GRADER}/course")
    shutil.copytree(tiny.root, course)
    config = course / "nbgrader_config.py"
    config.write_text(config.read_text() + COURSE)
    exchange = base / "exchange"
    exchange.mkdir()
    exchange.chmod(0o777)
    (base / "config").mkdir()
    (base / "config" / "nbgrader_config.py").write_text(EVERYBODY.format(exchange=exchange))
    (base / "config" / "jupyter_lab_config.py").write_text(LAB)
    own = Path(f"/home/{GRADER}/.jupyter")
    own.mkdir()
    (own / "nbgrader_config.py").write_text(FORMGRADER.format(course=course))
    subprocess.run(["chown", "-R", f"{GRADER}:{GRADER}", str(course), str(own)], check=True)
    return course, exchange


@pytest.fixture
def hub(environment, accounts, tiny):
    base = Path(tempfile.mkdtemp(prefix="hub-", dir="/var/tmp"))
    base.chmod(0o755)
    course, exchange = installed(base, tiny)
    released = as_user(
        GRADER, f"{environment}/bin/nbgrader", "release_assignment", "tiny", cwd=course,
        JUPYTER_CONFIG_PATH=str(base / "config"),
    )  # fmt: skip
    assert released.returncode == 0, released.stderr
    ports, token = free_ports(3), secrets.token_hex(16)
    names = {"ports": ports, "token": token, "course": course, "config": base / "config"}
    text = HUB.format(environment=environment, grader=GRADER, seconds=SECONDS, **names)
    (base / "hub.py").write_text(text)
    path = f"{environment}/bin:{environment}/node_modules/.bin:{os.environ['PATH']}"
    log = base / "hub.log"
    with log.open("wb") as said:
        process = subprocess.Popen(
            [f"{environment}/bin/jupyterhub", "-f", str(base / "hub.py")],
            cwd=base, env={**os.environ, "PATH": path}, stdout=said, stderr=said,
        )  # fmt: skip
    try:
        made = Hub(ports[0], token)
        made.exchange, made.course = exchange, course
        until(lambda: made.ask("/hub/api/"))
        yield made
        for user in (GRADER, ADA, BOB):
            made.ask(f"/hub/api/users/{user}/server", method="DELETE")
    finally:
        print(log.read_text(errors="replace")[-6000:])  # shown where the test fails
        process.terminate()
        process.wait(60)
        shutil.rmtree(base, ignore_errors=True)


def free_ports(number: int) -> list[int]:
    probes = [socket.socket() for _ in range(number)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


@pytest.fixture
def lab(hub, tmp_path):
    """Opens the JupyterLab of a user of the hub."""
    with ExitStack() as browsers:

        def opened(user: str) -> Lab:
            hub.start(user)
            browser = browsers.enter_context(a_browser(tmp_path / user))
            return Lab(browser, hub.address, user)

        yield opened


def test_two_students_hand_in_and_read_and_see_nothing_else(hub, lab, right):
    formgrader = lab(GRADER)
    formgrader.formgrader()  # stays open beside the watcher
    ada, bob = lab(ADA), lab(BOB)
    for student, answers in ((ada, {**right, "double": SQUARES}), (bob, right)):
        student.open_assignment_list()
        student.fetch()
        student.solve(**answers)
        student.submit(1)
    [page] = ada.fetch_feedback(1)
    assert "That is the square." in page
    [page] = bob.fetch_feedback(1)
    assert "10 of 10 points" in page
    assert "That is the square." in ada.read(1)
    formgrader.formgrader(ADA, BOB, "3 / 10", "10 / 10")

    ada.open_assignment_list()
    ada.solve(**right)
    ada.submit(2)
    pages = ada.fetch_feedback(2)
    assert sum("10 of 10 points" in page for page in pages) == 1
    assert "10 of 10 points" in ada.read(2)
    assert formgrader.formgrader(ADA, BOB).count("10 / 10") == 2

    closed = (
        hub.exchange / "tiny_course" / "feedback",
        hub.exchange / "tiny_course" / "inbound",
        hub.course,
        hub.course / "gradebook.db",
        Path(f"/home/{BOB}/tiny/tiny.ipynb"),
    )
    for path in closed:
        assert as_user(ADA, "ls", str(path)).returncode == 2, f"{path} can be listed"
        assert as_user(ADA, "cat", str(path)).returncode == 1, f"{path} can be read"
