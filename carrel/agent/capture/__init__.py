"""Keep what users say of themselves, for models that cannot be trusted to call a tool for it."""
