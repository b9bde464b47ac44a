"""What is written into a grade cell: nbgrader reads our score, a browser only safe HTML."""

import dataclasses
import json
from html.parser import HTMLParser

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbgrader.preprocessors import LimitOutput
from nbgrader.utils import determine_grade, is_ignored

from autograder.gradebook.cards import WORDS, exercise_cards, ideas_of, notes
from autograder.gradebook.scores import scored
from autograder.grading import hand_outs
from autograder.model import Check, Exercise, GraderError, Verdict
from autograder.notebook.safe_outputs import as_printed, limited, plain, safe_html, safe_output
from autograder.notebook.writing import notebook_text


def grade_cell(nb, name="test_f"):
    return next(c for c in nb["cells"] if c["id"] == name)


def stream(text, name="stdout"):
    return {"output_type": "stream", "name": name, "text": text}


def display(**data):
    data = {mime.replace("_", "/", 1): content for mime, content in data.items()}
    return {"output_type": "display_data", "data": data, "metadata": {}}


ERROR = {
    "output_type": "error",
    "ename": "ValueError",
    "evalue": "no",
    "traceback": ["\x1b[0;31mValueError\x1b[0m: no"],
}


class Reader(HTMLParser):
    """Collects tags, attributes and text; a stand-in for a browser."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.text = [], [], ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]

    def handle_data(self, data):
        self.text += data


def points_as_nbgrader_reads_them(nb, name="test_f"):
    return determine_grade(nbformat.from_dict(grade_cell(nb, name)))


@pytest.mark.parametrize("share", [0.0, 0.25, 1 / 3, 0.5, 1.0])
@pytest.mark.parametrize(
    "outputs",
    [
        [],
        [stream("RuntimeWarning", "stderr")],
        [ERROR],
        [display(text_plain="100")],
        [{**display(text_plain="3.0"), "output_type": "execute_result", "execution_count": 1}],
    ],
    ids=["nothing", "stderr", "error", "display", "forged result"],
)
def test_nbgrader_reads_exactly_our_score(solution, by_hand, share, outputs):
    grade_cell(solution)["outputs"] = outputs
    graded = by_hand(solution, {"f": share, "g": 1.0})
    expected = graded.report.exercise("f").points
    assert points_as_nbgrader_reads_them(scored(graded)) == (expected, 3.0)


def with_points(graded, max_points):
    exercises = [dataclasses.replace(e, max_points=max_points) for e in graded.report.exercises]
    report = dataclasses.replace(graded.report, exercises=tuple(exercises))
    return dataclasses.replace(graded, report=report)


@pytest.mark.parametrize(("points", "read"), [(1000.0, 3.0), (-5.0, 0.0)])
def test_the_score_stays_between_zero_and_the_cells_points(solution, by_hand, points, read):
    graded = with_points(by_hand(solution, {"f": 1.0, "g": 1.0}), points)
    assert points_as_nbgrader_reads_them(scored(graded)) == (read, 3.0)


def test_points_that_are_no_number_are_an_error_of_ours(solution, by_hand):
    graded = by_hand(solution, {"f": float("nan"), "g": 1.0})
    with pytest.raises(GraderError, match="f are not a number"):
        scored(graded)


def test_streams_and_errors_come_first_and_as_plain_stdout(solution, by_hand):
    grade_cell(solution)["outputs"] = [stream("one\n"), stream("two", "stderr"), ERROR]
    outputs = grade_cell(scored(by_hand(solution, {"f": 1.0, "g": 1.0})))["outputs"]
    assert outputs[0] == stream("one\ntwo\nValueError: no\n")
    assert [o["output_type"] for o in outputs] == ["stream", "execute_result"]


def test_flags_are_told_once_with_the_first_score(solution, by_hand):
    nb = scored(by_hand(solution, {"f": 1.0, "g": 1.0}, flags=("The cell <b> was `odd`.",)))
    first, second = (grade_cell(nb, n)["outputs"][-1]["data"]["text/html"] for n in GRADED)
    assert "The cell &lt;b&gt; was <code>odd</code>." in first
    assert "odd" not in second


GRADED = ("test_f", "test_g")


def without_hints(graded):
    exercises = [
        dataclasses.replace(
            e, checks=tuple(dataclasses.replace(c, hint="", section="") for c in e.checks)
        )
        for e in graded.report.exercises
    ]
    report = dataclasses.replace(graded.report, exercises=tuple(exercises))
    return dataclasses.replace(graded, report=report)


def test_a_card_without_a_hint_leads_to_the_section_of_its_exercise(solution, by_hand):
    heading = {"cell_type": "markdown", "id": "h", "source": "## Sums\n\ntext"}
    twin = {**heading, "id": "zh", "source": "## 和", "metadata": {"tags": ["lang-zh"]}}
    place = solution["cells"].index(grade_cell(solution))
    solution["cells"][place:place] = [{**heading, "metadata": {"tags": ["lang-en"]}}, twin]
    graded = by_hand(solution, {"f": 0.5, "g": 1.0})

    def card(of):
        return grade_cell(scored(of))["outputs"][-1]["data"]["text/html"]

    assert 'Read again: <a href="#Sums">Sums</a>' in card(without_hints(graded))
    assert 'Read again: <a href="#The-idea">The idea</a>' in card(graded), "the hint's own"


HOSTILE = "<img src=x onerror=alert(1)>\x1b[31m\x07`<script>`\"'&"


@given(st.text(max_size=40))
def test_nothing_in_a_check_reaches_the_page_unescaped(text):
    text = HOSTILE + text
    check = Check(
        text, text, text, Verdict.WRONG, message=f"{text}\n{text}", hint=text, section=text,
        remark=text,
    )  # fmt: skip
    page = Reader(exercise_cards(Exercise(text, 2.0, (check,)), 1.0, 2.0) + notes([text]))
    assert set(page.tags) <= {
        "table", "caption", "thead", "tbody", "tr", "th", "td", "p", "pre", "strong", "a", "code",
        "span", "div", "ul", "li", "details", "summary", "mark",
    }  # fmt: skip
    assert {name for _, name, _ in page.attributes} <= {
        "class", "style", "scope", "href", "aria-hidden",
    }  # fmt: skip
    assert all(v.startswith("#") for _, name, v in page.attributes if name == "href")
    assert "\x1b" not in page.text and "\x07" not in page.text


def test_the_table_reads_without_colour():
    checks = tuple(Check(v.value, f"Check {v.value}", "f", v) for v in Verdict)
    page = Reader(exercise_cards(Exercise("f", 8.0, checks), 1.0, 8.0))
    assert "f: 1 of 8 points" in page.text
    scopes = [value for tag, name, value in page.attributes if tag == "th" and name == "scope"]
    assert scopes == ["col"] * 2 + ["row"] * 9
    for verdict in Verdict:
        symbol, words = WORDS[verdict]
        assert f"{symbol} {words}" in page.text
    assert not any("color:" in (v or "") for _, name, v in page.attributes if name == "style")


def test_message_hint_section_and_remark_are_all_there():
    check = Check(
        "t", "Right shape", "f", Verdict.WRONG, message="`W1` is too large\n  line 3: W1 = 2",
        hint="Divide by `n`.", section="He initialization", remark="The list was changed.",
    )  # fmt: skip
    html = exercise_cards(Exercise("f", 1.0, (check,)), 0.0, 1.0)
    assert '<p class="autograder-hint">Divide by <code>n</code>.</p>' in html
    assert 'Read again: <a href="#He-initialization">He initialization</a>' in html
    assert "<p><code>W1</code> is too large</p>" in html
    assert html.count("The list was changed.") == 1


def of(title, verdict=Verdict.WRONG, **fields):
    return Check(fields.pop("id", title), title, "f", verdict, **fields)


def test_a_hint_is_one_card_whatever_the_number_of_its_checks():
    checks = tuple(
        of(f"Right for any depth ({n})", id=f"test_depth[{n}]", hint="Divide.") for n in range(5)
    )
    html = exercise_cards(Exercise("f", 6.0, (*checks, of("Shape", Verdict.PASSED))), 1.0, 6.0)
    assert html.count("Divide.") == 1 and html.count('class="autograder-card"') == 1
    text = Reader(html).text
    assert "Checks about this: 5 of 6" in text and "Right for any depth ×5" in text
    assert "Right already: 1 of 6 checks" in text


def test_the_idea_that_costs_most_comes_first_and_what_nothing_explains_last():
    checks = (of("a", message="off"), of("b", hint="small"), of("c", hint="large", weight=3.0))
    assert [idea.sentence for idea in ideas_of(checks)] == ["large", "small", "off"]


def test_a_card_shows_the_students_own_lines_once():
    own = "  2      return x['<b>']"
    checks = (of("a", hint="A key.", lines=own), of("b", hint="A key.", lines=own))
    html = exercise_cards(Exercise("f", 1.0, checks), 0.0, 1.0)
    assert html.count("  2  <mark>return x[&#x27;&lt;b&gt;&#x27;]</mark>") == 1


def test_lines_of_a_card_lose_the_blanks_they_share_and_only_code_is_marked():
    own = "  9          for i in x:\n 10              y += i"
    html = exercise_cards(Exercise("f", 1.0, (of("a", hint="A sum.", lines=own),)), 0.0, 1.0)
    assert ">  9  <mark>for i in x:</mark>\n 10      <mark>y += i</mark></pre>" in html


def test_what_was_not_attempted_is_one_quiet_line():
    checks = (of("a", Verdict.NOT_ATTEMPTED), of("b", Verdict.NOT_ATTEMPTED))
    html = exercise_cards(Exercise("f", 1.0, checks), 0.0, 1.0)
    assert "autograder-card" not in html and "autograder-untouched" in html


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src='https://evil.example/pixel.png' onerror=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
        "<iframe src='//evil'></iframe><object data=x></object><embed src=x>",
        "<form action='//evil'><input name=a><button>b</button></form>",
        "<style>body{display:none}</style><link rel=stylesheet href=//evil>",
        "<div style='position:fixed;inset:0' class='panel' id='toc'>10/10</div>",
        "<svg onload=alert(1)><script>1</script></svg><math><mtext></mtext></math>",
        "<base href='//evil'><meta http-equiv=refresh content='0;url=//evil'>",
    ],
)
def test_html_of_students_holds_nothing_that_runs_or_calls_home(attack):
    page = Reader(safe_html(f"<b>kept</b>{attack}"))
    assert page.text.startswith("kept") and "alert" not in page.text
    forbidden = {"script", "iframe", "object", "embed", "form", "input", "button", "style", "link",
                 "svg", "math", "base", "meta"}  # fmt: skip
    assert not forbidden & set(page.tags)
    for tag, name, value in page.attributes:
        assert not name.startswith("on") and name not in ("style", "id", "class")
        assert (tag, name) != ("img", "src") and not (value or "").startswith(
            ("javascript", "data")
        )


def test_tables_of_data_frames_and_embedded_images_stay():
    frame = '<table border="1" class="dataframe"><tr><td>1</td></tr></table>'
    page = Reader(safe_html(frame + '<img src="data:image/png;base64,aGk=" alt="hi">'))
    assert page.tags == ["table", "tbody", "tr", "td", "img"]
    assert ("table", "class", "dataframe") in page.attributes
    assert ("img", "src", "data:image/png;base64,aGk=") in page.attributes


@pytest.mark.parametrize(
    ("data", "kept"),
    [
        ({"application/javascript": "alert(1)", "text/plain": "x"}, {"text/plain": "x"}),
        ({"image/svg+xml": "<svg onload=alert(1)>", "text/plain": "x"}, {"text/plain": "x"}),
        ({"application/vnd.jupyter.widget-view+json": {"a": 1}, "text/plain": "x"},
         {"text/plain": "x"}),
        ({"text/latex": "$a<b$<script>"}, {"text/latex": "$a&lt;b$&lt;script>"}),
        ({"text/markdown": "*a* <img src=x>"}, {"text/markdown": "*a* &lt;img src=x>"}),
        ({"image/png": '"><script>alert(1)</script>', "text/plain": "x"}, {"text/plain": "x"}),
        ({"image/png": "aGk=\n"}, {"image/png": "aGk=\n"}),
        ({"application/x-evil": "1"}, {"text/plain": "(output left out: application/x-evil)"}),
    ],
)  # fmt: skip
def test_only_safe_kinds_of_output_stay(data, kept):
    output = {"output_type": "display_data", "data": data, "metadata": {"evil": {"a": 1}}}
    assert safe_output(output) == {"output_type": "display_data", "data": kept, "metadata": {}}


def test_alt_text_and_size_of_an_image_stay():
    metadata = {"image/png": {"alt": "cost\x1b[1m curve", "width": 300, "height": "x onload=1"}}
    output = {"output_type": "display_data", "data": {"image/png": "aGk="}, "metadata": metadata}
    assert safe_output(output)["metadata"] == {"image/png": {"alt": "cost curve", "width": 300}}


def test_widgets_are_left_out_of_the_notebook(solution, by_hand):
    solution["metadata"]["widgets"] = {"application/vnd.jupyter.widget-state+json": {}}
    assert "widgets" not in scored(by_hand(solution, {"f": 1.0, "g": 1.0}))["metadata"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\x1b[0;31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07shown", "shown"),
        ("\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("tab\tand\nline\r\n", "tab\tand\nline\r\n"),
        ("bell\x07back\x08nul\x00", "bellbacknul"),
    ],
)
def test_plain_text_has_no_terminal_commands(text, expected):
    assert plain(text) == expected


def test_errors_without_traceback_are_still_shown():
    assert as_printed([{**ERROR, "traceback": []}]) == "ValueError: no"
    said = {**ERROR, "ename": "CheckFailed", "evalue": "✗ f: wrong", "traceback": []}
    assert as_printed([said]) == "✗ f: wrong", "the public check's words need no name before them"


outputs = st.lists(
    st.one_of(
        st.builds(stream, st.text("a\n", max_size=12)),
        st.builds(lambda lines: {**ERROR, "traceback": lines}, st.lists(st.text("b"), max_size=9)),
    ),
    max_size=4,
)


@given(outputs, st.integers(-1, 8), st.integers(-1, 8))
def test_long_outputs_are_cut_as_nbgrader_cuts_them(outputs, lines, traceback):
    cell = nbformat.from_dict({"cell_type": "code", "outputs": json.loads(json.dumps(outputs))})
    step = LimitOutput(max_lines=lines, max_traceback=traceback)
    expected, _ = step.preprocess_cell(cell, {}, 0)
    assert limited(outputs, lines, traceback) == expected["outputs"]


@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.text()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
))  # fmt: skip
def test_the_text_of_a_notebook_is_what_nbformat_writes(metadata):
    nb = nbformat.v4.new_notebook(metadata={"x": metadata, "signature": "s"})
    nb.cells = [
        nbformat.v4.new_markdown_cell("a\nb\u2028c", attachments={"i": {"text/plain": "x\ny"}}),
        nbformat.v4.new_code_cell(
            "1\n\n2",
            metadata={"trusted": True},
            outputs=[
                nbformat.v4.new_output("stream", text="é\n\nb"),
                nbformat.v4.new_output(
                    "display_data", {"text/html": "<b>\n</b>", "application/json": {"c": 1}}
                ),
                nbformat.v4.new_output("error", ename="E", evalue="", traceback=["a\nb"]),
            ],
        ),
    ]
    dumped = json.loads(json.dumps(nb))
    assert notebook_text(dumped) == nbformat.writes(nb, version=4) + "\n"


@pytest.mark.parametrize("number", [float("inf"), float("-inf"), float("nan")])
def test_a_number_that_json_has_no_word_for_is_written_as_null(number):
    nb = nbformat.v4.new_notebook(metadata={"x": [number]})
    assert json.loads(notebook_text(nb), parse_constant=pytest.fail)["metadata"] == {"x": [None]}


@pytest.mark.parametrize("name", ["a.pyc", "feedback", ".hidden", "x.ipynb", ".ipynb_checkpoints"])
def test_files_are_ignored_by_nbgraders_rule(tmp_path, name):
    (tmp_path / name).touch()
    for patterns in (["*.pyc", "feedback"], ["*"], [".*"], ["*.ipynb", ".ipynb_checkpoints"]):
        assert hand_outs.is_ignored(name, patterns) == is_ignored(str(tmp_path / name), patterns)
