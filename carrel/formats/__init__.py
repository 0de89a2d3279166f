"""Read conversations and documents from files; each format is a module, and `registry` lists them."""
