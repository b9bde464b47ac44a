"""What students make the grader show, opened in a real browser: no script of theirs runs."""

import html
import json
import re
import shutil
import subprocess

import nbgrader.server_extensions.formgrader.handlers as formgrader
import pytest
from attacking import RIGHT, filled, own_cell
from nbconvert.exporters import HTMLExporter
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograder.batch.pool import close_graders
from autograder.batch.recording import RecordingRun
from autograder.batch.run import ClassRun
from autograder.feedback.generating import generate
from autograder.gradebook.recorder import Recorder
from autograder.model import Graded
from autograder.nbgrader_plugins import configure
from autograder.report.report_page import write_report

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--virtual-time-budget=3000", "--dump-dom"),
)


pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: apt-get install chromium"),
    pytest.mark.filterwarnings("ignore:Glyph"),
    pytest.mark.filterwarnings("ignore:No lexer"),
    pytest.mark.filterwarnings("ignore:Object of type <Submitted"),
]

OWN = "document.documentElement.setAttribute('data-owned','{}')"
PAYLOADS = [
    "<script>{own}</script>",
    "<img src=x onerror=\"{own}\">",
    "<svg onload=\"{own}\"><script>{own}</script></svg>",
    "<iframe srcdoc=\"<script>parent.{own}</script>\"></iframe>",
    "<body onload=\"{own}\">",
    "<details open ontoggle=\"{own}\">x</details>",
    "<video><source onerror=\"{own}\"></video>",
    "<input autofocus onfocus=\"{own}\">",
    "<style>@import 'x'; * {{ animation: a 1s }}</style><p onanimationstart=\"{own}\">x</p>",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--><img src=x onerror={own}>\">",
    "<noscript><p title=\"</noscript><img src=x onerror={own}>\"></noscript>",
    "</pre></td></table></div></main><script>{own}</script>",
    "]]>--></script></style></title></textarea><script>{own}</script>",
    "\x1b[31m<script>{own}</script>\x1b]8;;javascript:{own}\x07x\x1b]8;;\x07",
    "<a href=\"javascript:{own}\" id=x autofocus>x</a><meta http-equiv=refresh content=\"0;"
    "javascript:{own}\"><base href=\"javascript:/a/\">",
    "<object data=\"data:text/html,<script>parent.{own}</script>\"></object>"
    "<embed src=\"javascript:{own}\"><form action=\"javascript:{own}\"><button autofocus>",
    "<scr<script>ipt>{own}</scr</script>ipt><img/src/onerror={own}>",
    "{{{{ '<script>{own}</script>' }}}} {{% raw %}} ${{{own}}}",
]  # fmt: skip


def payload(number, place):
    return PAYLOADS[number].format(own=OWN.format(f"{place} {number}"))


def all_payloads(place):
    return "\n\n".join(payload(number, place) for number in range(len(PAYLOADS)))


def code_that_shows():
    """A solution cell whose outputs, errors and names hold every payload."""
    return f"""
import sys
from IPython.display import HTML, Javascript, Latex, Markdown, SVG, display
for text in {[payload(n, "output") for n in range(len(PAYLOADS))]!r}:
    for kind in (HTML, Javascript, Markdown, Latex):
        display(kind(text))
    display({{"image/svg+xml": text, "text/html": text, "text/plain": text}}, raw=True)
    display({{"application/vnd.jupyter.widget-view+json": {{"model_id": text}}}}, raw=True)
    display({{"image/png": text, "text/plain": text}}, raw=True)
    display({{"image/png": "iVBORw0KGgo=", "text/plain": "x"}}, raw=True,
            metadata={{"image/png": {{"alt": text, "width": text}}}})
    print(text)
    print(text, file=sys.stderr)
def double(x):
    raise type({payload(1, "error name")!r}, (Exception,), {{}})({all_payloads("error")!r})
class Shown:
    def __repr__(self): return {all_payloads("repr")!r}
    def _repr_html_(self): return {all_payloads("repr")!r}
Shown()
"""


def add_own_cells(nb):
    prose = {"cell_type": "markdown", "id": "prose", "metadata": {}, "source": all_payloads("md")}
    attached = {
        "cell_type": "markdown", "id": "attached", "source": "![x](attachment:x.svg)",
        "metadata": {"tags": ["<script>1</script>"]},
        "attachments": {"x.svg": {"image/svg+xml": payload(2, "attachment")},
                        "\"><script>1</script>": {"text/html": payload(0, "attachment")}},
    }  # fmt: skip
    raw = {"cell_type": "raw", "id": "raw", "source": all_payloads("raw"),
           "metadata": {"format": "text/html", "raw_mimetype": "text/html"}}  # fmt: skip
    comment = own_cell("# " + payload(11, "source") + "\n1/0", "comment")
    links = {"cell_type": "markdown", "id": "links", "metadata": {}, "source":
             f"[x](javascript:{OWN.format('link')}) <javascript:{OWN.format('link')}>\n\n"
             f"[y]: javascript:{OWN.format('link')}\n\n[y]\n\n# {payload(1, 'heading')}\n\n"
             f"$\\href{{javascript:{OWN.format('tex')}}}{{x}}$ "
             f"$<script>{OWN.format('tex')}</script>$\n\n"
             f"```{payload(1, 'fence')}\n{payload(0, 'fence')}\n```\n"}  # fmt: skip
    nb["cells"] += [prose, attached, raw, comment, links]
    nb["metadata"]["title"] = payload(0, "title")
    nb["metadata"]["kernelspec"] = {"name": payload(1, "k"), "display_name": payload(1, "kernel"),
                                    "language": payload(1, "language")}  # fmt: skip
    nb["metadata"]["language_info"] = {"name": payload(1, "lexer")}


def rename_a_cell(nb):
    cell = next(c for c in nb["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id"))
    nb["cells"].append({**json.loads(json.dumps(cell)), "id": payload(1, "id")[:60]})
    nb["cells"][-1]["metadata"]["nbgrader"]["grade_id"] = payload(1, "grade id")


STUDENT = "<img src=x onerror=" + OWN.format("student").replace("'", "`") + ">"


@pytest.fixture(scope="module")
def shown(built_course, tmp_path_factory):
    """A course in which a hostile student was graded, reported and given feedback."""
    from autograder.course import Course

    root = tmp_path_factory.mktemp("hostile") / "course"
    shutil.copytree(built_course.root, root)
    course = Course.load(root)
    nb = filled(json.loads(course.release_notebook("tiny").read_text()),
                {**RIGHT, "double": code_that_shows()})  # fmt: skip
    add_own_cells(nb)
    rename_a_cell(nb)
    folder = course.submitted("tiny", STUDENT)
    folder.mkdir(parents=True)
    (folder / "tiny.ipynb").write_text(json.dumps(nb))
    (folder / f"{payload(1, 'file')}.txt".replace("/", "")).write_text(payload(0, "file"))
    run = ClassRun(course, "tiny")
    coursedir = CourseDirectory(root=str(root))
    with Recorder(coursedir, "tiny") as recorder:
        recording = RecordingRun(run, recorder)
        for _, outcome in run.outcomes(1):
            assert isinstance(outcome, Graded), outcome
            recording.take(outcome)
        recording.finish()
    list(generate(coursedir, "tiny", workers=1))
    write_report(course, "tiny", root / "reports")
    close_graders()
    return course


@pytest.fixture
def browse(tmp_path):
    """The DOM of a page after its scripts have run."""

    def open_page(text):
        path = tmp_path / "page.html"
        path.write_text(text, encoding="utf-8")
        command = [CHROMIUM, *FLAGS, f"--user-data-dir={tmp_path / 'profile'}", path.as_uri()]
        done = subprocess.run(command, capture_output=True, text=True, timeout=90, check=True)
        assert "</html>" in done.stdout
        return done.stdout

    return open_page


def owned(dom):
    return re.findall(r'<html[^>]*data-owned="([^"]*)"', dom)


TAG = re.compile(r'<[a-zA-Z](?:"[^"]*"|[^>"])*>')
LINK = re.compile(r'(?:href|src|action|data)="\s*(?:javascript|vbscript|data:text)[^"]*')


def dangerous(dom):
    """What would run on a click: links, and handlers inside tags."""
    tags = TAG.findall(dom)
    handlers = [t for t in tags if re.search(r"\son[a-z]+=", re.sub(r'"[^"]*"', '""', t))]
    return [*handlers, *(link for tag in tags for link in LINK.findall(tag))]


def formgrader_page(course, student):
    """What Formgrader shows for a submission: its exporter with its template and our filters.

    Its heading prints names as they are, so the name here is a sound one (docs/security.md).
    """
    config = Config()
    configure(config)
    config.HTMLExporter.template_name = "formgrade"
    config.HTMLExporter.extra_template_basedirs = [formgrader.template_path]
    resources = {
        "assignment_id": "tiny", "notebook_id": "tiny", "submission_id": "1", "index": 0,
        "total": 1, "base_url": "/", "student": "eve", "last_name": "Eve", "first_name": "",
        "notebook_path": "", "mathjax_url": "",
    }  # fmt: skip
    path = course.autograded("tiny", student) / "tiny.ipynb"
    page, _ = HTMLExporter(config=config).from_filename(str(path), resources=resources)
    return page


def test_the_browser_runs_scripts_and_the_payloads_work(browse):
    """Else the tests below could not fail."""
    working = [n for n in range(len(PAYLOADS)) if owned(browse(
        f"<!DOCTYPE html><html><body><p>{payload(n, 'control')}</p></body></html>"))]  # fmt: skip
    assert len(working) >= 8, working


def test_a_feedback_page_runs_nothing_of_a_student(shown, browse):
    page = (shown.root / "feedback" / STUDENT / "tiny/tiny.html").read_text()
    dom = browse(page)
    assert owned(dom) == [] and dangerous(dom) == []


def test_the_report_of_the_class_runs_nothing_of_a_student(shown, browse):
    page = (shown.root / "reports/tiny.html").read_text()
    assert "onerror" in html.unescape(page), "the hostile name is on the page"
    dom = browse(page)
    assert owned(dom) == [] and dangerous(dom) == []


def test_formgrader_runs_nothing_of_a_student(shown, browse):
    dom = browse(formgrader_page(shown, STUDENT))
    assert owned(dom) == []


def test_an_autograded_notebook_as_html_runs_nothing_of_a_student(shown, browse):
    path = shown.autograded("tiny", STUDENT) / "tiny.ipynb"
    config = Config()
    configure(config)
    page, _ = HTMLExporter(config=config).from_filename(str(path))
    assert owned(browse(page)) == []
