"""Names the settings that nothing reads: a misspelled one leaves the default in force."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from difflib import get_close_matches

from traitlets.config import Config, Configurable

from autograder.course import Autograder
from autograder.handout.words import Text
from autograder.watch.rules import Watch

_NEAR = 0.88  # how alike a misspelled class is: further ones may be those of a course's plug-ins
_OWN = {kind.__name__: kind for kind in (Autograder, Watch)}


def unread_settings(config: Config) -> Iterator[Text]:
    """A sentence for each setting of ours that does not exist, and each misspelled class.

    nbgrader names misspelled settings of its own classes where it reads them.
    """
    known = {kind.__name__ for kind in _below(Configurable)}
    for name in sorted(config):
        found = config[name]
        if not isinstance(found, Config) or not name[:1].isupper():
            continue
        if name in _OWN:
            there = sorted(_OWN[name].class_trait_names(config=True))
            yield from (_named(f"c.{name}.", key, there) for key in sorted(set(found) - {*there}))
        elif name not in known:
            others = sorted(k for k in known if k not in name)  # MyExporter is a class of its own
            if get_close_matches(name, others, 1, _NEAR):
                yield _named("c.", name, others, _NEAR)


def said_here() -> None:
    """Let traitlets not say the same with a line of its own source."""
    names = "|".join(_OWN)
    warnings.filterwarnings("ignore", rf"Config option .* not recognized by `({names})`")


def _named(before: str, name: str, known: list[str], near: float = 0.6) -> Text:
    setting = f"{before}{name}"
    if found := get_close_matches(name, known, 1, near):
        words = "there is no setting {setting}, and nothing reads it: did you mean {other}?"
        return Text(words, setting=setting, other=f"{before}{found[0]}")
    return Text("there is no setting {setting}, and nothing reads it", setting=setting)


def _below(kind: type) -> Iterator[type]:
    subclasses: list[type] = kind.__subclasses__()
    for one in subclasses:
        yield one
        yield from _below(one)
