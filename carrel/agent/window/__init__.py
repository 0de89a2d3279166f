"""The context window: how it is shared out, what a server serves of it, and how text is truncated to a share."""
