"""All pages of the project in a browser: by eye, ear and keyboard, small and dark."""

import os
import shutil
from importlib.resources import files
from pathlib import Path

import pytest
from nbgrader.coursedir import CourseDirectory

from autograder.batch.pool import close_graders
from autograder.batch.recording import RecordingRun
from autograder.batch.run import ClassRun
from autograder.course import Course
from autograder.feedback.generating import generate
from autograder.gradebook.recorder import Recorder
from autograder.report.report_page import write_course_report, write_report
from autograder.sandbox import Tier
from autograder.sandbox.doctor import ADVICE, PURPOSE, Findings, Layer
from autograder.similar.comparing import Comparison, SimilarPair
from autograder.similar.similar_page import page as similar_page
from autograder.templates import page
from autograder.verify.proof import Blind, Catch, CheckRow, Claim, Fate, Proof, Tried
from autograder.verify.proof_page import page as proof_page
from autograder.verify.questions import Kind
from autograder.verify.told import Hint, Told

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:Object of type <Submitted"),
]

ANSWERS = {
    "ada": {},
    "bob": {"double": "def double(x):\n    return x * x"},
    "cyn": {
        "double": "def double(x):\n    print('a long line, ' * 30)\n    return {}['key']",
        "norms": "def norms(x):\n    y = double(x)\n    return np.sqrt(np.sum(y * y, axis=1))",
    },
}


@pytest.fixture(scope="module")
def graded(built_course, tmp_path_factory):
    """A class with its feedback pages and its report."""
    import json

    root = tmp_path_factory.mktemp("pages") / "course"
    shutil.copytree(built_course.root, root)
    course = Course.load(root)
    released = json.loads(course.release_notebook("tiny").read_text())
    right = {
        "double": "def double(x):\n    return x * 2",
        "norms": "def norms(x):\n    return np.sqrt((double(x) ** 2).sum(axis=0))",
    }
    for student, answers in ANSWERS.items():
        notebook = json.loads(json.dumps(released))
        for cell in notebook["cells"]:
            name = cell["metadata"].get("nbgrader", {}).get("grade_id")
            cell["source"] = {**right, **answers}.get(name, cell["source"])
        folder = course.submitted("tiny", student)
        folder.mkdir(parents=True)
        (folder / "tiny.ipynb").write_text(json.dumps(notebook))
    run, coursedir = ClassRun(course, "tiny"), CourseDirectory(root=str(root))
    with Recorder(coursedir, "tiny") as recorder:
        recording = RecordingRun(run, recorder)
        for _, outcome in run.outcomes(1):
            recording.take(outcome)
        recording.finish()
    close_graders()
    assert all(made.pages for made in generate(coursedir, "tiny", workers=1))
    write_report(course, "tiny", root / "reports")
    write_course_report(course, root / "reports")
    note = page(
        "note.html.j2", title="tiny", heading="tiny: not graded", texts=["Save it.", "Try again."]
    )
    machine = page("doctor.html.j2", "zh", found=findings())
    pages = {"note": note, "similar": similar(), "proof": proof(), "doctor": machine}
    for name, text in pages.items():
        (root / f"{name}.html").write_text(text, encoding="utf-8")
    return root


def similar() -> str:
    text = "def norms(x):\n    return np.sqrt(np.sum(double(x) * double(x), axis=0))  # " + "x" * 90
    alike = ((4, 40), (50, 70))
    pair = SimilarPair(("bob", "cyn"), 56, (0.9, 0.87), ("total", "a_rare_name"), (alike, alike))
    return similar_page(Comparison("tiny", {"ada": "", "bob": text, "cyn": text}, (pair,)))


def proof() -> str:
    """Of two exercises: everything that such a page can show."""
    change = ("m1", "norms", "other-sign", 3, "a - b", "a + b")
    checks = [CheckRow("norms", f"test_norms[{n}]", f"column {n}", n == 0) for n in range(12)]
    shown = Proof(
        "tiny",
        exercises=("double", "norms"),
        claims=(
            Claim(Kind.REFERENCE, "norms", holds=True),
            Claim(Kind.MISCONCEPTION, "norms: squares", holds=False, detail="nothing caught it"),
        ),
        mutants=(Tried(*change, Fate.EQUIVALENT, by="the same"), Tried(*change, Fate.SURVIVED)),
        checks=tuple(checks),
        catches=(Catch("norms", "a_sum_of_columns", ("test_norms[0]", "test_norms[3]")),),
        told=(Told("m1", "norms", "other-sign", Hint.PLACE),),
        blind=(Blind("norms", "squares", ("the example",)),),
    )
    return proof_page([shown])


def findings() -> Findings:
    """Of a machine that has one layer and lacks another."""
    lacks = Layer("landlock", PURPOSE["landlock"], False, "no such call", ADVICE["landlock"])
    layers = (Layer("limits", PURPOSE["limits"], True), lacks)
    return Findings(Tier.WEAK, layers, "Linux", 0, ("a long note, " * 20,))


PAGES = {
    "right": "feedback/ada/tiny/tiny.html",
    "wrong": "feedback/bob/tiny/tiny.html",
    "error": "feedback/cyn/tiny/tiny.html",
    "report": "reports/tiny.html",
    "course": "reports/index.html",
    "note": "note.html",
    "similar": "similar.html",
    "proof": "proof.html",
    "doctor": "doctor.html",
}


@pytest.fixture
def opened(shared_browser, graded):
    """Opens one of the pages in a window of some width, in light or dark."""

    def open_page(name: str, *, width: int = 1100, height: int = 900, scheme: str = "light"):
        shared_browser.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False},
        )
        feature = {"name": "prefers-color-scheme", "value": scheme}
        shared_browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
        shared_browser.get((graded / PAGES[name]).as_uri())
        if folder := os.environ.get("AUTOGRADER_SCREENSHOTS"):
            shared_browser.save_screenshot(str(Path(folder) / f"{name}-{width}-{scheme}.png"))
        return shared_browser

    return open_page


AXE = """
const done = arguments[arguments.length - 1];
axe.run({runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}).then(found =>
  done(found.violations.map(v => v.id + ": " + v.help + "\\n  "
                                 + v.nodes.slice(0, 3).map(n => n.html).join("\\n  "))));
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_that_shuts_anybody_out(opened, name, scheme):
    pytest.importorskip("axe_core_python", reason="pip install axe-core-python")
    page = opened(name, scheme=scheme)
    page.execute_script((files("axe_core_python") / "axe.min.js").read_text(encoding="utf-8"))
    assert page.execute_async_script(AXE) == []


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_cut_off_on_a_telephone(opened, name):
    page = opened(name, width=400)
    assert page.execute_script("return document.documentElement.scrollWidth") <= 400


@pytest.mark.parametrize("name", PAGES)
def test_light_and_dark_are_two_looks_of_one_page(opened, name):
    grounds = []
    for scheme in ("light", "dark"):
        page = opened(name, scheme=scheme)
        ground = "return getComputedStyle(document.body).backgroundColor"
        ink = "return getComputedStyle(document.body).color"
        grounds.append((page.execute_script(ground), page.execute_script(ink)))
    assert grounds[0] != grounds[1]


def test_the_first_key_leads_past_the_table_and_every_exercise_is_a_link(opened):
    from selenium.webdriver.common.keys import Keys

    page = opened("wrong")
    page.find_element("css selector", "body").send_keys(Keys.TAB)
    focus = page.switch_to.active_element
    assert focus.text == "Skip to what is left" and focus.location["x"] >= 0, "seen once focused"
    focus.send_keys(Keys.ENTER)
    assert page.current_url.endswith("#left")
    links = page.find_elements("css selector", "nav a")
    assert [link.text.split()[1] for link in links] == ["double", "norms"]
    links[1].send_keys(Keys.ENTER)
    target = "return document.querySelector(':target').innerText"
    assert "norms" in page.execute_script(target)


def test_the_first_useful_sentence_stands_on_the_first_screen_of_a_short_page(opened):
    page = opened("wrong", width=1280, height=757)
    first = page.find_element("css selector", ".autograder-hint")
    assert first.location["y"] + first.size["height"] < 757
    assert page.execute_script("return document.documentElement.scrollHeight") < 2 * 757
    words = [e.text for e in page.find_elements("css selector", ".autograder-hint") if e.text]
    assert len(words) == len(set(words))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_nobody_for_anything(opened, name):
    page = opened(name)
    assert page.execute_script("return performance.getEntriesByType('resource').length") == 0


def test_the_hints_link_leads_to_the_section_of_the_lesson(opened):
    page = opened("wrong")
    links = page.find_elements("css selector", ".autograder-card a")
    assert len({link.get_attribute("href") for link in links}) == 1
    page.execute_script("arguments[0].click()", links[0])
    target = "return document.getElementById(decodeURIComponent(location.hash.slice(1))).innerText"
    assert page.execute_script(target).startswith("Doubling")


def test_paper_gets_each_card_whole_no_repetition_and_no_links_that_only_a_screen_follows(opened):
    page = opened("error")
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    shown = "return [...document.querySelectorAll(arguments[0])].map(e => e.offsetParent !== null)"
    assert not any(page.execute_script(shown, ".skip, .top"))
    assert all(page.execute_script(shown, ".autograder-card li"))
    seen = "return [...document.querySelectorAll(arguments[0])].some(e => e.checkVisibility())"
    assert not page.execute_script(seen, "table.autograder-checks, #notebook .highlight")
    ground = "return getComputedStyle(document.body).backgroundColor"
    assert page.execute_script(ground) in ("rgb(255, 255, 255)", "rgba(0, 0, 0, 0)")
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


WIDER = """
for (const row of document.querySelector(".wide table").rows) {
    for (let i = 0; i < 5; i++) row.append(row.lastElementChild.cloneNode(true));
}
for (const cell of document.querySelectorAll(".wide thead .n")) {
    cell.innerHTML = "<code>an_assignment_of_a_long_name</code>";
}
const body = document.documentElement;
const cut = [...document.querySelectorAll(".wide")].some(e => e.scrollWidth > e.clientWidth + 1);
return cut || body.scrollWidth > body.clientWidth;
"""


def test_the_table_of_a_course_with_many_assignments_fits_on_paper(opened):
    browser = opened("course", width=700)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    assert not browser.execute_script(WIDER)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


MANY = """
const table = document.querySelector('.wide[aria-label="Points per student"]');
table.closest("details").open = true;
table.classList.add("many");
for (const row of table.querySelector("table").rows) {
    for (let i = 0; i < 9; i++) row.append(row.lastElementChild.cloneNode(true));
}
for (const code of table.querySelectorAll("thead .n code")) {
    code.textContent = "update_parameters_with_momentum";
}
return table.scrollWidth > table.clientWidth + 1;
"""


@pytest.mark.parametrize("width", [1100, 700])
def test_the_points_of_an_assignment_with_eleven_exercises_fit_on_a_screen(opened, width):
    assert not opened("report", width=width).execute_script(MANY)
