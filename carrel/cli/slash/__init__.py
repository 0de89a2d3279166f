"""The slash commands of the chat: one table, from which help, completion, the documentation and suggestions come."""
