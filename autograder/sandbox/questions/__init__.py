"""Test cells judged outside: the judge's session runs them and asks the student's for values.

`asking`, `news` and `stand_ins` are at work in the judge's session, `answering` in the student's,
the others in both. `serving` puts them to work.
"""
