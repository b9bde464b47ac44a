"""What a search has found of a function, and what of it is known in one notebook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from autograder.repair.chains import ChainSearch
from autograder.repair.choosing import Partly, Repair
from autograder.repair.mended_parts import MendedParts, joined, made_together, still_mended
from autograder.repair.mended_steps import MendedStep, still_right
from autograder.repair.partly import in_part
from autograder.repair.places import OwnFunction
from autograder.repair.trying import Trials


@dataclass(frozen=True)
class Searched:
    """What a search has found: a repair, or else slips that are known while others are not."""

    repair: Repair | None = None
    parts: Sequence[MendedParts] = ()
    steps: Sequence[MendedStep] = ()


def known_here(
    own: OwnFunction, trials: Trials, search: ChainSearch, searched: Searched
) -> Partly | None:
    """The slips that this notebook shows, too, or where the function goes astray in it.

    That something else is wrong as well is not known where all of them together repair it.
    """
    steps = list(still_right(search, searched.steps))
    parts = list(still_mended(own, trials, searched.parts))
    slips = [*(step.slip for step in steps), *(slip for one in parts for slip in one.slips)]
    found = joined(in_part(own, search), slips)
    if found is None or not slips:
        return found
    sources = [*(step.source for step in steps[-1:]), *(one.source for one in parts)]
    whole = made_together(own, sources)
    return replace(found, is_all=bool(whole) and trials.passes_all(whole))
