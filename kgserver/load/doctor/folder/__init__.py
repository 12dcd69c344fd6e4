"""What is odd across the files of a folder."""
