"""What is wrong with the files, with what they say, and with what follows from it."""
