"""Commands in processes of their own that are forked from a warm one.

Python takes a second to import what `autograder` and `nbgrader` need, and tests type hundreds of
commands. Where the start itself is tested, a test starts Python. Run as a script, this is the warm
process.
"""

import json
import os
import runpy
import select
import socket
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from functools import cache, wraps
from importlib import import_module
from pathlib import Path

from warm_launches import launches, places

from autograder.environment import prepare_process, with_fixed_hashes

COMMANDS = ("adopt", "build", "check", "draft", "feedback", "grade", "plan", "record", "report",
            "similar", "verify", "watch")  # fmt: skip


def typed(root, *words, program="autograder", **environment):
    """What `python -m autograder WORDS` did in a folder: a CompletedProcess with its words."""
    words, environment = (program, *map(str, words)), with_fixed_hashes() | environment
    if sys.platform != "linux":  # where a fork may not use all that was loaded before
        return subprocess.run(
            [sys.executable, "-m", *words], cwd=root, env=environment, check=False,
            capture_output=True, text=True,
        )  # fmt: skip
    return _commands().run(root, words, environment)


def close():
    """End the warm process, if there is one."""
    if _commands.cache_info().currsize:
        _commands().close()
        _commands.cache_clear()


def spare_alembic():
    """Learn once, from here, what nbgrader starts a program for whenever a gradebook is new.

    The program takes four seconds: it imports all of nbgrader.
    """
    from alembic.config import Config
    from alembic.script import ScriptDirectory
    from nbgrader import api
    from nbgrader.dbutil import _temp_alembic_ini

    with _temp_alembic_ini("sqlite://") as settings:
        head = ScriptDirectory.from_config(Config(settings)).get_current_head()
    api.get_alembic_version = wraps(api.get_alembic_version)(lambda: head)


@cache
def _commands():
    return _WarmCommands()


class _WarmCommands:
    def __init__(self):
        self._folder = tempfile.TemporaryDirectory()
        self.address = f"{self._folder.name}/commands"
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listening:
            listening.bind(self.address)
            listening.listen()
            self._process = subprocess.Popen(
                [sys.executable, __file__, str(listening.fileno()), launches().address],
                env=with_fixed_hashes(), pass_fds=[listening.fileno()],
                stdin=subprocess.PIPE,
            )  # fmt: skip

    def run(self, root, words, environment):
        with ExitStack() as files:
            said = [files.enter_context(tempfile.TemporaryFile()) for _ in range(2)]
            wanted = json.dumps([str(root), words, environment]).encode()
            asking = files.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET))
            asking.connect(self.address)
            socket.send_fds(asking, [wanted], [file.fileno() for file in said])
            status = int(asking.recv(64))
            texts = []
            for file in said:
                file.seek(0)
                texts.append(file.read().decode())
        return subprocess.CompletedProcess(words, status, *texts)

    def close(self):
        self._process.stdin.close()
        self._process.kill()
        self._process.wait()
        self._folder.cleanup()


def programs(folder):
    """Put `autograder` and `nbgrader` into a folder for a shell: forked like all commands."""
    seed = with_fixed_hashes()["PYTHONHASHSEED"]
    for name in ("autograder", "nbgrader"):
        program = folder / name
        program.write_text(PROGRAM.format(sys.executable, name, _commands().address, seed))
        program.chmod(0o755)


PROGRAM = """#!{0} -IS
import json, os, socket, sys
asking = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
asking.connect({2!r})
environment = dict(os.environ, PYTHONHASHSEED={3!r})
wanted = [os.getcwd(), [{1!r}, *sys.argv[1:]], environment]
socket.send_fds(asking, [json.dumps(wanted).encode()], [1, 2])
sys.exit(int(asking.recv(64)))
"""


def next_command(listening):
    """Wait until a command is wanted, in a fork of this process; the module to run."""
    while True:
        if 0 in select.select([0, listening], [], [])[0]:
            os._exit(0)  # whoever has asked so far is gone
        asking, _ = listening.accept()
        wanted, descriptors, _, _ = socket.recv_fds(asking, 1 << 20, 2)
        pid = os.fork()
        if pid == 0:
            os.dup2(os.open(os.devnull, os.O_RDWR), 0)
            break
        for descriptor in descriptors:
            os.close(descriptor)
        _, status = os.waitpid(pid, 0)
        asking.send(str(os.waitstatus_to_exitcode(status)).encode())
        asking.close()
    listening.close()
    asking.close()
    for own, descriptor in enumerate(descriptors, 1):
        os.dup2(descriptor, own)
        os.close(descriptor)
    # anew: a pipe or a file now, where the warm process had the other one
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(
        2, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False
    )
    root, words, environment = json.loads(wanted)
    os.chdir(root)
    os.environ.clear()
    os.environ.update(environment)
    sys.path.insert(0, root)
    sys.argv = words
    return words[0]


if __name__ == "__main__":
    sys.path.remove(str(Path(__file__).parent))
    prepare_process()
    for module, name, start in places(sys.argv[2]):
        setattr(module, name, start)
    for name in COMMANDS:
        import_module(f"autograder.cli.{name}")
    import_module("nbgrader.apps.nbgraderapp")
    spare_alembic()
    runpy.run_module(next_command(socket.socket(fileno=int(sys.argv[1]))), run_name="__main__")
