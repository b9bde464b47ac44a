"""Notebooks whose structure was edited: what is the course's own is restored, and flagged."""

from attacking import RIGHT, WRONG, Attack, own_cell


def named(nb, name):
    return next(c for c in nb["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == name)


def edited(name, edit, *, cells=WRONG, flag="", outcome="Z", **more):
    return Attack(outcome, name, dict(cells), edit=edit, flag=flag, **more)


def delete(*names):
    def edit(nb):
        for name in names:
            nb["cells"].remove(named(nb, name))

    return edit


def put(name, **fields):
    def edit(nb):
        cell = named(nb, name)
        cell["metadata"]["nbgrader"].update(fields)

    return edit


def text(name, source):
    def edit(nb):
        named(nb, name)["source"] = source

    return edit


def retype(name, kind):
    def edit(nb):
        cell = named(nb, name)
        cell["cell_type"] = kind
        if kind != "code":
            cell.pop("outputs"), cell.pop("execution_count")

    return edit


def duplicate(name, source, first):
    def edit(nb):
        cell = named(nb, name)
        twin = {**cell, "id": f"{name}-twin", "source": source}
        at = nb["cells"].index(cell)
        nb["cells"].insert(at if first else at + 1, twin)

    return edit


def move_to_the_front(name):
    def edit(nb):
        cell = named(nb, name)
        nb["cells"].remove(cell)
        nb["cells"].insert(0, cell)

    return edit


def tag(name, *tags):
    def edit(nb):
        named(nb, name)["metadata"]["tags"] = list(tags)

    return edit


def rename(name, new):
    return put(name, grade_id=new)


def kernel(**spec):
    def edit(nb):
        nb["metadata"]["kernelspec"] = spec
        nb["metadata"]["language_info"] = {"name": "perl"}

    return edit


def forged_outputs(nb):
    for cell in nb["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = [
                {
                    "output_type": "execute_result",
                    "execution_count": 1,
                    "metadata": {},
                    "data": {"text/plain": "4.0"},
                }
            ]


def junk_metadata(nb):
    for cell in nb["cells"]:
        cell["metadata"].update(
            deletable=0,
            editable="no",
            jupyter={"source_hidden": True},
            autograder={"points": 99},
            trusted=True,
        )
    nb["metadata"]["nbgrader"] = {"points": 99}


def everything_gone(nb):
    nb["cells"] = [own_cell(WRONG["double"] + "\n" + RIGHT["norms"])]


def not_nbgraders(nb):
    for cell in nb["cells"]:
        cell["metadata"].pop("nbgrader", None)


DOUBLE_ONLY = {"double": "pass", "norms": RIGHT["norms"]}


def more_cells(number, cell):
    return lambda nb: nb["cells"].extend(cell(i) for i in range(number))


ATTACKS = [
    edited("The test cell is deleted", delete("test_double"), flag="deleted"),
    edited("All test cells are deleted", delete("test_double", "test_norms"), flag="deleted"),
    edited("The test cell became prose", retype("test_double", "markdown"), flag="turned"),
    edited("The solution cell became raw text", retype("norms", "raw"), flag="turned"),
    edited("The test cell is there twice", duplicate("test_double", "4.0", first=False),
           flag="was there 2 times"),
    edited("The solution is there twice and the last one is wrong",
           duplicate("double", WRONG["double"], first=False), cells=RIGHT,
           flag="was there 2 times"),
    edited("The test cell comes before everything", move_to_the_front("test_double")),
    edited("The points are edited", put("test_double", points=1000), flag="points"),
    edited("Negative points elsewhere", put("test_norms", points=-5), flag="points"),
    edited("Points that are no number", put("test_norms", points="NaN"), flag="points"),
    edited("The test cell is made a solution", put("test_double", solution=True, locked=False),
           flag="role"),
    edited("The test cell's text is edited", text("test_double", "4.0"), flag="text"),
    edited("The imports are edited", text("imports", "import numpy as np\ncheck = print"),
           flag="text"),
    edited("The grade id is renamed", rename("test_double", "test_doubled"), flag="deleted"),
    edited("Two cells swap their ids", lambda nb: (rename("double", "tmp")(nb), rename(
           "norms", "double")(nb), rename("tmp", "norms")(nb)), hurts=True),
    edited("A grade id that is no text", rename("test_double", ["test_double"]), flag="deleted"),
    edited("A grade id with markup", rename("test_double", "<script>x</script>"), flag="deleted"),
    edited("The solution asks to be skipped", tag("double", "skip-execution"), flag="skip"),
    edited("The test cell asks to be skipped", tag("test_double", "skip-execution"), flag="skip"),
    edited("Tags that are no list", lambda nb: named(nb, "double")["metadata"].update(tags="x")),
    edited("Another kernel", kernel(name="perl", display_name="Perl", language="perl")),
    edited("A kernel with a command", kernel(name="../../x; touch /tmp/x", display_name="P",
                                             language="python")),
    edited("Outputs that show full points already", forged_outputs),
    edited("Metadata full of claims", junk_metadata),
    edited("Only one own cell is left", everything_gone, hurts=True),
    edited("Nothing is nbgrader's any more", not_nbgraders, hurts=True),
    edited("The schema version is from the future", put("test_double", schema_version=99)),
    edited("The checksum is forged", put("test_double", checksum="0" * 32)),
    edited("A cell id that breaks out of its folder", lambda nb: nb["cells"][2].update(
           id="../../../x")),
    edited("All cell ids alike", lambda nb: [c.update(id="same") for c in nb["cells"]]),
    edited("A solution cell with a public check's name", rename("norms", "test_norms"),
           hurts=True),
    edited("An attachment on a code cell", lambda nb: named(nb, "double").update(
           attachments={"x.svg": {"image/svg+xml": "<svg onload=alert(1)>"}})),
    edited("The notebook claims to be graded", lambda nb: nb["metadata"].update(
           autograded=True, score=10, nbgrader={"points": 10})),
    edited("Five thousand empty cells", more_cells(5000, lambda i: {
           "cell_type": "markdown", "id": f"e{i}", "metadata": {}, "source": ""})),
    edited("Two thousand test cells of one name", more_cells(2000, lambda i: {
           **own_cell("x = 1", f"e{i}"), "metadata": {"nbgrader": {
               "grade": True, "solution": False, "locked": True, "schema_version": 3,
               "grade_id": "test_double", "points": 5, "cell_type": "code"}}})),
    edited("Two thousand solution cells of one name", more_cells(2000, lambda i: {
           **own_cell(WRONG["double"], f"e{i}"), "metadata": {"nbgrader": {
               "grade": False, "solution": True, "locked": False, "schema_version": 3,
               "grade_id": "double", "cell_type": "code"}}})),
]  # fmt: skip
