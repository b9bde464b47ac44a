"""What `autograder doctor` finds out about this machine."""

from pathlib import Path

import pytest

from autograder.sandbox import Tier
from autograder.sandbox.doctor import probe

pytestmark = pytest.mark.family


def test_the_doctor_names_the_tier_and_tries_every_layer():
    findings = probe()
    assert findings.tier in (Tier.A, Tier.B) and findings.landlock_abi >= 1
    verified = {layer.name for layer in findings.layers if layer.verified}
    assert {"descriptors", "limits", "capabilities", "landlock", "seccomp"} <= verified
    assert f"tier {findings.tier}" in str(findings)


def test_the_doctor_says_what_is_missing_and_what_to_do(monkeypatch):
    """A machine whose Landlock is blind, as far as the self-check can see."""
    monkeypatch.setattr("autograder.sandbox.box.readable_roots", lambda: [Path("/")])
    findings = probe()
    assert findings.tier is Tier.WEAK
    assert "landlock" in {layer.name for layer in findings.missing}
    assert "lsm=" in str(findings) and "✗ landlock" in str(findings)
