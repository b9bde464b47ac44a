"""What a session may read, and which secrets must not lie there."""

import os
from pathlib import Path

import nbformat
import pytest

from autograder.sandbox import SandboxError
from autograder.sandbox.roots import readable_roots, refuse_readable_secrets

pytestmark = pytest.mark.family


@pytest.mark.quick
def test_python_is_readable_and_this_course_is_not():
    roots = readable_roots()
    for module in (os, pytest, nbformat):
        assert any(Path(module.__file__).resolve().is_relative_to(root) for root in roots)
    assert not any(Path(__file__).resolve().is_relative_to(root) for root in roots)


@pytest.mark.quick("course/tests-False")
@pytest.mark.parametrize(
    ("secret", "refused"),
    [("packages/course/tests", True), ("packages", True), ("", True), ("course/tests", False)],
)
def test_secrets_inside_around_or_beside_what_is_readable(tmp_path, secret, refused):
    readable = [tmp_path / "packages"]
    if not refused:
        refuse_readable_secrets([tmp_path / secret], readable)
        return
    with pytest.raises(SandboxError, match="must stay secret"):
        refuse_readable_secrets([tmp_path / secret], readable)


def test_a_secret_behind_a_link_is_refused_too(tmp_path):
    (tmp_path / "packages").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "packages")
    with pytest.raises(SandboxError):
        refuse_readable_secrets([tmp_path / "link" / "tests"], [tmp_path / "packages"])
