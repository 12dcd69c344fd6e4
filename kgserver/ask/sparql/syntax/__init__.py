"""A query read for its shape: groups, triple patterns, terms."""
