"""Plain `pytest tests/<assignment>`."""
