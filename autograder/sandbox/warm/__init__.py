"""The process that imports everything once and forks the sessions; it runs no student code.

It has no secret either. What runs after a fork is in `inside`.
"""
