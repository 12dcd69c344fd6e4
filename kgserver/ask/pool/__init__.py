"""Queries in the web process: they wait for a worker, run, and are ended."""
