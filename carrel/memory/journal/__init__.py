"""What changed, what was retrieved and what was sent: the records behind history, undo and why."""
