"""Files beside a notebook: shown or saved under their names, or called .txt."""

from pathlib import PurePosixPath

import pytest

from autograder.notebook.files_beside import inert_file, inert_name, make_inert


@pytest.mark.parametrize(
    ("name", "after"),
    [
        ("notes.txt", "notes.txt"), ("data/x.CSV", "data/x.CSV"), ("plot.png", "plot.png"),
        ("a.html", "a.html.txt"), ("a.HTM", "a.HTM.txt"), ("a.html.", "a.html..txt"),
        ("a.pdf", "a.pdf.txt"), ("a.xml", "a.xml.txt"), ("page", "page.txt"),
        (".html", ".html.txt"),
        ("d/a.svgz", "d/a.svgz.txt"), ("a.js", "a.js.txt"), ("a.txt.shtml", "a.txt.shtml.txt"),
        ("a.html ", "a.html .txt"), ("a.mhtml", "a.mhtml.txt"),
    ],
)  # fmt: skip
def test_what_a_browser_could_run_is_called_text(name, after):
    assert str(inert_name(PurePosixPath(name))) == after


def test_a_drawing_keeps_its_name_and_loses_its_scripts(tmp_path):
    text = '<svg xmlns="http://www.w3.org/2000/svg"><script>x</script><rect/></svg>'
    place, content = inert_file(PurePosixPath("a.svg"), text.encode())
    assert str(place) == "a.svg" and b"script" not in content and b"<rect" in content
    assert inert_file(PurePosixPath("a.svg"), b"<html>")[0].name == "a.svg.txt"


def test_copies_in_a_folder_are_made_inert_and_nothing_is_lost(tmp_path):
    for name in ("a.html", "b.txt"):
        (tmp_path / name).write_text(name)
        make_inert(tmp_path, PurePosixPath(name))
    assert {p.name: p.read_text() for p in tmp_path.iterdir()} == {
        "a.html.txt": "a.html", "b.txt": "b.txt",
    }  # fmt: skip
