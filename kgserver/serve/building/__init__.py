"""The builder's process: what was saved is built, and what git knows is kept ready."""
