"""One thing: what is said of it and by whom, what points at it, how it is cited."""
