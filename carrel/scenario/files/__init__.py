"""Read scenario files: YAML in, checked values out."""
