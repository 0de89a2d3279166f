"""Chat models behind a server: the request, the connection, the reply, and what goes wrong or is learned."""
