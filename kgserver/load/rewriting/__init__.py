"""Files rewritten for their maintainers: in one style, or with sure remedies."""
