"""Many things: of a class, by name, by place, by date, by version."""
