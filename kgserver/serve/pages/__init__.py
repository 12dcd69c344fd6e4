"""HTTP for people: one module a kind of page."""
