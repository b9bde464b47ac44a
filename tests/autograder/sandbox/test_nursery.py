"""One process gets warm for many sandboxes; each is as walled in as one that is on its own."""

import os
import signal
import tempfile
import time

import pytest

from autograder.sandbox import Limits, Nursery, Sandbox
from autograder.sandbox.nursery import take_nursery

pytestmark = pytest.mark.family

PROLOGUE = ["import numpy as np\nfrom helper import twice"]


@pytest.fixture
def assets(tmp_path):
    (tmp_path / "helper.py").write_text("def twice(x):\n    return 2 * x\n")
    (tmp_path / "table.csv").write_text("1,2\n")
    return tmp_path


@pytest.fixture
def nursery():
    with Nursery() as nursery:
        yield nursery


def sandbox(assets, address=None, **options):
    return Sandbox(assets=assets, prologue=PROLOGUE, nursery=address, **options)


@pytest.mark.parametrize("tier", ["A", "B"])
def test_sandboxes_of_one_nursery_are_warm_and_apart(nursery, assets, tier):
    address = nursery.warm_up(Limits(), assets, ["json"], PROLOGUE)
    with sandbox(assets, address, tier=tier) as one, sandbox(assets, address, tier=tier) as other:
        assert one._maker._process is other._maker._process is None, "both were forked"
        assert set(one.layers.values()) == {"holds"}
        with one.session() as ada, other.session() as ben:
            assert ada.run_cell("x = twice(np.float64(2)); x").status == "ok"
            assert ben.run_cell("x").error_name == "NameError"
            assert ben.run_cell("open('table.csv').read()").status == "ok"


def test_a_session_from_a_nursery_sees_what_any_session_sees(nursery, assets):
    address = nursery.warm_up(Limits(), assets, [], PROLOGUE)
    looking = (
        "import os, sys, inspect, random\n"
        "print(sorted(os.environ), sorted(os.listdir('.')), sys.argv, os.getcwd())\n"
        "print(inspect.getsource(twice), random.random(), np.random.rand(), len(In))\n"
        "print(sorted(n for n in sys.modules if n.startswith('autograder')))"
    )
    with sandbox(assets, address) as nursed, sandbox(assets) as alone:
        texts = []
        for box in (nursed, alone):
            with box.session() as session:
                result = session.run_cell(looking)
                assert result.status == "ok", result.error_message
                texts.append(result.outputs[0]["text"])
        assert texts[0] == texts[1]
        assert nursed.begun == alone.begun


def test_student_code_cannot_reach_the_door(nursery, assets):
    address = nursery.warm_up(Limits(), assets, [], PROLOGUE)
    knock = f"import socket\nsocket.socket(socket.AF_UNIX).connect({address.path!r})"
    with sandbox(assets, address) as box, box.session() as session:
        assert session.run_cell(knock).error_name == "PermissionError"
        assert session.run_cell(f"open({address.path!r})").status == "error"


def test_a_sandbox_gets_warm_by_itself_when_the_nursery_is_gone(nursery, assets):
    address = nursery.warm_up(Limits(), assets, [], PROLOGUE)
    with sandbox(assets, address) as box:
        os.kill(nursery._process.pid, signal.SIGKILL)
        nursery._process.wait()
        with box.session() as session:  # a maker lives on without its nursery
            assert session.run_cell("twice(1)").status == "ok"
        with sandbox(assets, address) as later, later.session() as session:
            assert later._maker._process is not None
            assert session.run_cell("twice(1)").status == "ok"


def test_a_cell_that_cannot_begin_is_not_taken_for_begun(nursery, assets):
    prologue = [*PROLOGUE, "1 / 0", "x = 1"]
    address = nursery.warm_up(Limits(), assets, [], prologue)
    with Sandbox(assets=assets, prologue=prologue, nursery=address) as box:
        assert len(box.begun) == 1


def test_a_nursery_that_was_never_asked_leaves_nothing():
    nursery = Nursery()
    base, process = nursery._folders.base, nursery._process
    nursery.close()
    nursery.close()
    assert process.poll() is not None
    assert not base.exists()


def test_there_is_none_where_a_socket_s_path_would_be_too_long(tmp_path, monkeypatch):
    long = tmp_path / ("x" * 120)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    with take_nursery() as nursery:
        assert nursery is None
    assert list(long.iterdir()) == []


def test_makers_end_with_their_judges(nursery, assets):
    address = nursery.warm_up(Limits(), assets, [], PROLOGUE)
    with sandbox(assets, address) as box:
        channel = box._maker._channel
        with box.session() as session:
            peer = session.channel.peer
            assert peer > 0
    assert channel._socket.fileno() == -1
    assert any(is_gone(peer) for _ in range(500))


def is_gone(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    time.sleep(0.02)  # nobody waits for the end of a maker that was forked elsewhere
    return False


@pytest.mark.parametrize("tier", ["A", "B"])
def test_many_sessions_later_nobody_notices_the_others(nursery, assets, tier):
    address = nursery.warm_up(Limits(), assets, [], PROLOGUE)
    asked = "(getattr(np, 'spoilt', 0), getattr(twice, 'spoilt', 0), len(In))"
    spoil = "np.spoilt = True; twice.spoilt = 1; twice(21)"
    with sandbox(assets, address, tier=tier) as box:
        texts = set()
        for _ in range(25):
            with box.session() as session:
                texts.add(session.run_cell(asked).outputs[0]["data"]["text/plain"])
                texts.add(session.run_cell(spoil).outputs[0]["data"]["text/plain"])
        assert texts == {"(0, 0, 3)", "42"}


def test_an_import_that_fails_ahead_fails_in_the_notebook_too(tmp_path):
    (tmp_path / "state.py").write_text("tries = []\n")
    (tmp_path / "first.py").write_text(
        "import state\nif not state.tries:\n    state.tries.append(1)\n    import nowhere_at_all\n"
    )
    with Sandbox(Limits(), assets=tmp_path) as box, box.session() as session:
        assert session.run_cell("import first").error_name == "ModuleNotFoundError"
