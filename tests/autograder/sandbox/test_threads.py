"""Threads of a session are bounded in every tier, for root too; no session is another's user."""

import os

import pytest

from autograder.sandbox import Limits, Sandbox, SandboxError
from autograder.sandbox import confined_process as process_module

pytestmark = pytest.mark.family

BOMB = """
import threading
threading.stack_size(32768)
go, started = threading.Event(), 0
try:
    while started < 1000:
        threading.Thread(target=go.wait, daemon=True).start()
        started += 1
except RuntimeError:
    pass
print(started)
"""
HONEST = """
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor() as pool:
    print(sum(pool.map(abs, range(-99, 1))))
"""
WHO = "import os; print(*{*os.getresuid()})"
root = pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user has one number only")


@pytest.fixture(params=["A", "B", "weak"], scope="module")
def box(request):
    try:
        with Sandbox(Limits(), tier=request.param) as made:
            yield made
    except SandboxError as error:
        pytest.skip(str(error))


def said(session, source):
    return "".join(output["text"] for output in session.run_cell(source).outputs)


def test_a_thread_bomb_stops_early_and_the_next_session_has_threads(box):
    most = 64 if os.geteuid() == 0 or box.tier == "B" else 1000
    with box.session() as session:
        assert 16 <= int(said(session, BOMB)) < most
        with box.session() as other:
            assert said(other, HONEST) == "4950\n", "while the bomb still holds its own"


def test_threads_beyond_what_a_limit_of_the_kernels_counts_end_the_session(box, monkeypatch):
    """Root without the right to be another user, as in a container that drops all rights."""
    monkeypatch.setattr(process_module, "MOST_THREADS", 30)
    quiet = BOMB + "go.wait()"
    loud = BOMB + "while True: print('x' * 9, flush=True)"
    for source in (quiet, loud):
        with box.session() as session:
            result = session.run_cell(source, seconds=5.0)
            assert result.status == "memory" and "threads" in result.error_message
            assert not session.alive


@root
def test_sessions_of_root_are_users_of_their_own_without_a_right_over_each_other(box):
    with box.session() as one, box.session() as other:
        users = [int(said(session, WHO)) for session in (one, other)]
        assert 0 not in users and len(set(users)) == 2
        pid = other.channel.peer
        if box.tier == "weak":  # without a filter of system calls only the numbers are in the way
            kill = f"import os\ntry:\n    os.kill({pid}, 0)\nexcept OSError as error: print(error)"
            assert "not permitted" in said(one, kill)
        assert said(other, "print('alive')") == "alive\n"


@root
def test_a_session_of_another_user_still_reads_python_and_writes_its_folder(box):
    with box.session() as session:
        text = "import colorsys, os\nopen('x', 'w').write('mine')\nprint(open('x').read())"
        assert said(session, text).endswith("mine\n")
