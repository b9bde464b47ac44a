"""A setting that is misspelled is named; those of a course's own plug-ins are not."""

import pytest
from traitlets.config import Config

from autograder import cli
from autograder.cli.unread_settings import unread_settings

NOTHING = "there is no setting {}, and nothing reads it"
OTHER = f"{NOTHING}: did you mean {{}}?"


@pytest.mark.parametrize(
    ("section", "name", "told"),
    [
        ("Autograder", "sead", OTHER.format("c.Autograder.sead", "c.Autograder.seed")),
        ("Watch", "kepp", OTHER.format("c.Watch.kepp", "c.Watch.keep")),
        ("Autograder", "xyzzy", NOTHING.format("c.Autograder.xyzzy")),
        ("Autogradr", "seed", OTHER.format("c.Autogradr", "c.Autograder")),
        ("CourseDirectry", "root", OTHER.format("c.CourseDirectry", "c.CourseDirectory")),
        ("Autograder", "seed", None),
        ("CourseDirectory", "root", None),
        ("OurOwnPenalty", "per_day", None),
        ("HubAuth", "grader", None),
        ("MyLateSubmissionPlugin", "rate", None),
        ("XlsExportPlugin", "to", None),
        ("LTIAuthenticator", "key", None),
    ],
)
def test_a_setting_that_nothing_reads_is_named(section, name, told):
    config = Config()
    config[section][name] = "x"
    assert list(map(str, unread_settings(config))) == ([told] if told else [])


def test_it_is_said_once_and_without_a_path(tiny, monkeypatch, capfd, recwarn):
    monkeypatch.chdir(tiny.root)
    with (tiny.root / "nbgrader_config.py").open("a") as file:
        file.write("\nc.Autograder.sead = 'x'\n")
    with pytest.raises(SystemExit):
        cli.main(["report", "nowhere"])
    said = capfd.readouterr().err
    assert said.count("c.Autograder.sead") == 1 and "unknown assignment" in said
    assert "traitlets" not in said and not [w for w in recwarn if "Config option" in str(w.message)]
