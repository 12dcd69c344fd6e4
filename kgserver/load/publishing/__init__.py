"""A version, with all that is written down beside its store."""
