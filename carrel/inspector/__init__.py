"""The inspector: a page in the browser that shows an agent's memory, and the ASGI app that serves it."""
