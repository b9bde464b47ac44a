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
import threading
from contextlib import suppress
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


class WarmLaunches:
    """`launch` in place of the package's own; `close` it."""

    def __init__(self, home):
        self._owner, self._lock = os.getpid(), threading.Lock()
        self._control, others = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with others:
            self._process = subprocess.Popen(
                [sys.executable, "-s", "-P", __file__, str(others.fileno())],
                env=launching._environment(home), cwd=home, pass_fds=[others.fileno()],
                stdin=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip

    def launch(self, home, *descriptors):
        if descriptors or os.getpid() != self._owner:  # a process of our own waits for those
            return launching.launch(home, *descriptors)
        own_end, other_end = socket.socketpair()
        wanted = json.dumps([str(home), launching._environment(home)]).encode()
        with other_end, self._lock:
            socket.send_fds(self._control, [wanted], [other_end.fileno()])
            pid = int(self._control.recv(64))
        return Forked(pid), own_end

    def close(self):
        self._control.shutdown(socket.SHUT_RDWR)  # forks of this process hold it, too
        self._control.close()
        self._process.wait()


def reap(*_):
    """Wait for all that have ended, so that their processor time counts."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def serve(control):
    """Fork a confined side for every request, until nobody asks any more."""
    import gc

    from autograder.sandbox.inside.confinement import SESSION_FD
    from autograder.sandbox.warm import ready, start

    control = socket.socket(fileno=start._out_of_the_way(control))
    os.dup2(os.open(os.devnull, os.O_RDWR), SESSION_FD)  # as in `start`
    sys.argv = [""]
    gc.disable()
    rehearsed = ready.rehearsed_shell()
    ready.rehearsed_shell = lambda: rehearsed
    signal.signal(signal.SIGCHLD, reap)
    while True:
        wanted, descriptors, _, _ = socket.recv_fds(control, 1 << 16, 1)
        if not wanted:
            return
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            control.close()
            os.setsid()
            home, environment = json.loads(wanted)
            os.chdir(home)
            os.environ.update(environment)
            start.start(*descriptors)
        os.close(descriptors[0])
        control.send(str(pid).encode())


if __name__ == "__main__":
    sys.path.insert(0, str(PROJECT))
    import autograder.sandbox.warm.start  # noqa: F401

    sys.path.remove(str(PROJECT))
    serve(int(sys.argv[1]))
