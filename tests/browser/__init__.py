"""What a person sees: pages of the running server in a real browser."""
