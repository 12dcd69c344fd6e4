"""A SPARQL query, from the wire to its answer."""
