"""Terms and statements: their forms, their values, and the numbers they go by."""
