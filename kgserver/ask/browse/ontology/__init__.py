"""The ontology: its files, its terms, and what their axioms say."""
