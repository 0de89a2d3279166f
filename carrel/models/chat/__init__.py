"""Chat models: behind an OpenAI-compatible server, offline, or playing a script."""
