"""Turtle as it is written: every token with its place, and a style.

The parser tells what a file says; this folder tells how it says it. The doctor finds
the columns of terms here, and `kgserver fmt` lays the same tokens out anew.
"""
