"""/memory, /search, /remember, /forget, /pin and /review."""

import re

from tests.cli.harness import carrel

ID = r"p-[0-9a-z]+"


def test_memory_shows_blocks_and_counts() -> None:
    """Core memory and how much is remembered; with an id one memory in full."""
    carrel("ask", "My name is Ada.")
    message = carrel("memory", "ls", "--tier", "recall", "--json").data[0]["id"]
    err = carrel("chat", stdin=f"/memory\n/memory human\n/memory {message[2:]}\n/memory m-none\n").err
    assert "[human, 28 of 2000 characters]\nMy name is Ada. [" in err
    assert "2 messages in recall, 0 passages in archival\nMy name is Ada. [" in err
    assert re.search(rf"{message} · \S+ \S+ · (?:you|default) · session s-\w+\nMy name is Ada\.\nError: .*m-none", err)


def test_remember_search_and_forget() -> None:
    """A fact is stored, found, stored once, and forgotten again with the way back."""
    err = carrel(
        "chat",
        stdin="/remember 小明喜欢喝茶\n/remember 小明喜欢喝茶\n/search 喝茶\n/remember\n/forget 喝茶\n/search 喝茶\n",
    ).err
    lines = [re.sub(ID, "ID", line) for line in err.splitlines()]
    assert lines[:2] == ["✎ remembered: 小明喜欢喝茶  (ID)", "✎ remembered already: 小明喜欢喝茶  (ID)"]
    assert lines[3:6] == [
        "1 found.",
        "Error: Nothing to remember was given. Type /remember and the fact.",
        "  ID  小明喜欢喝茶",
    ]
    key = re.fullmatch(r"Forgotten\. For 30 days carrel memory restore (\S+) brings it back\.", lines[6])
    assert key
    assert lines[7:] == ["Nothing found."]
    assert carrel("memory", "restore", key[1]).code == 0


def test_several_memories_are_forgotten_only_after_a_yes() -> None:
    """In a pipe there is nobody to say it: they are listed, and stay."""
    err = carrel("chat", stdin="/remember Rex barks.\n/remember Rex sleeps.\n/forget Rex\n/search Rex\n").err
    assert "Nothing was forgotten.\n" in err
    assert "2 found.\n" in err


def test_pin_and_unpin() -> None:
    """A block or a passage by its id; a message is changed by nobody."""
    passage = carrel("memory", "add", "Tea is nice.", "--json").data["id"]
    carrel("ask", "Hello")
    message = carrel("memory", "ls", "--tier", "recall", "--json").data[0]["id"]
    lines = ["/pin human", "/pin human off", f"/pin {passage[2:]}", f"/pin {message}", "/pin", "/pin human no"]
    assert carrel("chat", stdin="\n".join(lines)).err.splitlines() == [
        "Pinned human: the agent may not change or delete it.",
        "Unpinned human: the agent may change it again.",
        f"Pinned {passage}: the agent may not change or delete it.",
        f"Error: '{message}' is a message, which nobody changes. Pin a block or a passage.",
        "Error: Nothing to pin was given. Type /pin and a block's name or a passage's id.",
        "Error: 'no' is not 'off'. Type /pin ID, or /pin ID off.",
    ]


def test_a_review() -> None:
    """What was said is gone through once."""
    err = carrel("chat", stdin="My name is Ada.\n/review\n/review\n").err
    assert err.splitlines()[-1] == "All that was said has been reviewed."
    assert err.count("2 messages reviewed") == 1
