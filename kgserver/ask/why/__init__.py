"""Why a statement holds: the statement read, proved, and the proof written down."""
