"""Submissions that are suspiciously alike."""
