"""The dataset described as data: its service, its graphs, its metadata."""
