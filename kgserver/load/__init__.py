"""Files become a snapshot: find, read, reason, check, store."""
