"""A class: many submissions through warm graders, into the gradebook."""
