"""What the inspector shows, as JSON: a module for each tab."""
