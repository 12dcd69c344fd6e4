"""The writable store, and how it is filled."""
