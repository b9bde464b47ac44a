"""All pictures of the docs but the plot of docs/performance.md, from two demonstrations.

    autograder demo --to /tmp/en
    autograder demo --to /tmp/zh --Autograder.language=zh
    for each lesson, in both: jupyter nbconvert --to notebook --execute --output-dir solutions \\
        --ExecutePreprocessor.skip_cells_with_tag=none source/LESSON/LESSON.ipynb
    python -m benchmarks.pictures /tmp/en /tmp/zh --to /tmp/pictures

All pictures are made in both languages; those that the docs show are put into docs/images, too.
Needs Chromium with its driver, selenium and Pillow. Look at each picture before it is committed.
"""

from __future__ import annotations

import argparse
import base64
import io
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image

from autograder.course import Course
from autograder.gradebook.points import ClassBook
from autograder.graders.samples import Parts, Sample
from autograder.report.report_page import write_course_report, write_report
from benchmarks.pages import make_class

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
LESSON = "optimization"
STUDENT = Sample(
    "mia",
    "three mistakes",
    {
        "random_mini_batches": "misconception:seed_ignored",
        "update_parameters_with_rmsprop": "misconception:only_weights_move",
        "update_parameters_with_adam": "misconception:correction_times_t",
    },
)
CONTACT = '\nc.Autograder.contact = "teacher@example.org"\n'
CLASS = 64
SHEET = 1120  # pixels of a page of figures, from left to right
LAB = ("--no-browser", "--allow-root", "--ip=127.0.0.1", "--ServerApp.port_retries=0",
       "--IdentityProvider.token=", "--ServerApp.password=", "--LabApp.news_url=",
       "--LabApp.expose_app_in_browser=True", "--ServerApp.root_dir=.",
       "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate")  # fmt: skip


def hand_in(demo: Path) -> None:
    """One more student of the demonstration, graded, with a feedback page that names a teacher."""
    config = demo / "nbgrader_config.py"
    if CONTACT not in (text := config.read_text(encoding="utf-8")):
        config.write_text(text + CONTACT, encoding="utf-8")
    course = Course.load(demo)
    folder = course.submitted(LESSON, STUDENT.name)
    folder.mkdir(parents=True, exist_ok=True)
    notebook = Parts.load(course, LESSON).notebook(STUDENT)
    (folder / f"{LESSON}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    for command in ("grade", "feedback"):
        subprocess.run([sys.executable, "-m", "autograder", command, LESSON], cwd=demo, check=True)


@contextmanager
def chromium() -> Iterator[Any]:
    """A headless browser of its own profile."""
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    for flag in ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"):
        options.add_argument(flag)
    options.binary_location = shutil.which("chromium") or ""
    service = webdriver.ChromeService(executable_path=shutil.which("chromedriver"))
    driver = webdriver.Chrome(options=options, service=service)
    try:
        yield driver
    finally:
        driver.quit()


def shoot(browser: Any, address: str, path: Path, size: tuple[int, int], wait: str = "") -> None:
    """Keep what a window of that size shows of a page, once the script `wait` is true of it."""
    width, height = size
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    browser.get(address)
    for _ in range(240 if wait else 0):
        if browser.execute_script(wait):
            break
        time.sleep(0.5)
    if wait:
        time.sleep(3)  # what is drawn last
    browser.save_screenshot(str(path))
    print(path)


def reports(browser: Any, demo: Path, folder: Path, ending: str) -> None:
    """The class report and the course report of a class made of the demonstration's students."""
    with tempfile.TemporaryDirectory() as scratch:
        course, book = make_class(demo, Path(scratch) / "course", CLASS - 4)
        book = ClassBook(book.students | {f"s{n:05}" for n in range(CLASS - 4, CLASS)})
        (course.root / "solutions").mkdir(exist_ok=True)
        target = course.root / "reports"
        page = write_report(course, LESSON, target, book)[0]
        shoot(browser, page.as_uri(), folder / f"report{ending}.png", (1000, 900))
        if not ending:
            whole = write_course_report(course, target, book)[0]
            shoot(browser, whole.as_uri(), folder / "course.png", (1000, 757))


@contextmanager
def jupyter(root: Path) -> Iterator[str]:
    """JupyterLab with nbgrader's extensions in a folder, on loopback; gives its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "jupyterlab", f"--port={port}", *LAB]
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    with tempfile.TemporaryDirectory() as settings:
        quiet = Path(settings, "@jupyterlab/apputils-extension/notification.jupyterlab-settings")
        quiet.parent.mkdir(parents=True)
        quiet.write_text('{"fetchNews": "false"}')  # else it asks
        environment["JUPYTERLAB_SETTINGS_DIR"] = settings
        lab = subprocess.Popen(command, cwd=root, env=environment, stderr=subprocess.DEVNULL)
        yield from answering(lab, f"http://127.0.0.1:{port}")


def answering(lab: subprocess.Popen[bytes], address: str) -> Iterator[str]:
    """The address once a server answers there; the server ends when its user is done."""
    try:
        for _ in range(240):
            try:
                urllib.request.urlopen(f"{address}/api", timeout=5).close()
                break
            except OSError:
                time.sleep(0.5)
        yield address
    finally:
        lab.terminate()
        lab.wait(30)


SCROLL = "const e = [...document.querySelectorAll(arguments[0])].find(e => e.textContent.includes(\
arguments[1])); if (e) e.scrollIntoView({block: arguments[2]}); return Boolean(e)"


def jupyters(browser: Any, demo: Path, folder: Path, ending: str) -> None:
    """A released notebook in JupyterLab, and cards in Formgrader."""
    with jupyter(demo) as address:
        lesson = f"{address}/lab/tree/release/initialization/initialization.ipynb?reset"
        ready = "return document.querySelectorAll('.jp-CodeCell').length > 2"
        shoot(browser, lesson, folder / f"notebook{ending}.png", (1280, 717), ready)
        looked_for = (".jp-CodeCell", "initialize_parameters_random", "start")
        for _ in range(20):  # cells are drawn as they come into view
            if browser.execute_script(SCROLL, *looked_for):
                break
            browser.execute_script(
                "document.querySelector('.jp-WindowedPanel-outer').scrollBy(0, 500)"
            )
            time.sleep(0.5)
        scroll = "document.querySelector('.jp-WindowedPanel-outer').scrollBy(0, 130)"
        browser.execute_script(scroll)  # so that the folded check below it is seen
        time.sleep(3)
        browser.save_screenshot(str(folder / f"notebook{ending}.png"))
        submission = formgrader_submission(demo)
        cards = "return document.querySelector('.autograder-card') !== null"
        shoot(browser, f"{address}/formgrader/submissions/{submission}/?index=0",
              folder / f"formgrader{ending}.png", (1280, 717), cards)  # fmt: skip
        browser.execute_script(SCROLL, ".autograder-card", "", "center")
        time.sleep(1)
        browser.save_screenshot(str(folder / f"formgrader{ending}.png"))


def formgrader_submission(demo: Path) -> str:
    """nbgrader's id of a graded notebook with a card."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{demo}/gradebook.db") as gradebook:
        return str(gradebook.find_submission_notebook(LESSON, LESSON, STUDENT.name).id)


def figures(executed: Path) -> list[Image.Image]:
    """All figures of an executed notebook, in order."""
    cells = json.loads(executed.read_text(encoding="utf-8"))["cells"]
    datas = (output.get("data", {}) for cell in cells for output in cell.get("outputs", ()))
    texts = (data["image/png"] for data in datas if "image/png" in data)
    return [Image.open(io.BytesIO(base64.b64decode(text))).convert("RGB") for text in texts]


def sheet(images: Sequence[Image.Image]) -> Image.Image:
    """Figures in two columns, each put where there is more room; wide ones alone in one column."""
    columns = 1 if all(image.width > 2 * image.height for image in images) else 2
    width = SHEET // columns
    places, heights = [], [0] * columns
    for image in images:
        size = width, round(image.height * width / image.width)
        scaled = image.resize(size, Image.Resampling.LANCZOS)
        shorter = heights.index(min(heights))
        places.append((scaled, (shorter * width, heights[shorter])))
        heights[shorter] += scaled.height + 10
    page = Image.new("RGB", (SHEET, max(heights)), "white")
    for scaled, corner in places:
        page.paste(scaled, corner)
    return page


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("english", type=Path)
    parser.add_argument("chinese", type=Path)
    parser.add_argument("--to", type=Path, required=True)
    asked = parser.parse_args()
    folder = asked.to
    folder.mkdir(parents=True, exist_ok=True)
    for demo, ending in ((asked.english.resolve(), ""), (asked.chinese.resolve(), "_zh")):
        for executed in sorted((demo / "solutions").glob("*.ipynb")):
            path = folder / f"lesson_{executed.stem}{ending}.png"
            sheet(figures(executed)).save(path)
            print(path)
        hand_in(demo)
        with chromium() as browser:
            page = demo / f"feedback/{STUDENT.name}/{LESSON}/{LESSON}.html"
            shoot(browser, page.as_uri(), folder / f"feedback{ending}.png", (1000, 760))
            reports(browser, demo, folder, ending)
            jupyters(browser, demo, folder, ending)
    for path in sorted(folder.glob("*.png")):
        keep(path)


def keep(path: Path) -> None:
    """Make a picture small, and put it where the docs show one of its name."""
    with Image.open(path) as picture:
        colours = picture.convert("RGB").quantize(
            256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE
        )
    colours.save(path, optimize=True)
    if (shown := IMAGES / path.name).exists():
        shutil.copyfile(path, shown)


if __name__ == "__main__":
    main()
