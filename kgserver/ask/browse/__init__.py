"""Ways through the graph for people: one thing, many things, the whole."""
