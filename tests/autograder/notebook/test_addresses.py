"""Addresses as a browser reads them: images of the page's own, links to the web, nothing else."""

import base64

import pytest

from autograder.notebook.addresses import safe_image, safe_link

PIXEL = "data:image/png;base64,iVBORw0KGgo="
SVG = '<svg xmlns="http://www.w3.org/2000/svg" onload="x()"><rect width="1" /></svg>'


def drawing(text):
    return "data:image/svg+xml;base64," + base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "address",
    [
        r"\\host\a.png", r"\/host/b.png", " /\t/host/c.png", "//host/d.png", "/hub/logout.png",
        "x/../../hub/logout", "x/../a.png", "%2e%2e/a.png", "..\\a.png", "./a.png", "http:a.png",
        "http://host/a.png", "java\nscript:x", "javascript:x//a.png", "data:text/html,x",
        "data:image/svg+xml,<svg/>", "data:image/png,x", "blob:x", "file:///a.png", "a.svg",
        "a.html", "logout", "a.png?x", "a.png#x", "\x01//host/a.png", "", "?.png", "a\\b.png",
    ],
)  # fmt: skip
def test_an_image_that_would_be_asked_for_elsewhere_is_none(address):
    assert safe_image(address) is None


@pytest.mark.parametrize(
    "address", [PIXEL, "plot.png", "images/my plot (1).JPG", "图/一.png", "a.b/c.webp"]
)
def test_images_of_the_page_and_beside_it_stay(address):
    assert safe_image(address) == address


def test_a_browser_drops_what_we_drop():
    assert safe_image(" pl\not.png\t") == "plot.png"
    assert safe_link("\x00ht\ttps://example.org/a ") == "https://example.org/a"


def test_a_drawing_is_cleaned_on_its_way():
    found = safe_image(drawing(SVG))
    text = base64.b64decode(found.partition(",")[2]).decode()
    assert "onload" not in text and "<rect" in text
    assert safe_image(drawing("<html/>")) is None
    assert safe_image("data:image/svg+xml;base64,%%%") is None


@pytest.mark.parametrize(
    "address",
    [
        "javascript:x", "JaVa\tScript:x", "\x01javascript:x", "vbscript:x", "data:text/html,x",
        PIXEL,
        "derivation.html", "/formgrader/x", "//host/x", r"\\host\x", r"https:\\host", "https:host",
        "https:///host", "https://user@host/", "https://host\\@evil/", "ftp://host/x", "?a=b",
        "https://ho st/", "view-source:https://host", "feed.xml", "a.pdf", "..",
    ],
)  # fmt: skip
def test_a_link_that_goes_where_a_reader_does_not_expect_is_none(address):
    assert safe_link(address) is None


@pytest.mark.parametrize(
    "address",
    [
        "https://arxiv.org/abs/1502.01852", "http://localhost:8000/x?y#z", "#a-heading", "#图",
        "mailto:a.b@example.org", "plot.png",
    ],
)  # fmt: skip
def test_links_to_the_web_and_in_the_page_stay(address):
    assert safe_link(address) == address
