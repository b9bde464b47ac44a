"""The class report's figures, with and without a Chinese font."""

import pytest
from chinese_words import a_class

from autograder.report import figures
from autograder.report.statistics import gather


def test_without_a_chinese_font_figures_fall_back_to_english_and_their_words_do_not(monkeypatch):
    monkeypatch.setattr(figures, "has_chinese_font", lambda: False)
    found = gather("a", [a_class()])
    with figures.labels_in("zh") as labels:
        assert labels.draw("students") == "students" and labels.say("students") == "学生人数"
        drawn = figures.success_per_exercise(found, labels)  # a missing glyph would be an error
    assert "f：平均" in drawn.alt


def test_with_a_chinese_font_figures_are_chinese(monkeypatch):
    if not figures.has_chinese_font():
        pytest.skip("no Chinese font: sudo apt-get install fonts-noto-cjk")
    with figures.labels_in("zh") as labels:
        assert labels.draw("students") == "学生人数"
        for draw in (figures.score_distribution, figures.success_per_exercise):
            assert draw(gather("a", [a_class()]), labels).png
