"""What a command shows a person at a terminal or writes into a pipe, and what it asks them."""
