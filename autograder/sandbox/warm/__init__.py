"""The process that gets warm: all of this runs before any student's code does, and forks it.

It has no secret either. What runs after a fork is in `inside`.
"""
