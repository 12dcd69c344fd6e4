"""What was saved since the version in service, applied to it or only tried."""
