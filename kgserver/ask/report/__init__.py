"""What was found wrong, as they want it who read it: people, GitHub, code hosts."""
