"""The tests of kgserver; most of them are folders below `cases/`."""
