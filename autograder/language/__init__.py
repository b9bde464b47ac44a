"""Our words, and those of an assignment, in the language of the course."""
