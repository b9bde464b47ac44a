"""The package's texts and an assignment's, in the language of the course."""
