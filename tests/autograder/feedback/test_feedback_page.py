"""The feedback page: the same from both doors, safe to open, and readable by everybody."""

import copy
import json
import re
import shutil
from html.parser import HTMLParser

import pytest
from nbconvert.exporters import HTMLExporter
from nbconvert.filters.markdown_mistune import markdown2html_mistune
from nbgrader.api import Gradebook
from nbgrader.converters import GenerateFeedback, NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.server_extensions.formgrader.handlers import template_path
from traitlets.config import Config

from autograder.course import hidden_delimiters
from autograder.feedback.feedback_page import feedback_page
from autograder.feedback.generating import generate
from autograder.feedback.grades import Points, ShownGrades, shown_grades
from autograder.feedback.markdown import safe_markdown
from autograder.gradebook.cards import anchor
from autograder.gradebook.recorder import Recorder
from autograder.gradebook.shared import SharedGradebook
from autograder.nbgrader_plugins import configure
from autograder.templates import CONTENT_POLICY

# nbgrader's own add_submission under SQLAlchemy 2.1
pytestmark = [pytest.mark.family, pytest.mark.filterwarnings("ignore:Object of type <Submitted")]

VOID = {"meta", "img", "br", "hr", "input", "link"}


class Page(HTMLParser):
    """Reads a page as a browser does, complaining about tags that do not nest."""

    def __init__(self, text):
        super().__init__()
        self.open, self.elements, self.text = [], [], ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag
        self.text += " " if tag in ("td", "th", "p", "div") else ""

    def handle_data(self, data):
        if not {"style", "script"} & set(self.open):
            self.text += data

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


def coursedir_of(root):
    return CourseDirectory(root=str(root), assignment_id="ps1")


def configured():
    config = Config()
    configure(config)
    return config


@pytest.fixture
def graded(course, solution, by_hand):
    """A course in which ada and bob are graded; ada's g is wrong."""
    for student in ("ada", "bob"):
        folder = course / "submitted" / student / "ps1"
        folder.mkdir(parents=True)
        (folder / "ps1.ipynb").write_text(json.dumps(solution))
        (folder / "notes.txt").write_text("mine")
    with Recorder(coursedir_of(course), "ps1") as recorder:
        recorder.record(by_hand(copy.deepcopy(solution), {"f": 1.0, "g": 0.4}))
        recorder.record(by_hand(copy.deepcopy(solution), {"f": 0.0, "g": 0.0}, student="bob"))
    return course


def files_below(folder):
    return {
        str(p.relative_to(folder)): (p.read_bytes(), p.stat().st_mode)
        for p in folder.rglob("*")
        if p.is_file()
    }


def test_both_doors_make_the_same_folders(graded):
    results = list(generate(coursedir_of(graded), "ps1", config=configured()))
    assert [r.student for r in results] == ["ada", "bob"]
    ours = files_below(graded / "feedback")
    assert set(ours) >= {"ada/ps1/ps1.html", "ada/ps1/notes.txt", "ada/ps1/helper.py"}
    shutil.rmtree(graded / "feedback")
    GenerateFeedback(coursedir=coursedir_of(graded), config=configured()).start()
    assert files_below(graded / "feedback") == ours


def test_workers_change_nothing(graded, monkeypatch):
    monkeypatch.setattr("autograder.feedback.generating.WORTH_WORKERS", 1)
    list(generate(coursedir_of(graded), "ps1", workers=2))
    parallel = files_below(graded / "feedback")
    list(generate(coursedir_of(graded), "ps1", workers=1))
    assert files_below(graded / "feedback") == parallel


def page_of(root, student="ada"):
    return (root / "feedback" / student / "ps1" / "ps1.html").read_text()


def test_the_page_tells_points_checks_hints_and_comments(graded):
    with Gradebook(f"sqlite:///{graded / 'gradebook.db'}") as gradebook:
        gradebook.find_grade("test_f", "ps1", "ps1", "ada").manual_score = 2.5
        gradebook.find_comment("f", "ps1", "ps1", "ada").manual_comment = "Well **done** <script>"
        gradebook.db.commit()
    list(generate(coursedir_of(graded), "ps1", ["ada"]))
    page = Page(page_of(graded))
    text = " ".join(page.text.split())
    assert "3.5 of 12.5 points" in text
    assert "◐ f 2.5 of 3" in text and "◐ g 1 of 2.5" in text
    assert "✗ not right yet" in text and text.count("Halve it.") == 1
    assert {"href": "#The-idea"} in [{"href": a.get("href")} for a in page.all("a")]
    assert "Comment: Well done" in text
    assert "No response." in text
    assert not (graded / "feedback" / "bob").exists()


def test_a_late_penalty_is_told_and_taken_off(graded):
    with Gradebook(f"sqlite:///{graded / 'gradebook.db'}") as gradebook:
        found = gradebook.find_submission_notebook("ps1", "ps1", "ada")
        found.late_submission_penalty = 1.25
        gradebook.db.commit()
    list(generate(coursedir_of(graded), "ps1", ["ada"]))
    text = " ".join(Page(page_of(graded)).text.split())
    assert "2.75 of 12.5 points" in text
    assert "1.25 points were taken off for handing in late." in text


def test_whoever_has_no_grades_is_reported_and_the_others_go_on(graded):
    results = {r.student: r for r in generate(coursedir_of(graded), "ps1", ["nobody", "bob"])}
    assert "autograder grade ps1" in results["nobody"].error
    assert results["bob"].pages[0].exists()


def test_nbgraders_door_makes_no_page_of_another_run(graded, caplog):
    """The gradebook holds other points than the cards would say: as after a restored backup."""
    with Gradebook(f"sqlite:///{graded / 'gradebook.db'}") as gradebook:
        gradebook.find_grade("test_f", "ps1", "ps1", "ada").auto_score = 2.0
        gradebook.db.commit()
    with pytest.raises(NbGraderException):
        GenerateFeedback(coursedir=coursedir_of(graded), config=configured()).start()
    assert "of another run than the points of 'test_f'" in caplog.text
    assert [p.parent.name for p in (graded / "feedback").glob("*/ps1")] == ["bob"]


def test_a_notebook_that_only_an_earlier_hand_in_had_has_no_page(graded):
    """It lies in the autograded folder still, and scores nothing now."""
    with Gradebook(f"sqlite:///{graded / 'gradebook.db'}") as gradebook:
        gradebook.find_grade("test_f", "ps1", "ps1", "ada").auto_score = 0.0
        gradebook.db.commit()
    (graded / "submitted" / "ada" / "ps1" / "ps1.ipynb").unlink()
    [made] = generate(coursedir_of(graded), "ps1", ["ada"])
    assert "has no notebook with grades" in made.error and "another run" not in made.error


def test_grades_are_those_that_nbgrader_computes(graded):
    url = f"sqlite:///{graded / 'gradebook.db'}"
    with Gradebook(url) as gradebook:
        gradebook.find_grade("test_f", "ps1", "ps1", "ada").manual_score = 0.5
        gradebook.find_grade("test_g", "ps1", "ps1", "ada").extra_credit = 1.5
        gradebook.find_grade("work", "ps1", "ps1", "ada").extra_credit = 1.0  # of no score
        gradebook.db.commit()
        nb = gradebook.find_submission_notebook("ps1", "ps1", "ada")
        expected = {g.name: (g.score, g.max_score) for g in nb.grades}
        total, most = nb.score, nb.max_score
        comments = {c.name: c.comment for c in nb.comments if c.comment}
    with SharedGradebook(url) as gradebook:
        found = shown_grades(gradebook.db(), "ps1", ["ada"])["ada", "ps1"]
    assert {n: (p.score, p.max_score) for n, p in found.cells.items()} == expected
    assert (found.score, found.max_score) == (total, most)
    assert found.comments == comments


GRADES = ShownGrades({"test_f": Points(1.0, 3.0)})


def rendered(nb, **options):
    return feedback_page(nb, GRADES, assignment="ps1", notebook="ps1", **options)


def cell(nb, name):
    return next(c for c in nb["cells"] if c["id"] == name)


def test_the_page_works_without_eyes_and_without_a_mouse(solution):
    image = {"output_type": "display_data", "metadata": {}, "data": {"image/png": "aGk="}}
    cell(solution, "f")["outputs"] = [image]
    cell(solution, "title")["metadata"]["tags"] = ["lang-zh"]
    page = Page(rendered(solution))
    assert page.all("html") == [{"lang": "en"}]
    assert any(d.get("lang") == "zh-Hans" for d in page.all("div"))
    assert all(i["alt"] for i in page.all("img"))
    assert all(t.get("scope") in ("row", "col") for t in page.all("th"))
    ids = [a["id"] for _, a in page.elements if "id" in a]
    assert len(ids) == len(set(ids))
    assert {a["href"][1:] for a in page.all("a") if a["href"].startswith("#cell-")} <= set(ids)
    assert {"body", "header", "nav", "main", "footer"} <= {tag for tag, _ in page.elements}


def test_the_page_follows_light_dark_and_paper(solution):
    page = rendered(solution)
    assert "color-scheme: light dark" in page
    assert "prefers-color-scheme: dark" in page and "@media print" in page


TRACEBACK = [
    "\x1b[31m---------\x1b[39m",
    "ValueError   Traceback (most recent call last)",
    "Cell \x1b[32mIn[4]\x1b[39m, line 1\n----> 1 hidden_test(f)",
    "File /srv/secret/check.py:3, in hidden_test\n   3 assert f(17) == 18",
    "Cell In[3], line 2, in f(x)\n----> 2 raise ValueError",
    "ValueError: no",
]


def error_in(nb, name):
    cell(nb, name)["outputs"] = [
        {"output_type": "error", "ename": "ValueError", "evalue": "no", "traceback": TRACEBACK}
    ]
    return " ".join(Page(rendered(nb)).text.split())


def test_a_traceback_is_cut_to_the_students_own_lines(solution):
    text = error_in(solution, "f")
    assert "----> 2 raise ValueError" in text and "ValueError: no" in text
    assert "secret" not in text and "f(17)" not in text


def test_a_grade_cells_traceback_shows_no_line_of_the_check(solution):
    text = error_in(solution, "test_f")
    assert "ValueError: no" in text and "hidden_test" not in text and "f(17)" not in text


def test_a_failed_test_cell_without_a_card_says_its_error_there(solution):
    grades = ShownGrades({"test_f": Points(0.0, 2.0)}, {})
    error_in(solution, "f"), error_in(solution, "test_f")
    shown = feedback_page(solution, grades, assignment="ps1", notebook="ps1")
    card = shown[shown.index('<section class="exercise"') : shown.index("</section>")]
    assert '<pre class="error">ValueError: no</pre>' in card and "f(17)" not in card


def test_what_a_grade_cell_printed_keeps_the_students_frames_only(solution, by_hand):
    from autograder.gradebook.scores import scored

    cell(solution, "test_f")["outputs"] = [
        {"output_type": "error", "ename": "ValueError", "evalue": "no", "traceback": TRACEBACK}
    ]
    nb = scored(by_hand(solution, {"f": 0.0, "g": 0.0}))
    printed = cell(nb, "test_f")["outputs"][0]["text"]
    assert printed == "Cell In[3], line 2, in f(x)\n----> 2 raise ValueError\nValueError: no\n"


@pytest.mark.parametrize("end", ["    ### END HIDDEN TESTS\n", ""])
def test_hidden_tests_in_a_cell_are_not_shown(solution, end):
    cell(solution, "test_f")["source"] = (
        f"assert f(1) == 2\n    ### BEGIN HIDDEN TESTS\nassert f(17) == 18\n{end}"
    )
    page = Page(rendered(solution)).text
    assert "assert f(1) == 2" in page
    assert "17" not in page and "HIDDEN" not in page


def test_hidden_tests_are_those_between_the_delimiters_that_the_course_chose(solution):
    source = "assert f(1) == 2\n# OURS\nassert f(17) == 18\n# OURS END\nassert f(2) == 3"
    cell(solution, "test_f")["source"] = source
    settings = {"begin_test_delimeter": "# OURS", "end_test_delimeter": "# OURS END"}
    delimiters = hidden_delimiters(Config({"ClearHiddenTests": settings}))
    page = Page(rendered(solution, hidden=delimiters)).text
    assert "assert f(1) == 2" in page and "17" not in page


ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "![x](https://evil.example/pixel.png)",
    "![x](//evil.example/pixel.png)",
    "[x](javascript:alert(1))",
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    "<iframe src=//evil></iframe><form action=//evil><button>x</button></form>",
    "<style>body{display:none}</style>",
    "<div style='position:fixed' id=top onclick=alert(1)>10/10</div>",
    "```html\n</code></pre><script>alert(1)</script>\n```",
    "![x](attachment:missing.png)",
    "$\\require{}</span><script>alert(1)</script>$",
]


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("where", ["markdown", "raw", "output", "markdown output", "latex"])
def test_nothing_a_student_writes_runs_in_the_page(solution, attack, where):
    clean = Page(rendered(solution))
    if where in ("markdown", "raw"):
        solution["cells"].append(
            {"cell_type": where, "id": "mine", "metadata": {}, "source": attack}
        )
    else:
        mime = {"output": "text/html", "latex": "text/latex"}.get(where, "text/markdown")
        output = {"output_type": "display_data", "data": {mime: attack}, "metadata": {}}
        for name in ("f", "test_f"):
            cell(solution, name)["outputs"] = [output]
    page = Page(rendered(solution))
    for tag in ("script", "style", "iframe", "form", "button", "object", "link", "meta"):
        assert len(page.all(tag)) == len(clean.all(tag))
    for tag, attributes in page.elements[len(clean.elements) - 40 :]:
        assert not any(name.startswith("on") for name in attributes)
        assert not re.match(r"(javascript|data):(?!image/)", attributes.get("href") or "")
        source = attributes.get("src", "")
        if tag == "img":
            assert source == "" or not re.match(r"\w+:|//", source) or source.startswith("data:im")


def test_the_lessons_headings_are_where_hints_point():
    for heading in ("The idea", "Mini-batches and `m`", "Why ε is outside"):
        html = safe_markdown(f"## {heading}")
        plain = heading.replace("`", "")
        assert f'id="{anchor(plain)}"' in html
        assert f'id="{anchor(plain)}"' in markdown2html_mistune(f"## {heading}")


def test_a_formula_is_set_without_a_script_or_a_network():
    page = safe_markdown("Let $a_{1} < b$ be, and\n\n$$\\frac{1}{m}$$")
    assert page.count("<math") == 2 and "<mfrac>" in page and "$" not in page
    assert "<msub><mi>a</mi>" in page and "&#x0003C;" in page


@pytest.mark.parametrize(
    "formula",
    [
        r"\href{javascript:alert(1)}{x}",
        r"\text{<script>alert(1)</script>}",
        r"\class{x onerror=alert(1)}{y}",
        r"\style{background:url(//evil)}{y}",
        "{" * 500 + "x" + "}" * 500,
        "x" * 10_000,
        r"\begin{matrix}",
        r"\frac{1}",
    ],
)
def test_what_a_student_writes_as_a_formula_is_a_formula_or_text(formula):
    page = safe_markdown(f"See ${formula}$ here.")
    found = Page(page)
    names = {name for _, attributes in found.elements for name in attributes}
    assert not names & {"href", "style", "onerror", "class"} and not found.all("script")
    assert page.startswith("<p>See ") and page.endswith(" here.</p>\n")


def test_a_text_that_looks_like_a_place_of_a_formula_stays_a_text():
    text = "formula-" + "0" * 64 + "-0;"
    assert text in safe_markdown(f"{text} and $x$")


def test_each_sentence_stands_once_and_the_notebook_is_folded(graded):
    list(generate(coursedir_of(graded), "ps1", ["ada"]))
    page = page_of(graded)
    assert page.count("Halve it.") == 1 and "The same idea as in" in page
    assert page.index("Halve it.") < page.index('<details id="notebook">')
    policy = [m["content"] for m in Page(page).all("meta") if "http-equiv" in m]
    assert policy == [CONTENT_POLICY] and "<script" not in page


def test_attached_images_stay():
    attached = {"x.png": {"image/png": "aGk="}}
    assert 'src="data:image/png;base64,aGk="' in safe_markdown("![x](attachment:x.png)", attached)


def test_formgraders_page_shows_our_table_and_runs_nothing_of_a_student(graded, solution, by_hand):
    cell(solution, "essay")["source"] = "Mine <script>alert(1)</script><img src=x onerror=alert(2)>"
    evil = {"text/html": "<b>seen</b><script>alert(3)</script>"}
    cell(solution, "f")["outputs"] = [
        {"output_type": "display_data", "data": evil, "metadata": {}},
    ]
    with Recorder(coursedir_of(graded), "ps1") as recorder:
        recorder.record(by_hand(solution, {"f": 1.0, "g": 0.4}))
    config = configured()  # as FormgradeExtension.build_extra_config has it
    config.HTMLExporter.template_name = "formgrade"
    config.HTMLExporter.extra_template_basedirs = [template_path]
    names = ("assignment_id", "notebook_id", "submission_id", "index", "total", "base_url",
             "student", "last_name", "first_name", "notebook_path")  # fmt: skip
    notebook = graded / "autograded" / "ada" / "ps1" / "ps1.ipynb"
    resources = {name: "x" for name in names} | {"index": 0, "total": 1}
    page, _ = HTMLExporter(config=config).from_filename(str(notebook), resources=resources)
    assert "alert" not in page
    assert "<b>seen</b>" in page and "Mine" in page
    assert "✗</span> not right yet" in page and 'scope="col"' in page
    assert page.count("Halve it.") == 2  # once in each cell
