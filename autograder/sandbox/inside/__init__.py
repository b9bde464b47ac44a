"""The far side of the wall: the process that runs student code.

Nothing here knows an answer, and nothing here decides a verdict. Start reading at `child_maker`
(the warm process), then `confinement` (the layers), then `session` (what a child does).
"""
