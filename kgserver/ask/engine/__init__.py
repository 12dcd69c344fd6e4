"""Queries run in processes that can be killed: a mother, her workers, their pool."""
