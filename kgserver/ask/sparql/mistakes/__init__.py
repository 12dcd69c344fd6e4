"""Mistakes that people make in queries, each found on the tokens by its own look.

A finder is given the tokens of a query that the engine refused and yields faults: the
token at fault, what is wrong, what to do.
"""
