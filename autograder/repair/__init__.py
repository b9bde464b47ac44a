"""Hints by repair: the smallest edit of a student's own function after which every check passes."""
