"""Chat models: OpenAI-compatible servers, the offline model, the scripted model."""
