"""What all pages have in common: their frame, their words, their smallest marks."""
