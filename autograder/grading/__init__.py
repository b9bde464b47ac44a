"""One submission → one report."""
