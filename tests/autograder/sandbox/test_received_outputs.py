"""What a child sends becomes a valid output or nothing."""

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.sandbox.received_outputs import clean_output, join_streams

pytestmark = pytest.mark.family

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


FIELDS = ["name", "text", "data", "metadata", "execution_count", "ename", "evalue", "traceback"]


MIMES = ["text/plain", "application/json", "application/geo+json", "image/png", "text/x-json"]


KINDS = ["stream", "display_data", "execute_result", "error", "update_display_data", "pages"]


def hostile_outputs():
    kind = st.fixed_dictionaries({"output_type": st.sampled_from(KINDS) | ANYTHING})
    bundle = st.dictionaries(st.sampled_from(MIMES), ANYTHING)
    fields = st.dictionaries(st.sampled_from(FIELDS), ANYTHING | bundle)
    return ANYTHING | st.builds(lambda a, b: {**b, **a}, kind, fields)


@settings(max_examples=200, deadline=None)
@given(hostile_outputs())
def test_whatever_a_child_sends_becomes_a_valid_output_or_nothing(output):
    cleaned = clean_output(output)
    if cleaned is not None:
        cell = nbformat.v4.new_code_cell(outputs=[nbformat.from_dict(cleaned)])
        notebook = nbformat.v4.new_notebook(cells=[cell])
        nbformat.validate(notebook)
        assert nbformat.reads(nbformat.writes(notebook), as_version=4) == notebook


def test_sound_outputs_are_kept_as_they_are():
    for output in (
        {"output_type": "stream", "name": "stderr", "text": "x"},
        {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["a", "b"]},
        {
            "output_type": "execute_result",
            "execution_count": 3,
            "data": {"text/plain": "1", "application/json": {"a": [1, None]}},
            "metadata": {"image/png": {"alt": "text"}},
        },
    ):
        assert clean_output(output) == output


def test_foreign_mime_types_and_binary_data_are_dropped():
    data = {"text/plain": "x", "not a mime": "x", "image/png": [1], 3: "x", "text/html": None}
    cleaned = clean_output({"output_type": "display_data", "data": data, "metadata": 3})
    assert cleaned == {"output_type": "display_data", "data": {"text/plain": "x"}, "metadata": {}}


def test_pieces_of_a_stream_are_joined_and_nothing_else():
    def stream(name, text):
        return {"output_type": "stream", "name": name, "text": text}

    error = {"output_type": "error", "ename": "", "evalue": "", "traceback": []}
    pieces = [stream("stdout", "a"), stream("stdout", "b"), stream("stderr", "c"), error]
    pieces += [stream("stderr", "d"), stream("stderr", "e")]
    assert join_streams(pieces) == [
        stream("stdout", "ab"),
        stream("stderr", "c"),
        error,
        stream("stderr", "de"),
    ]
