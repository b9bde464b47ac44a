"""Nothing of a student's is active where an instructor clicks: two servers count what is asked."""

import json
import shutil
import threading
import time
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from attacking import RIGHT, filled
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory

from autograder.batch.recording import RecordingRun
from autograder.batch.run import ClassRun
from autograder.course import Course
from autograder.feedback.generating import generate
from autograder.gradebook.recorder import Recorder
from autograder.model import Graded

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OWN = "document.documentElement.setAttribute('data-owned', 'yes')"
PAGE = f"<!doctype html><script>{OWN}; fetch('/formgrader/api/assignments')</script><p>page"
DRAWING = f"""<svg xmlns="http://www.w3.org/2000/svg" onload="{OWN}"><script>{OWN}</script>
<a href="javascript:{OWN}"><rect width="9" height="9" fill="#123456"/></a></svg>"""
FILES = {
    "derivation.html": PAGE, "derivation.xhtml": PAGE, "page": PAGE, "page.HTM": PAGE,
    "drawing.svg": DRAWING, "feed.xml": DRAWING, "notes.txt": "kept",
    f'"><img src=x onerror="{OWN}">.html': PAGE, "javascript:alert(1)": PAGE, "a.png.html": PAGE,
    "<svg onload=alert(1)>.txt": PAGE, "..%2f..%2fhub%2flogout.html": PAGE, "x.svgz": DRAWING,
    "x.pdf": PAGE, "x.mhtml": PAGE, "x.shtml": PAGE, "x.js": OWN, "x.css": "@import '//x'",
}  # fmt: skip
ADDRESSES = r"""
<img src="\\{foreign}\a.png"> <img src="\/{foreign}/b.png"> <img src=" /	/{foreign}/c.png">
<img src="x/../../../../../../../hub/logout"> ![a](\\{foreign}\d.png) <img src="/hub/logout">
<img src="%2e%2e/%2e%2e/%2e%2e/hub/logout"> <img src="//{foreign}/e.png">
<img src="http:{foreign}/f.png"> <img src="http://{foreign}/g.png"> <img src="ht
tp://{foreign}/h.png"> <img srcset="http://{foreign}/i.png 2x"> <img src="&#9;//{foreign}/j.png">
<img src="..\..\..\hub\logout"> <img src="x/%2e%2e/..;/%2e%2e/../hub/logout.png/../../logout">
<a id=go href="java
script:{own}">go</a> [see](derivation.html) <a href="\\{foreign}\k">k</a>
<a href="/formgrader/submissions/1/derivation.html">1</a> <a href="//{foreign}/l">l</a>
<svg><image href="http://{foreign}/m.png"/></svg> <link rel=stylesheet href="//{foreign}/n.css">
<style>@import "//{foreign}/o.css";</style> <video poster="//{foreign}/p.png"></video>
<table background="//{foreign}/q.png"><tr><td>x</td></tr></table>
![beside](own.png) <img src="data:image/svg+xml;base64,{drawing}">

![a][r] ![b](//{foreign}/r1.png "t") ![c](<http://{foreign}/r2.png>) <//{foreign}/r3> [d]: x

[r]: //{foreign}/r4.png

<base href="//{foreign}/"> <meta http-equiv="refresh" content="0;url=//{foreign}/s1">
<object data="//{foreign}/s2"></object> <embed src="//{foreign}/s3"> <input type=image src="//{foreign}/s4">
<iframe srcdoc="<script>parent.{own}</script>"></iframe> <iframe src="//{foreign}/s5"></iframe>
<link rel=preconnect href="//{foreign}"> <link rel=prefetch href="//{foreign}/s6"> <audio src="//{foreign}/s7">
</audio> <picture><source srcset="//{foreign}/s8"><img src="own.png"></picture>
<p style="background:url(//{foreign}/s9)">x</p> <img src="own.png" lowsrc="//{foreign}/t1" dynsrc="//{foreign}/t2">
<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror={own}&gt;">
<noscript><p title="</noscript><img src=x onerror={own}>"></p> <svg><style><img src="//{foreign}/t3"></style></svg>
<p title='"><img src="//{foreign}/t4" onerror="{own}">'>x</p> <a id=ping href="#x" ping="//{foreign}/t5">p</a>
<form action="//{foreign}/t6"><button id=send formaction="javascript:{own}">x</button></form>
<a href="data:text/html,<script>{own}</script>">d</a> <template><img src="//{foreign}/t7"></template>
<div id=submission_id name=Backbone class=score data-x="{own}"><img name=document src="own.png"></div>
$\href{{javascript:{own}}}{{go}}$ $\includegraphics{{//{foreign}/u1.png}}$ $\style{{background:url(//{foreign}/u2)}}{{x}}$
$$\class{{x" onmouseover="{own}}}{{y}}$$ $\text{{<img src="//{foreign}/u3" onerror="{own}">}}$
"""  # noqa: E501
LATEX = r"$\href{{javascript:{own}}}{{go}}$ $$\unicode[x;background:url(//{foreign}/v1)]{{65}}$$ <img src=//{foreign}/v2>"  # noqa: E501


class Counting(ThreadingHTTPServer):
    """Serves a folder and remembers the paths that it was asked for."""

    def __init__(self, folder):
        self.asked = []
        super().__init__(("127.0.0.1", 0), lambda *a: Remembering(*a, directory=str(folder)))
        threading.Thread(target=self.serve_forever, daemon=True).start()
        self.address = f"127.0.0.1:{self.server_port}"


class Remembering(SimpleHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        super().do_GET()

    def log_message(self, *_):
        pass


@pytest.fixture
def serve():
    """Starts a counting server of a folder."""
    started = []

    def start(folder):
        started.append(Counting(folder))
        return started[-1]

    yield start
    for server in started:
        server.shutdown()
        server.server_close()


@pytest.fixture
def foreign(serve, tmp_path):
    (tmp_path / "foreign").mkdir()
    return serve(tmp_path / "foreign")


@pytest.fixture
def course(built_course, tmp_path, foreign):
    """A course with one student, who handed in all of this, graded and given feedback."""
    import base64

    root = tmp_path / "course"
    shutil.copytree(built_course.root, root)
    config = root / "nbgrader_config.py"
    text = "from autograder.nbgrader_plugins import configure\n" + config.read_text()
    config.write_text(text + "configure(c)\nc.ServerApp.root_dir = '.'\n")
    course = Course.load(root)
    shows = f"{RIGHT['double']}\nfrom IPython.display import SVG, HTML, display\n" \
            f"display(SVG({DRAWING!r}))\ndisplay(HTML({ADDRESSES.format(foreign=foreign.address, own=OWN, drawing='')!r}))\nfrom IPython.display import Latex, Markdown\n" \
            f"display(Latex({LATEX.format(foreign=foreign.address, own=OWN)!r}), Markdown({ADDRESSES.format(foreign=foreign.address, own=OWN, drawing='')!r}))"  # fmt: skip # noqa: E501
    nb = filled(json.loads(course.release_notebook("tiny").read_text()),
                {**RIGHT, "double": shows})  # fmt: skip
    prose = ADDRESSES.format(
        foreign=foreign.address, own=OWN, drawing=base64.b64encode(DRAWING.encode()).decode()
    )
    nb["cells"].append({"cell_type": "markdown", "id": "p", "metadata": {}, "source": prose})
    folder = course.submitted("tiny", "eve")
    folder.mkdir(parents=True)
    (folder / "tiny.ipynb").write_text(json.dumps(nb))
    for name, text in FILES.items():
        (folder / name).write_text(text)
    coursedir = CourseDirectory(root=str(root))
    run = ClassRun(course, "tiny")
    with Recorder(coursedir, "tiny") as recorder:
        recording = RecordingRun(run, recorder)
        for _, outcome in run.outcomes(1):
            assert isinstance(outcome, Graded), outcome
            recording.take(outcome)
        recording.finish()
    list(generate(coursedir, "tiny", workers=1))
    return course


def owned(browser):
    return browser.execute_script("return document.documentElement.dataset.owned || ''")


def test_a_page_that_is_not_ours_does_ask(browser, serve, foreign, tmp_path):
    """Else the tests below could not fail."""
    prose = ADDRESSES.format(foreign=foreign.address, own=OWN, drawing="")
    (tmp_path / "page.html").write_text(f"<!doctype html><meta charset=utf-8>{prose}")
    (tmp_path / "derivation.html").write_text(PAGE)
    own = serve(tmp_path)
    browser.get(f"http://{own.address}/page.html")
    time.sleep(1)
    assert len(foreign.asked) >= 8 and any("logout" in path for path in own.asked)
    browser.get(f"http://{own.address}/derivation.html")
    assert owned(browser) == "yes"


def test_a_feedback_page_asks_nobody_and_its_files_run_nothing(browser, serve, foreign, course):
    own = serve(course.root / "feedback/eve/tiny")
    page = f"http://{own.address}/tiny.html"
    browser.get(page)
    time.sleep(1)
    assert owned(browser) == "" and foreign.asked == []
    assert {path for path in own.asked if "logout" in path or "hub" in path} == set()
    assert browser.execute_script(
        "return [...document.images].filter(i => i.src.startsWith('data:image/svg'))"
        ".every(i => i.naturalWidth > 0)"
    ), "a drawing is still to be seen"
    for path in sorted((course.root / "feedback/eve/tiny").iterdir()):
        browser.get(f"http://{own.address}/{path.name}")
        assert owned(browser) == "", path.name
    for address in click(browser, page):
        assert owned(browser) == "", address
    assert foreign.asked == []
    assert (course.root / "feedback/eve/tiny/notes.txt").read_text() == "kept"
    assert (course.root / "feedback/eve/tiny/derivation.html.txt").read_text() == PAGE


def click(browser, page):
    """Click whatever of a student's can be clicked and stays on the page; yields what it was."""
    browser.get(page)
    found = browser.execute_script(
        "return [...document.querySelectorAll('a, button, form')].filter(e =>"
        "!e.href || /^(javascript|data|vbscript|blob):/i.test(e.href) || e.id == 'ping')"
        ".map(e => {try {e.click()} catch (x) {}; return e.outerHTML.slice(0, 80)})"
    )
    time.sleep(1)
    yield from found


def submission_address(course, address):
    with Gradebook(f"sqlite:///{course.root}/gradebook.db", "tiny_course") as gradebook:
        [submission] = gradebook.notebook_submissions("tiny", "tiny")
        return f"{address}/formgrader/submissions/{submission.id}/"


def test_formgrader_shows_a_submission_and_runs_nothing_of_it(browser, jupyter, foreign, course):
    autograded = course.root / "autograded/eve/tiny"
    nb = json.loads((autograded / "tiny.ipynb").read_text())
    slipped = {"output_type": "display_data", "metadata": {}, "data": {
        "text/html": f"<script>{OWN}</script><img src=x onerror=\"{OWN}\">"
                     f"<img src='http://{foreign.address}/slipped.png'>"}}  # fmt: skip
    nb["cells"][-2]["outputs"] = [slipped]
    assert nb["cells"][-2]["cell_type"] == "code"
    (autograded / "tiny.ipynb").write_text(json.dumps(nb))
    (autograded / "slipped.html").write_text(PAGE)
    page = submission_address(course, jupyter(course.root))
    browser.get(page)
    time.sleep(2)
    assert "slipped.png" in browser.page_source, "what slipped through is on the page"
    assert owned(browser) == "" and foreign.asked == []
    assert browser.execute_script("return submission_id && typeof Backbone") == "object"
    assert browser.execute_script("return document.querySelectorAll('input.score').length") == 2
    assert browser.execute_script("toggle_name(true); return $('.name-shown:visible').length"), (
        "Formgrader's own scripts run"
    )
    names = sorted(p.name for p in autograded.iterdir())
    assert {"derivation.html.txt", "drawing.svg", "feed.xml.txt", "page.txt"} <= set(names)
    for name in names:
        browser.get(page + name)
        assert owned(browser) == "", name
    for address in click(browser, page):
        assert owned(browser) == "", address
    assert foreign.asked == []
