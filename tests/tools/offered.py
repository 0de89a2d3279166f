"""What a package might offer under the entry points `carrel.tools`."""

from carrel.tools.tool import tool


@tool(effect="none")
def greet(name: str) -> str:
    """Greet somebody."""
    return f"Hello, {name}."


TOOLS = [greet]
