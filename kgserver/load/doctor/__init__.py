"""The doctor of Turtle: what is odd in files that can be read.

Each file is examined once, when it is read: its lexemes, and its statements in one
pass. What must be known of it to look across files is its outline, small enough to be
kept beside a version, so that after a save only the saved file is looked at again.
"""
