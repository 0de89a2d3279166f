"""/multiline, /reasoning and /clear."""

from tests.cli.harness import carrel


def test_switches() -> None:
    """Without a word they switch over; on and off mean themselves, whatever it was."""
    lines = ["/multiline", "/multiline", "/multiline OFF", "/reasoning", "/reasoning on", "/reasoning x", "/clear"]
    assert carrel("chat", stdin="\n".join(lines)).err.splitlines() == [
        "Alt-Enter sends the message, Enter begins a new line.",
        "Enter sends the message, Alt-Enter begins a new line.",
        "Enter sends the message, Alt-Enter begins a new line.",
        "What the model thinks is shown.",
        "What the model thinks is shown.",
        "Error: 'x' is neither on nor off. Type on, off or nothing.",
    ]
