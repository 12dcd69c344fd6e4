"""Where a Turtle file is broken: each fault once, where its writer's hand slipped."""
