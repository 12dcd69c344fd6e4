"""HTTP for whoever runs the server: health, state, measures."""
