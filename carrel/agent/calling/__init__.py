"""How calls are written in requests and read from replies, for models of every kind."""
