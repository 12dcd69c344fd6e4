"""What is odd in one file, looked at by itself."""
