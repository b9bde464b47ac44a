"""HTTP headers of Formgrader's pages, so that nothing that a student wrote can run there."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any

import nbformat

# of files that a student handed in: shown or saved, by nobody's origin
FILES_POLICY = "sandbox; default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'"
_INLINE = re.compile(r"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE)
_HANDLER = re.compile(r"\son[a-z]+=\"([^\"]*)\"", re.IGNORECASE)
_ELSEWHERE = re.compile(r"<script[^>]*\ssrc=\"(https?://[^\"?;,\s]*/)", re.IGNORECASE)
_NAMES = ("student", "first_name", "last_name")  # the only words of the page that are a student's


def page_policy(own_page: str) -> str:
    """The policy of a submission's page: the scripts of `own_page` may run, and no others.

    `own_page` is the same page without anything of a student; scripts in it are known by their
    digests. MathJax, which it loads from elsewhere, loads and compiles parts of its own.
    """
    elsewhere = [*dict.fromkeys(_ELSEWHERE.findall(own_page))]
    own = [*_INLINE.findall(own_page), *_HANDLER.findall(own_page)]
    scripts = ["'self'", "'unsafe-eval'", "'unsafe-hashes'", *map(_digest, dict.fromkeys(own))]
    loaded = " ".join(elsewhere)
    return (
        f"default-src 'self'; script-src {' '.join(scripts)} {loaded}; "
        f"style-src 'self' 'unsafe-inline' {loaded}; font-src 'self' data: {loaded}; "
        "img-src 'self' data:; connect-src 'self'; object-src 'none'; frame-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
    )


def _digest(script: str) -> str:
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


class _PageExporter:
    """Formgrader's exporter for one page: tells the browser which scripts are the page's own."""

    def __init__(self, exporter: Any, handler: Any) -> None:
        self._exporter = exporter
        self._handler = handler

    def from_filename(self, filename: str, resources: dict[str, Any]) -> Any:
        empty = nbformat.v4.new_notebook()  # type: ignore[no-untyped-call]
        blank = {**resources, **{name: "" for name in _NAMES if name in resources}}
        own, _ = self._exporter.from_notebook_node(empty, resources=blank)
        self._handler.set_header("Content-Security-Policy", page_policy(own))
        return self._exporter.from_filename(filename, resources=resources)


def protect_formgrader() -> None:
    """Have Formgrader's handlers send these policies; done once in a process."""
    from nbgrader.server_extensions.formgrader import handlers

    page, files = handlers.SubmissionHandler, handlers.SubmissionFilesHandler
    exporter = handlers.BaseHandler.exporter
    page.exporter = property(lambda self: _PageExporter(exporter.fget(self), self))
    files.set_extra_headers = _set_file_headers


def _set_file_headers(self: Any, path: str) -> None:
    self.set_header("Content-Security-Policy", FILES_POLICY)
    self.set_header("X-Content-Type-Options", "nosniff")
