"""What is decided on the tokens of a query before the engine sees it."""
