"""The question before a tool is called."""

from pathlib import Path

import pytest

from carrel.messages import AssistantMessage
from carrel.models.chat.scripted import call, say
from carrel.testing.fake_server import FakeServer
from tests.cli.conftest import Chat
from tests.cli.harness import PROMPT, stored_messages, wait_for_exit

TOOL = """
from carrel import tool

@tool(approval="ask")
def post(text: str) -> str:
    "Post."
    return f"Posted {text}."
"""


@pytest.mark.terminal
def test_a_call_is_made_with_consent(chat: Chat, home: Path) -> None:
    """The question names the call; no refuses it, yes makes it once, always is not asked again."""
    home.mkdir()
    (home / "mine.py").write_text(TOOL, encoding="utf-8")
    (home / "config.toml").write_text('[tools]\nfiles = ["mine.py"]\n', encoding="utf-8")
    script: list[AssistantMessage] = []
    for text in "abcd":
        script += [call("post", text=text), say(f"Done {text}.")]
    with FakeServer(script) as server:
        child = chat(server.url)
        for text, answer in (("a", "n"), ("b", "y"), ("c", "a"), ("d", None)):
            child.expect(PROMPT)
            child.sendline(f"Post {text}")
            if answer:
                child.expect(f'wants to call post\\(text="{text}"\\)')
                child.expect("Allow it")
                child.sendline(answer)
            child.expect(f"Done {text}.")
        child.expect(PROMPT)
        child.sendeof()
        assert wait_for_exit(child) == 0
    results = [text for role, text, _ in stored_messages(home) if role == "tool"]
    assert results[1:] == ["Posted b.", "Posted c.", "Posted d."]
    assert results[0].startswith("Error: The user did not allow post.")
