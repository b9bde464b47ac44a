"""The proof that the graders are right: `autograder verify`."""
