"""A course graded by both doors."""

import copy
import json

import pytest
from nbgrader.converters import Autograde, NbGraderException
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograder.batch.workers import end_own_worker
from autograder.grading import warm as warm_module
from autograder.nbgrader_plugins import configure

RIGHT = {"f": "def f(x):\n    return x + 1", "g": "def g(x):\n    return 2 * x"}


@pytest.fixture(autouse=True)
def cold():
    """Ends what the test, or one before it in this process, kept warm."""
    end_own_worker()
    yield
    warm_module.cool_down_all()
    end_own_worker()


def configured(**execute):
    config = Config()
    configure(config)
    config.Execute.update(execute)
    return config


def autograde(root, config=None, force=False, **coursedir):
    """nbgrader's own converter; the text of its failure, or none."""
    directory = CourseDirectory(root=str(root), assignment_id="ps1", **coursedir)
    try:
        Autograde(coursedir=directory, config=config or configured(), force=force).start()
    except NbGraderException as error:
        return str(error)
    return ""


def submit(root, student, nb, **files):
    folder = root / "submitted" / student / "ps1"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ps1.ipynb").write_text(nb if isinstance(nb, str) else json.dumps(nb))
    for name, text in files.items():
        (folder / name.replace("_py", ".py").replace("_txt", ".txt")).write_text(text)


def with_texts(nb, **texts):
    changed = copy.deepcopy(nb)
    for cell in changed["cells"]:
        cell["source"] = texts.get(cell["id"], cell["source"])
    return changed


def scores(found, student):
    return {g[2]: g[4] for g in found["grades"] if g[0] == student}


def autograded(root, student):
    return json.loads((root / "autograded" / student / "ps1" / "ps1.ipynb").read_text())


def outputs_of(root, student, name):
    cells = {c["id"]: c for c in autograded(root, student)["cells"]}
    return cells[name]["outputs"]
