"""Huge pages for the memory that every fork copies: one entry where there were 512.

A process that has imported numpy, matplotlib and IPython has some fifteen thousand pages of its
own, and a fork, like the end of the child, has to go through the table of them.
"""

from __future__ import annotations

from pathlib import Path

from autograder.sandbox.inside import kernel

_HUGE_PAGE = 2 << 20
Region = tuple[int, int]  # first address, and the first behind it


def own_memory() -> list[Region]:
    """The parts of this process's own memory that could be huge pages; none where /proc is not."""
    try:
        lines = Path("/proc/self/maps").read_text().splitlines()
    except OSError:
        return []
    return [region for line in lines if (region := _whole_huge_pages(line)) is not None]


def _whole_huge_pages(line: str) -> Region | None:
    addresses, permissions, _, _, inode, *name = line.split()
    if permissions != "rw-p" or inode != "0" or name not in ([], ["[heap]"]):
        return None
    start, end = (int(address, 16) for address in addresses.split("-"))
    start = -(-start // _HUGE_PAGE) * _HUGE_PAGE
    end = end // _HUGE_PAGE * _HUGE_PAGE
    return (start, end) if end > start else None


def collapse(regions: list[Region]) -> int:
    """Make huge pages of what can be; returns how many. Where the kernel cannot, none (before
    Linux 6.1, or where it has no memory in one piece)."""
    return sum(
        kernel.collapse(address, _HUGE_PAGE)
        for start, end in regions
        for address in range(start, end, _HUGE_PAGE)
    )
