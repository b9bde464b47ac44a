"""The pytest plugin: hidden checks run by pytest itself.

Plain ``pytest tests/<assignment>`` grades the reference solution in the sandbox;
``--submission x.ipynb`` grades that notebook. The fixtures are `autograder.judge.fixtures`.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from functools import partial

import pytest

from autograder.judge import fixtures
from autograder.judge.fixtures import DESK, MAKE_DESK, Desk, desk_of, finished_check


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("autograder")
    group.addoption("--submission", metavar="IPYNB", help="grade this notebook, not the reference")
    group.addoption(
        "--sandbox",
        choices=["auto", "A", "B", "weak", "open"],
        default=None,
        help="the wall to grade behind (open: none at all, for trusted notebooks only)",
    )


def pytest_configure(config: pytest.Config) -> None:
    if not config.pluginmanager.is_registered(fixtures):
        config.pluginmanager.register(fixtures)
    make_desk: Callable[[], Desk] = partial(_make_desk, config)
    config.stash[MAKE_DESK] = make_desk


def _make_desk(config: pytest.Config) -> Desk:
    from autograder.pytest_plugin.standalone import PlainDesk  # imports the sandbox

    return PlainDesk(submission=config.getoption("submission"), tier=config.getoption("sandbox"))


def pytest_unconfigure(config: pytest.Config) -> None:
    desk = config.stash.get(DESK, None)
    if desk is not None:
        desk.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Put a failed check's message and hint where pytest shows a traceback."""
    report = yield
    if DESK in item.config.stash and item.config.stash[DESK].judged:
        return report
    if (found := finished_check(item, call)) is not None:
        check, recording = found
        desk = desk_of(item.config)
        desk.checks[item.nodeid] = found
        if not check.passed:
            report.longrepr = desk.explain(item.path, check, recording) or report.longrepr
    return report
