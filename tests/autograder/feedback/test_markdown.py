"""Prose that takes long to set is shown as it was written; nothing waits for it."""

import threading

import pytest

from autograder.course import HIDDEN_DELIMITERS
from autograder.feedback import feedback_page, markdown
from autograder.feedback.markdown import TakesTooLong, at_most, safe_markdown
from autograder.notebook.safe_outputs import is_nested_too_deeply, safe_html


def test_prose_that_takes_longer_than_a_cell_may_is_shown_as_it_was_written(monkeypatch):
    monkeypatch.setattr(markdown, "RENDER_SECONDS", 0.05)
    source = "\\begin{a}" * 16_000 + "<script>1</script>"
    assert safe_markdown(source).startswith("<pre>\\begin{a}")
    assert "<script>" not in safe_markdown(source)
    assert safe_markdown("*soon* after") == "<p><em>soon</em> after</p>\n"


def test_computing_is_interrupted_and_what_comes_after_is_not():
    with pytest.raises(TakesTooLong), at_most(0.05):
        while True:
            pass
    assert sum(range(10**6)) > 0


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_computing_is_interrupted_also_when_the_signal_comes_in_a_finalizer():
    class Busy:
        def __del__(self):
            while True:
                pass

    with pytest.raises(TakesTooLong), at_most(0.05):
        Busy()  # what is raised in it is dropped
        while True:
            pass


def test_beside_the_main_thread_nothing_is_limited():
    done = []
    worker = threading.Thread(target=lambda: done.append(safe_markdown("*x*")))
    worker.start()
    worker.join()
    assert done == ["<p><em>x</em></p>\n"]


def test_ends_of_what_is_not_open_hide_no_depth():
    text = "".join(f"<b title={n}></p>" for n in range(20_000))
    assert is_nested_too_deeply(text)
    assert safe_html(text).startswith("&lt;b title=0&gt;")
    assert not is_nested_too_deeply("<p><b>x</b></p><br>" * 20_000)


def test_of_a_cell_of_many_lines_no_word_is_coloured(monkeypatch):
    """Its author would wait for a minute, and everybody behind; the text is shown as it is."""
    lexed = []
    monkeypatch.setattr(feedback_page, "_highlighted", lambda text: lexed.append(text) or "<b>")
    cell = {"cell_type": "code", "source": "a = '<b>'\n"}
    assert feedback_page._body(cell, HIDDEN_DELIMITERS) == "<b>" and lexed == [cell["source"]]
    shown = feedback_page._body({**cell, "source": cell["source"] * 10_001}, HIDDEN_DELIMITERS)
    assert shown.startswith("<pre>a = &#39;&lt;b&gt;&#39;") or shown.startswith("<pre>a = &#x27;")
    assert len(lexed) == 1
