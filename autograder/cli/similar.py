"""``autograder similar``"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from traitlets import Float, Int, Unicode

from autograder.cli.base import CourseApp
from autograder.cli.columns import cells, padded
from autograder.cli.help import aliases
from autograder.language.catalogue import Say, words
from autograder.notebook.safe_outputs import for_a_terminal
from autograder.similar.comparing import Comparison, SimilarPair

HEADER = ["first", "second", "alike", "share of first", "share of second", "rare words in common"]


class SimilarApp(CourseApp):
    """List pairs of submissions that are suspiciously alike, for a person to judge.

    Compared are the graded cells, without the stub, the lesson's solution and what many wrote;
    names and comments do not count. Alike is no proof: short exercises have few right answers.
    Needs copydetect: pip install 'dl-autograder[similar]'.
    """

    name = "autograder-similar"
    description = __doc__
    takes = "ASSIGNMENT"
    examples = """
        autograder similar optimization                               # a table
        autograder similar optimization --html reports/similar.html   # side by side
        autograder similar optimization --csv reports/similar.csv
        autograder similar optimization --least 0.8                   # only the most alike
        """
    aliases: ClassVar[dict[str, Any]] = aliases(
        "assignment", html="SimilarApp.html", csv="SimilarApp.csv",
        least="SimilarApp.least", most="SimilarApp.most",
    )  # fmt: skip
    html = Unicode("", help="Write the pairs side by side to this page.").tag(config=True)
    csv = Unicode("", help="Write the table to this file.").tag(config=True)
    least = Float(0.4, help="Share of one's own code that must be alike, in [0, 1].").tag(
        config=True
    )
    most = Int(50, help="Number of pairs that are shown.").tag(config=True)

    def run(self) -> None:
        from autograder.similar.comparing import compare

        [assignment] = self.assignments(required=True, nbgraders=True)
        say = words(self.course.language)
        found = compare(self.course, assignment, least=self.least)
        for reason in found.unreadable:
            self.log.warning("%s", say("left out: {reason}").format(reason=reason))
        print(_table(found, self.most, say))
        self._write(found)

    def _write(self, found: Comparison) -> None:
        from autograder.gradebook.disk_errors import write_whole
        from autograder.report.csv_tables import write_csv
        from autograder.similar.similar_page import page

        if self.csv:
            write_csv(Path(self.csv), HEADER, map(_row, found.pairs))
            print(self.csv)
        if self.html:
            Path(self.html).parent.mkdir(parents=True, exist_ok=True)
            write_whole(Path(self.html), page(found, self.most, self.course.language))
            print(self.html)


def _row(pair: SimilarPair) -> list[object]:
    shares = [round(share, 2) for share in pair.shares]
    return [*pair.students, pair.alike, *shares, "; ".join(pair.words)]


def _table(found: Comparison, most: int, say: Say) -> str:
    if not found.pairs:
        alone = say("{n} submissions of {assignment}: no two suspiciously alike")
        return alone.format(n=len(found.texts), assignment=found.assignment)
    names = [name for pair in found.pairs for name in pair.students]
    heads = say("first"), say("second"), say("alike"), say("share"), say("rare words in common")
    width = max(cells(name) for name in (*names, *heads[:2]))
    alike, share = max(5, cells(heads[2])), max(9, cells(heads[3]))
    above = say("{assignment}: {pairs} pairs of {n} submissions are more alike than the class.")
    if len(found.pairs) == 1:
        above = say("{assignment}: 1 pair of {n} submissions is more alike than the class.")
    counts = {"pairs": len(found.pairs), "n": len(found.texts)}
    first = [padded(heads[0], width), padded(heads[1], width), padded(heads[2], alike)]
    lines = [
        above.format(assignment=found.assignment, **counts),
        say("Alike is no proof: read both before you judge."),
        "",
        "  ".join([*first, padded(heads[3], share), heads[4]]),
    ]
    for pair in found.pairs[:most]:
        students = [padded(name, width) for name in pair.students]
        shares = "{:.0%}/{:.0%}".format(*pair.shares)
        common = say("; ").join(pair.words[:4]) or "–"
        lines.append("  ".join([*students, f"{pair.alike:>{alike}}", f"{shares:<{share}}", common]))
    if len(found.pairs) > most:
        lines.append(say("… and {n} more (--most)").format(n=len(found.pairs) - most))
    return "\n".join(map(for_a_terminal, lines))
