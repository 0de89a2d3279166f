"""Days and times that a text names: found, resolved against when it was said, and spoken relative to now."""
