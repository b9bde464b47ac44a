"""Formgrader and JupyterLab as an instructor and a student see them, in a real browser."""

import os
import shutil
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SQUARES = "def double(x):\n    return x * x"
SECONDS = 60  # a loaded machine is slow


def keep_picture(browser, name: str) -> None:
    """Keep what the browser shows, where AUTOGRADER_SCREENSHOTS names a folder."""
    if folder := os.environ.get("AUTOGRADER_SCREENSHOTS"):
        browser.save_screenshot(str(Path(folder) / f"{name}.png"))


def until(browser, condition):
    from selenium.webdriver.support.ui import WebDriverWait

    return WebDriverWait(browser, SECONDS, poll_frequency=0.3).until(condition)


def text_of(browser, selector="body") -> str:
    return str(
        browser.execute_script(
            "return (document.querySelector(arguments[0]) || {innerText: ''}).innerText", selector
        )
    )


def shows(*words, selector="body"):
    return lambda browser: all(word in text_of(browser, selector) for word in words)


@pytest.fixture
def course(tiny):
    """The tiny course with a cell for a person to grade, wired into nbgrader."""
    config = tiny.root / "nbgrader_config.py"
    text = "from autograder.nbgrader_plugins import configure\n" + config.read_text()
    config.write_text(text + "configure(c)\nc.ServerApp.root_dir = '.'\n")
    return tiny


def test_formgrader_lists_autogrades_shows_and_takes_a_score_given_by_hand(
    browser, jupyter, course, submit
):
    submit("ada")
    submit("bob", double=SQUARES)
    address = jupyter(course.root)
    lists_two_submissions(browser, address)
    autogrades_bob(browser, address)
    shows_bobs_checks(browser, address)
    takes_a_score_given_by_hand(browser, course)


def lists_two_submissions(browser, address):
    browser.get(f"{address}/formgrader/manage_assignments")
    until(browser, shows("tiny", selector="#main-table"))
    keep_picture(browser, "formgrader-assignments")
    row = text_of(browser, "#main-table")
    assert row.split()[0] == "tiny" and row.split()[-1] == "2", "two submissions"


def autogrades_bob(browser, address):
    browser.get(f"{address}/formgrader/manage_submissions/tiny")
    until(browser, shows("bob", "needs autograding", selector="#main-table"))
    [button] = browser.execute_script(
        "return [...document.querySelectorAll('#main-table tr')]"
        ".filter(row => row.innerText.includes('bob'))"
        ".map(row => row.querySelector('.autograde a'))"
    )
    browser.execute_script("arguments[0].click()", button)
    until(browser, shows("Successfully autograded"))
    until(browser, shows("/ 10", selector="#main-table"))
    rows = text_of(browser, "#main-table").splitlines()
    [bob] = [line for line in rows if "bob" in line]
    [ada] = [line for line in rows if "ada" in line]
    assert "3 / 10" in bob and "needs autograding" in ada
    keep_picture(browser, "formgrader-autograded")


def shows_bobs_checks(browser, address):
    browser.get(f"{address}/formgrader/gradebook/tiny/tiny")
    until(browser, shows("Submission #1"))
    browser.execute_script("document.querySelector('#main-table a').click()")
    until(browser, shows("That is the square."))
    page = text_of(browser)
    assert "double: 0 of 4 points" in page and "Right already: 1 of 3 checks" in page
    filled = """input.score[placeholder]:not([placeholder=""])"""
    loaded = f"return document.querySelectorAll('{filled}').length"
    until(browser, lambda page: page.execute_script(loaded) == 2)
    scores = browser.execute_script(
        "return [...document.querySelectorAll('input.score')].map(box => [box.id, box.value,"
        " box.placeholder])"
    )
    assert [placeholder for _, _, placeholder in scores] == ["0", "3"]
    browser.execute_script("document.querySelector('.autograder-exercise').scrollIntoView()")
    keep_picture(browser, "formgrader")


def takes_a_score_given_by_hand(browser, course):
    box = browser.find_element("css selector", "input.score")
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", box)
    box.send_keys("3\t")

    def by_hand(_):
        with Gradebook(f"sqlite:///{course.root}/gradebook.db", "tiny_course") as gradebook:
            return 6 in [s.score for s in gradebook.assignment_submissions("tiny")]

    until(browser, by_hand)


def click(browser, address: str, button: str, *words: str) -> None:
    """Press a button of Formgrader's list of assignments, and wait for what it says."""
    browser.get(f"{address}/formgrader/manage_assignments")
    until(browser, shows("tiny", selector="#main-table"))
    pressable = f"return document.querySelector('#main-table .{button} a')"
    browser.execute_script(
        "arguments[0].click()", until(browser, lambda b: b.execute_script(pressable))
    )
    until(browser, shows(*words, selector=".modal.in, .modal.show"))
    keep_picture(browser, f"formgrader-{button}")


def test_a_term_by_clicking(browser, jupyter, instructor, student, filled, right):
    """Generate, release, collect, autograde, make and release feedback: no command of ours."""
    config = instructor.root / "nbgrader_config.py"
    config.write_text(config.read_text() + "c.ServerApp.root_dir = '.'\n")
    shutil.rmtree(instructor.root / "release")
    address = jupyter(instructor.root)

    click(browser, address, "assign", "Success", "tiny")
    released = (instructor.root / "release/tiny/tiny.ipynb").read_text()
    assert "y = None" in released and "2 * x" not in released, "our stubs"

    click(browser, address, "release", "Success", "tiny")
    student("nbgrader", "fetch_assignment", "tiny")
    notebook = student.root / "tiny" / "tiny.ipynb"
    notebook.write_bytes(filled(**{**right, "double": SQUARES}))
    student("nbgrader", "submit", "tiny")

    click(browser, address, "collect", "Success", "tiny")
    browser.get(f"{address}/formgrader/manage_submissions/tiny")
    until(browser, shows("needs autograding", selector="#main-table"))
    press = "document.querySelector('#main-table .autograde a').click()"
    browser.execute_script(press)
    until(browser, shows("Successfully autograded"))
    until(browser, shows("3 / 10", selector="#main-table"))

    click(browser, address, "generate-feedback", "Success", "tiny")
    click(browser, address, "release-feedback", "Success", "tiny")
    student("nbgrader", "fetch_feedback", "tiny")
    [page] = (student.root / "tiny").glob("feedback/*/tiny.html")
    read = page.read_text()
    assert "3 of 10 points" in read and "That is the square." in read


@pytest.fixture
def open_notebook(browser, jupyter, course):
    """The released notebook, opened in JupyterLab with a kernel that waits."""
    address = jupyter(course.release("tiny"))
    browser.get(f"{address}/lab/tree/tiny.ipynb?reset")
    until(browser, shows("Doubling", selector=".jp-Notebook"))
    until(browser, lambda b: b.execute_script("return !!window.jupyterapp"))
    until(browser, shows("Idle", selector="#jp-main-statusbar"))
    return browser


def outputs(browser) -> list[str]:
    """What each code cell printed, raised or showed."""
    return list(
        browser.execute_script(
            "return [...document.querySelectorAll('.jp-Notebook .jp-CodeCell')]"
            ".map(cell => [...cell.querySelectorAll('.jp-OutputArea-output')]"
            ".map(output => output.innerText).join(' ').trim())"
        )
    )


def test_a_released_notebook_runs_in_jupyterlab_up_to_the_first_stub(open_notebook):
    browser = open_notebook
    browser.execute_script("window.jupyterapp.commands.execute('notebook:run-all-cells')")
    until(browser, lambda b: any(outputs(b)))
    keep_picture(browser, "notebook")
    imports, stub, check, *_ = outputs(browser)
    assert (imports, stub) == ("", "")
    assert "double" in check and "Traceback" not in check and len(check.splitlines()) <= 3


def test_the_validate_button_names_the_check_that_fails(open_notebook):
    browser = open_notebook
    browser.execute_script(
        "[...document.querySelectorAll('.jp-NotebookPanel-toolbar button, "
        ".jp-NotebookPanel-toolbar jp-button')].find(b => b.innerText.includes('Validate')).click()"
    )
    until(browser, shows("Validation Results", selector=".jp-Dialog"))
    keep_picture(browser, "validate")
    said = text_of(browser, ".jp-Dialog")
    assert "check(double, 3.0, expected=6.0)" in said


def test_long_cells_of_a_released_lesson_are_folded_in_jupyterlab(browser, jupyter, tmp_path):
    lesson = Path(__file__).parents[3] / "release/initialization"
    shutil.copytree(lesson, tmp_path / "lesson")
    browser.get(f"{jupyter(tmp_path)}/lab/tree/lesson/initialization.ipynb?reset")
    until(browser, shows("def model(", selector=".jp-Notebook"))
    keep_picture(browser, "folded")
    cells = browser.execute_script(
        "return [...document.querySelectorAll('.jp-CodeCell')].map(cell =>"
        " [cell.querySelector('.jp-InputPlaceholder') !== null, cell.innerText])"
    )
    [imports] = [folded for folded, text in cells if "import math" in text]
    [model] = [folded for folded, text in cells if "def model(" in text]
    assert imports and not model
