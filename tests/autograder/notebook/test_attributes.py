"""HTML whose tags have attributes without end is not parsed; what people write is."""

import pytest

from autograder.feedback.markdown import safe_markdown
from autograder.notebook.attributes import has_too_many_attributes
from autograder.notebook.safe_outputs import safe_html

MANY = [f"a{i}" for i in range(30_000)]
HOSTILE = {
    "parted by blanks": "<a " + " ".join(MANY) + ">",
    "parted by slashes": "<a/" + "/".join(MANY) + ">",
    "parted by nothing but quotes": "<a " + "".join(f'{a}=""' for a in MANY) + ">",
    "with the end of a tag in each": "<a " + "".join(f"{a}='>'" for a in MANY) + ">",
    "of an end tag": "</a " + " ".join(MANY) + ">",
    "of a tag that does not end": "<a " + " ".join(MANY),
    "behind a comment with half a tag in it": "<!--<a x='--><a " + " ".join(MANY),
    "behind a style sheet with half a tag in it": "<style><a x='</style><a " + " ".join(MANY),
    "in a style sheet that is none": "<select><style><a " + " ".join(MANY),
}
HONEST = {
    "a picture": '<p><img src="data:image/png;base64,' + "abc/" * 500_000 + '"></p>',
    "a table of pandas": (
        "<div>\n<style scoped>\n.dataframe th { vertical-align: top; }\n</style>\n"
        '<table border="1" class="dataframe">'
        + "<tr>\n      <td>1.0</td>\n</tr>" * 9_000
        + "</table>\n</div>"
    ),
    "long prose": "<p>" + "some words here " * 20_000 + "</p>",
    "a few attributes": "<a " + " ".join(MANY[:900]) + ">",
}


@pytest.mark.quick
@pytest.mark.parametrize("name", HOSTILE)
def test_attributes_without_end_are_shown_as_text(name):
    assert has_too_many_attributes(HOSTILE[name])
    assert safe_html(HOSTILE[name]).startswith("&lt;")


@pytest.mark.quick
def test_prose_with_attributes_without_end_is_shown_as_text():
    assert "<a" not in safe_markdown("Look: " + HOSTILE["parted by blanks"])


@pytest.mark.quick
@pytest.mark.parametrize("name", HONEST)
def test_what_people_write_is_parsed(name):
    assert not has_too_many_attributes(HONEST[name])
    assert not safe_html(HONEST[name]).startswith("&lt;")
