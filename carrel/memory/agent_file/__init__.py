"""An agent as one file: written, checked and read. docs/agent-file.md describes the format."""
