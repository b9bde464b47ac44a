"""How long a process has stood in line for a processor: time that is not its own."""

from __future__ import annotations

from pathlib import Path


class Waiting:
    """Asked again and again, tells the seconds since it was last asked; 0 where nothing tells."""

    def __init__(self, pid: int) -> None:
        self._path = Path(f"/proc/{pid}/schedstat") if pid > 0 else None
        self._seen = 0.0

    def __call__(self) -> float:
        total = self._total()
        since, self._seen = total - self._seen, total
        return max(0.0, since)

    def _total(self) -> float:
        """Seconds in the run queue since the process began (nanoseconds in the second field)."""
        if self._path is None:
            return 0.0
        try:
            return int(self._path.read_text().split()[1]) / 1e9
        except (OSError, ValueError, IndexError):
            return self._seen
