"""Questions put to a snapshot; nothing here reads a Turtle file."""
