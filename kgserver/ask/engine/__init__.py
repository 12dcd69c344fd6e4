"""The processes that run queries, and can be killed: a mother and her workers."""
