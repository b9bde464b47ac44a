"""What an author or a teacher of a Chinese course reads of any command is Chinese."""

import json

import adopt_course
import pytest
from chinese_words import sentences_in
from typed_commands import typed

from autograder.course import Course
from autograder.graders.samples import Parts, Sample

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("chinese commands")]
CONFIG = """
from autograder.nbgrader_plugins import configure, release_config
c = get_config()
release_config(c)
configure(c)
c.Autograder.language = "zh"
c.Autograder.repair_seconds = 0.0
"""
NAME = "first_steps"
WRONG = "def center_rows(X):\n    return X - 2 * np.mean(X, axis=1, keepdims=True)"


def test_the_finder_finds_sentences_and_leaves_code_and_commands_alone():
    assert sentences_in("完成 nothing to do: everything") == ["nothing to do: everything"]
    assert sentences_in("请运行 `run it once more`，然后 autograder verify first_steps") == []
    assert sentences_in("已写入 source/a b/c.py") == []


class Commands:
    """Types commands into a terminal in the course's folder, and keeps what they say."""

    def __init__(self, root):
        self.root = root
        self.said = {}

    def __call__(self, words, fails=False):
        done = typed(self.root, *words.split(), COLUMNS="100")
        assert "Traceback" not in done.stderr, done.stderr
        assert (done.returncode != 0) == fails, done.stdout + done.stderr
        self.said[f"{words} ({len(self.said)})"] = done.stdout + done.stderr


@pytest.fixture(scope="module")
def commands(tmp_path_factory):
    root = tmp_path_factory.mktemp("zh") / "course"
    root.mkdir()
    (root / "nbgrader_config.py").write_text(CONFIG)
    typed = Commands(root)
    for words in (f"new {NAME}", "build", "build --check", "doctor"):
        typed(words)
    typed(f"new {NAME}", fails=True)
    typed(f"verify {NAME} --exercise center_rows --matrix --workers 1")
    course = Course.load(root)
    hand_in(course)
    typed(f"grade {NAME} --workers 1")
    typed(f"grade {NAME} --workers 1 --force --reports reports.jsonl")
    typed(f"record {NAME} reports.jsonl")
    typed(f"similar {NAME}")
    typed(f"draft {NAME} center_rows ada")
    typed(f"draft {NAME} center_rows bob", fails=True)
    typed(f"check {course.submitted(NAME, 'ada') / NAME}.ipynb", fails=True)
    break_graders(course)
    typed(f"verify {NAME} --exercise center_rows --workers 1", fails=True)
    typed("build --check", fails=True)
    (root / "source" / "ps1").mkdir()
    (root / "source" / "ps1" / "ps1.ipynb").write_text(json.dumps(adopt_course.notebook()))
    typed("plan ps1")
    typed("adopt ps1 --dry-run")
    typed("adopt ps1 squares")
    typed("adopt ps1 cubes", fails=True)
    return typed


def hand_in(course):
    """One wrong answer, and the same once more."""
    notebook = Parts.load(course, NAME).notebook(Sample("x", "x", {"center_rows": WRONG}))
    for student in ("ada", "bob"):
        folder = course.submitted(NAME, student)
        folder.mkdir(parents=True)
        (folder / f"{NAME}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    solved = Parts.load(course, NAME).notebook(Sample("x", "x"))
    (course.submitted(NAME, "bob") / f"{NAME}.ipynb").write_text(json.dumps(solved))


def break_graders(course):
    """Take away the check that catches most, and a grade cell's points."""
    path = course.tests(NAME) / f"test_{NAME}.py"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('name="the centred data"', "rtol=1e9, atol=1e9"), "utf-8")
    source = course.source_notebook(NAME)
    nb = json.loads(source.read_text(encoding="utf-8"))
    for cell in nb["cells"]:
        cell["metadata"].get("nbgrader", {}).pop("points", None)
    source.write_text(json.dumps(nb, ensure_ascii=False), encoding="utf-8")


def test_no_command_says_an_english_sentence(commands):
    left = {words: found for words, said in commands.said.items() if (found := sentences_in(said))}
    assert left == {}


def test_each_command_speaks_chinese(commands):
    assert len(commands.said) == 19
    assert [
        w for w, said in commands.said.items() if not any("一" <= c <= "鿿" for c in said)
    ] == []


def test_a_new_assignment_says_to_its_author_in_chinese_what_it_is(commands):
    """Code, marks of the course and what has a twin for students stay as they are."""
    course = Course.load(commands.root)
    written = [path for path in course.tests(NAME).glob("*") if path.is_file()]
    texts = {path.name: path.read_text(encoding="utf-8") for path in written}
    assert "隐藏评分代码" in texts[f"test_{NAME}.py"].splitlines()[0]
    assert not [name for name, text in texts.items() if "{{" in text]
    first = {name: sentences_in(text.partition("\n")[0]) for name, text in texts.items()}
    assert not any(found for name, found in first.items() if name != "documented_cases.json")
    notebook = course.source_notebook(NAME).read_text(encoding="utf-8")
    assert "平移每个特征" in notebook and "Move every feature" not in notebook
