"""The page a student reads: the notebook with points, checks, hints and comments."""
