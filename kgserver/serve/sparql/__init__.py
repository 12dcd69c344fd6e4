"""HTTP for those who ask in SPARQL."""
