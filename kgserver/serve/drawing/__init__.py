"""Drawings as values: where each line, spot and word of an SVG stands."""
