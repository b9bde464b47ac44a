"""The confined process, which runs student code.

Nothing here knows an answer, and nothing here decides a verdict. Start reading at `child` (from the
fork to the first request), then `confinement` (the layers), then `session` (what a child does).
What runs before the fork is in `sandbox/warm`.
"""
