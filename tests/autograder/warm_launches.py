"""Confined sides that are forked from one warm process, as a run of a class forks them.

Starting an interpreter and importing numpy, matplotlib and IPython takes a second, and a test run
opens a thousand sandboxes. What is forked goes on as `warm/start.py` does, from there on by itself:
what it imports and runs for an assignment, its namespaces, its layers. Run as a script, this is the
warm process.
"""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import suppress
from functools import cache, partial
from pathlib import Path

from autograder.sandbox import launching

PROJECT = Path(__file__).resolve().parents[2]


class Forked:
    """What is used of `subprocess.Popen`, of a process that is the child of another one."""

    def __init__(self, pid):
        self.pid = pid
        try:
            self._end = os.pidfd_open(pid)
        except ProcessLookupError:  # it has ended already
            self._end = -1

    def wait(self, timeout=None):
        if self._end < 0:
            return
        if not select.select([self._end], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired(f"process {self.pid}", timeout)
        os.close(self._end)
        self._end = -1

    def kill(self):
        if self._end >= 0:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._end, signal.SIGKILL)


def forked(address, home, *descriptors):
    """What `launch` gives, of the warm process that listens there, for users who may ask it."""
    if not os.access(address, os.W_OK):
        return launching.launch(home, *descriptors)
    own_end, other_end = socket.socketpair()
    wanted = json.dumps([str(home), launching._environment(home)]).encode()
    with other_end, socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as asking:
        asking.connect(address)
        socket.send_fds(asking, [wanted], [other_end.fileno(), *descriptors])
        pid = int(asking.recv(64))
    return Forked(pid), own_end


def launch_warm(address, home, *descriptors):
    """In place of the package's own; of a session of the weak tier its parent has to wait."""
    return launching.launch(home, *descriptors) if descriptors else forked(address, home)


def places(address):
    """(module, name, value) of all that starts a confined side."""
    from autograder.sandbox import nursery, processes  # not in the warm process itself

    return [
        (processes, "launch", partial(launch_warm, address)),
        (nursery, "launch", partial(forked, address)),
    ]


class WarmLaunches:
    """The warm process; `close` it."""

    def __init__(self):
        self._home = tempfile.TemporaryDirectory()
        self.address = f"{self._home.name}/launches"
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listening:
            listening.bind(self.address)
            listening.listen()
            self._process = subprocess.Popen(
                [sys.executable, "-s", "-P", __file__, str(listening.fileno())],
                env=launching._environment(Path(self._home.name)), cwd=self._home.name,
                pass_fds=[listening.fileno()], stdin=subprocess.PIPE, start_new_session=True,
            )  # fmt: skip

    def close(self):
        self._process.stdin.close()
        self._process.kill()
        self._process.wait()
        self._home.cleanup()


@cache
def launches():
    """The one of this process."""
    return WarmLaunches()


def close():
    if launches.cache_info().currsize:
        launches().close()
        launches.cache_clear()


def reap(*_):
    """Wait for all that have ended, so that their processor time counts."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def serve(listening):
    """Fork a confined side for every request."""
    import gc

    from autograder.sandbox.inside.confinement import SESSION_FD
    from autograder.sandbox.warm import ready, start

    listening = socket.socket(fileno=start._out_of_the_way(listening))
    os.dup2(os.open(os.devnull, os.O_RDWR), SESSION_FD)  # as in `start`
    sys.argv = [""]
    gc.disable()
    rehearsed = ready.rehearsed_shell()
    ready.rehearsed_shell = lambda: rehearsed
    signal.signal(signal.SIGCHLD, reap)
    while True:
        if 0 in select.select([0, listening], [], [])[0]:
            os._exit(0)  # whoever has asked so far is gone
        asking, _ = listening.accept()
        wanted, descriptors, _, _ = socket.recv_fds(asking, 1 << 16, 2)
        pid = os.fork()
        if pid == 0:
            os.dup2(os.open(os.devnull, os.O_RDWR), 0)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            listening.close()
            asking.close()
            os.setsid()
            home, environment = json.loads(wanted)
            os.chdir(home)
            os.environ.update(environment)
            start.start(*descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        asking.send(str(pid).encode())
        asking.close()


if __name__ == "__main__":
    sys.path.insert(0, str(PROJECT))
    import autograder.sandbox.warm.start  # noqa: F401

    sys.path.remove(str(PROJECT))
    serve(int(sys.argv[1]))
