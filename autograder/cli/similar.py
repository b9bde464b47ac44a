"""``autograder similar``"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from traitlets import Float, Int, Unicode

from autograder.cli.base import CourseApp
from autograder.cli.help import aliases
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
        found = compare(self.course, assignment, least=self.least)
        for reason in found.unreadable:
            self.log.warning("left out: %s", reason)
        print(_table(found, self.most))
        self._write(found)

    def _write(self, found: Comparison) -> None:
        from autograder.report.csv_tables import write_csv
        from autograder.similar.similar_page import page

        if self.csv:
            write_csv(Path(self.csv), HEADER, map(_row, found.pairs))
            print(self.csv)
        if self.html:
            Path(self.html).parent.mkdir(parents=True, exist_ok=True)
            Path(self.html).write_text(
                page(found, self.most, self.course.language), encoding="utf-8"
            )
            print(self.html)


def _row(pair: SimilarPair) -> list[object]:
    shares = [round(share, 2) for share in pair.shares]
    return [*pair.students, pair.alike, *shares, "; ".join(pair.words)]


def _table(found: Comparison, most: int) -> str:
    if not found.pairs:
        return f"{len(found.texts)} submissions of {found.assignment}: no two suspiciously alike"
    width = max(len(name) for pair in found.pairs for name in pair.students)
    lines = [
        f"{found.assignment}: {len(found.pairs)} pairs of {len(found.texts)} submissions are more "
        "alike than the class.",
        "Alike is no proof: read both before you judge.",
        "",
        f"{'first':<{width}}  {'second':<{width}}  alike  share      rare words in common",
    ]
    for pair in found.pairs[:most]:
        one, other = pair.students
        share = "{:.0%}/{:.0%}".format(*pair.shares)
        words = "; ".join(pair.words[:4]) or "–"
        lines.append(f"{one:<{width}}  {other:<{width}}  {pair.alike:>5}  {share:<9}  {words}")
    if len(found.pairs) > most:
        lines.append(f"… and {len(found.pairs) - most} more (--most)")
    return "\n".join(map(for_a_terminal, lines))
