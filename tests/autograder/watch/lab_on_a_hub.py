"""What one user of a hub does in JupyterLab, in a browser of their own."""

import os
import time
from pathlib import Path

FEEDBACK = "tiny/feedback"
SECONDS = 120  # for anything to happen on a busy machine

EDIT = """
const [path, cells, done] = arguments;
(async () => {
    const panel = await window.jupyterapp.commands.execute('docmanager:open', {path});
    await panel.context.ready;
    for (const cell of panel.content.model.cells) {
        const name = (cell.getMetadata('nbgrader') || {}).grade_id;
        if (name in cells) cell.sharedModel.setSource(cells[name]);
    }
    await panel.context.save();
    await panel.close();
})().then(() => done(''), error => done(String(error)));
"""
PRESS = """
const [list, label] = arguments;
const buttons = [...document.querySelectorAll(`#${list} button`)];
const button = buttons.find(b => b.innerText.trim() === label && !b.disabled);
if (button) button.click();
return !!button;
"""
ASK = """
const [path, options, done] = arguments;
const contents = window.jupyterapp.serviceManager.contents;
contents.get(path, {content: true, ...options}).then(
    found => done(found.content), error => done(String(error))
);
"""


class Lab:
    """JupyterLab of one user, who logs in as a person does."""

    def __init__(self, browser, address: str, user: str):
        self._browser = browser
        self._home = f"{address}/user/{user}"
        browser.set_script_timeout(SECONDS)
        browser.get(f"{address}/hub/login")
        browser.find_element("id", "username_input").send_keys(user)
        browser.find_element("id", "password_input").send_keys("a word")
        browser.find_element("id", "login_submit").click()
        self._until(lambda: "/login" not in browser.current_url)

    def open_assignment_list(self) -> None:
        """The list of assignments, in a tab of the main area."""
        self._browser.get(f"{self._home}/lab?reset")
        self._until(lambda: self._browser.execute_script("return !!window.jupyterapp"))
        self._browser.execute_script(
            "window.jupyterapp.restored.then(() =>"
            "window.jupyterapp.commands.execute('nbgrader:open-assignment-list'))"
        )
        self._until(lambda: "tiny" in self._text("#assignments .list_item .item_name"))

    def fetch(self) -> None:
        """Press Fetch, and wait for the assignment among those that can be submitted."""
        self._press("released_assignments_list", "Fetch")
        self._until(lambda: "Submit" in self._text("#fetched_assignments_list"))

    def solve(self, **cells: str) -> None:
        """Type these sources into the cells of these names, and save."""
        failure = self._browser.execute_async_script(EDIT, "tiny/tiny.ipynb", cells)
        assert failure == "", failure

    def submit(self, number: int) -> None:
        """Press Submit, and wait for the hand-in of this number in the list."""
        self._press("fetched_assignments_list", "Submit")
        submitted = "#submitted_assignments_list"
        self._until(lambda: self._text(submitted).count("UTC") == number)

    def fetch_feedback(self, number: int) -> list[str]:
        """Wait until feedback of so many hand-ins can be read; the pages, the first one first."""

        def fetched() -> bool:
            self._press("submitted_assignments_list", "Fetch Feedback")
            time.sleep(1)
            return self._text("#submitted_assignments_list").count("view feedback") == number

        self._until(fetched)
        self.keep_picture(f"assignment-list-{number}")
        return [
            self._asked(f"{FEEDBACK}/{name}/tiny.html", type="file", format="text")
            for name in self._answered()
        ]

    def read(self, number: int) -> str:
        """Open the page of the hand-in of this number as a file, and read what it shows."""
        folder = self._answered()[number - 1]
        self._browser.get(f"{self._home}/files/{FEEDBACK}/{folder}/tiny.html")
        self.keep_picture(f"feedback-{number}")
        return self._text("body")

    def _answered(self) -> list[str]:
        """The folders of all pages that have been fetched, the first hand-in first."""
        return sorted(entry["name"] for entry in self._asked(FEEDBACK))

    def formgrader(self, *words: str) -> str:
        """Formgrader's list of submissions, when it shows all of these words."""
        self._browser.get(f"{self._home}/formgrader/manage_submissions/tiny")
        self._until(lambda: "Submissions" in self._text("body"))
        self._until(lambda: all(word in self._text("#main-table") for word in words))
        self.keep_picture("formgrader")
        return self._text("#main-table")

    def keep_picture(self, name: str) -> None:
        """Keep what the browser shows, where AUTOGRADER_SCREENSHOTS names a folder."""
        if folder := os.environ.get("AUTOGRADER_SCREENSHOTS"):
            self._browser.save_screenshot(str(Path(folder) / f"hub-{name}.png"))

    def _press(self, place: str, label: str) -> None:
        self._until(lambda: self._browser.execute_script(PRESS, place, label))

    def _asked(self, path: str, **options: str):
        return self._browser.execute_async_script(ASK, path, options)

    def _text(self, selector: str) -> str:
        return str(
            self._browser.execute_script(
                "return (document.querySelector(arguments[0]) || {innerText: ''}).innerText",
                selector,
            )
        )

    def _until(self, condition) -> None:
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            if condition():
                return
            time.sleep(0.3)
        self.keep_picture("failed")
        raise AssertionError(f"it did not happen in time; the page says:\n{self._text('body')}")
