"""The words that all rooms share: names, media types, problems, settings."""
