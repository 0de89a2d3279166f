"""Where the user's messages come from: a pipe, a plain terminal, or a line editor."""
