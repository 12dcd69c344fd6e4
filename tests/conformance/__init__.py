"""The W3C's SPARQL tests, put to the application over WSGI."""
