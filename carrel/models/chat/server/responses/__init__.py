"""The Responses API, in terms of Chat Completions: its requests and its events. Pure."""
