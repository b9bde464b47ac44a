"""Fixtures of these tests, from beside the other conftest."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "attacks"))

from two_people import browser as browser
from two_people import instructor as instructor
from two_people import jupyter as jupyter
from two_people import shared_browser as shared_browser
from two_people import student as student
