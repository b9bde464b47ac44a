"""`--help` of every command reads well, and a mistyped word is named, not ignored."""

import re
import shlex
from importlib import import_module

import pytest

from autograder.cli.main import COMMANDS, AutograderApp


def app(command):
    return getattr(import_module(f"autograder.cli.{command}"), f"{command.capitalize()}App")


def help_of(made):
    return "\n".join(made().emit_help())


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_says_how_it_is_typed_what_it_does_and_shows_examples(command):
    text = help_of(app(command))
    usage, blank, does, *_ = text.splitlines()
    assert usage.startswith(f"Usage: autograder {command} ") and not blank
    assert does[0].isupper() and "\n    autograder " + command in text
    assert all(len(line) <= 100 for line in text.splitlines())
    assert "Equivalent to" not in text and "nbgrader assign" not in text


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_explained_in_a_sentence(command):
    text = help_of(app(command)).split("-------\n", 1)[1].split("Examples\n")[0]
    entries = re.split(r"^  (--?[a-z][\w-]*)(?:=…)?[ \n]", text, flags=re.MULTILINE)[1:]
    said = dict(zip(entries[::2], entries[1::2], strict=True))
    assert {"--course-dir", "--log-level", "--debug", "--quiet"} <= set(said)
    for option, words in said.items():
        assert re.fullmatch(r"[A-Z].{8,}\.", " ".join(words.split())), option


def examples():
    for command in COMMANDS:
        for line in filter(None, map(str.strip, app(command).examples.splitlines())):
            yield pytest.param(command, shlex.split(line, comments=True), id=line.split("#")[0])


@pytest.mark.parametrize(("command", "words"), list(examples()))
def test_an_example_is_typed_with_options_that_exist(command, words):
    assert words[:2] == ["autograder", command]
    made = app(command)()
    made.parse_command_line(words[2:])
    wanted = [word for word in app(command).takes.split() if not word.startswith("[")]
    assert len(made.extra_args) >= len(wanted), "ASSIGNMENT and the like are given"


def test_the_page_of_all_commands_names_each_with_what_it_does():
    text = help_of(AutograderApp)
    for name, does in COMMANDS.items():
        assert re.search(rf"^  {name} +{re.escape(does)}$", text, re.MULTILINE)
    for line in re.findall(r"^    autograder (\w+)", text, re.MULTILINE):
        assert line in (*COMMANDS, "COMMAND")


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("grad optimization", "no command 'grad'; did you mean grade?"),
        ("frobnicate", "no command 'frobnicate'; there are: init, new, build"),
    ],
)
def test_a_mistyped_command_is_an_error_with_a_hint(typed, hint):
    with pytest.raises(SystemExit, match=re.escape(hint)):
        AutograderApp().parse_command_line(typed.split())


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("optimization --forec", "no option '--forec'; did you mean --force?"),
        ("optimization --worker=3", "no option '--worker'; did you mean --workers?"),
        ("optimization --notebook=x", "no option '--notebook'; there are: "),
    ],
)
def test_a_mistyped_option_is_an_error_with_a_hint(typed, hint):
    with pytest.raises(SystemExit, match=re.escape(hint)):
        app("grade")().parse_command_line(typed.split())


def test_settings_of_the_config_file_can_be_given_in_full():
    made = app("grade")()
    made.parse_command_line(["optimization", "--Autograder.cell_seconds=3", "--student=a*"])
    assert made.config.Autograder.cell_seconds == "3" or made.config.Autograder.cell_seconds == 3
    assert made.extra_args == ["optimization"]
