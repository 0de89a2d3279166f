"""What the chat prints through: plain text, or Markdown at a terminal."""
