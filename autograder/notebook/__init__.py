"""Notebook files: reading, repairing, showing and writing them."""
