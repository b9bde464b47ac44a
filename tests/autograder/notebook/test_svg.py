"""Drawings of students stay drawings: what runs, loads or multiplies is gone."""

import io
from xml.etree import ElementTree

import pytest

from autograder.notebook.svg import safe_svg

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '


@pytest.mark.parametrize(
    "inside",
    [
        "<script>SECRET</script>", '<rect onload="SECRET"/>', '<a href="SECRET"><rect/></a>',
        "<foreignObject><p xmlns='http://www.w3.org/1999/xhtml'>SECRET</p></foreignObject>",
        '<image href="http://SECRET"/>', '<use href="http://SECRET#a"/>',
        '<use xlink:href="data:image/svg+xml,SECRET"/>', '<rect style="fill:url(http://SECRET)"/>',
        '<rect fill="url(SECRET)"/>', "<style>SECRET</style>", '<animate to="SECRET"/>',
        '<set attributeName="href" to="SECRET"/>', '<rect style="behavior: \\75rl(SECRET)"/>',
        "<metadata>SECRET</metadata>",
        '<x:script xmlns:x="http://www.w3.org/2000/svg">SECRET</x:script>',
        '<rect style="background: image-set(\'SECRET\' 1x); @import SECRET"/>',
        '<handler xmlns="http://www.w3.org/2001/xml-events">SECRET</handler>',
    ],
)  # fmt: skip
def test_what_could_run_or_load_is_gone(inside):
    found = safe_svg(f'{HEAD} width="9">{inside}<rect width="5"/></svg>')
    assert "SECRET" not in found and 'width="5"' in found


def test_a_plot_of_matplotlib_stays_one():
    from matplotlib.figure import Figure

    figure = Figure()
    figure.subplots().plot([1, 2], [3, 4], "o-", label="x")
    target = io.StringIO()
    figure.savefig(target, format="svg")
    found = safe_svg(target.getvalue())
    before = target.getvalue()
    assert found.count("<path") == before.count("<path") > 10
    assert found.count("<use") == before.count("<use") > 2
    targets = {e.get("id") for e in ElementTree.fromstring(found).iter()}
    assert {found.split('href="#')[1].split('"')[0]} <= targets


def test_copies_of_copies_are_left_out():
    laughs = "".join(
        f'<g id="g{n}">' + f'<use href="#g{n - 1}"/>' * 10 + "</g>" for n in range(1, 12)
    )
    found = safe_svg(f'{HEAD}><g id="g0"><rect/></g>{laughs}</svg>')
    assert found.count("<use") == 10, "those of what is no copy itself"


@pytest.mark.parametrize(
    "text",
    [
        "", "no drawing", "<html/>", f"{HEAD}>",
        f"{HEAD}>" + "<g>" * 100 + "</g>" * 100 + "</svg>",
        '<!DOCTYPE svg [<!ENTITY a "b">]>' + f"{HEAD}>&a;</svg>",
        f"{HEAD}>" + "<g/>" * 60_000 + "</svg>",
        '<svg xmlns="http://elsewhere"/>',
    ],
)  # fmt: skip
def test_what_is_no_drawing_or_too_much_of_one_is_nothing(text):
    assert safe_svg(text) == ""
