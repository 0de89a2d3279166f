"""`carrel context` shows what was sent, exactly, in a terminal and to programs."""

import json
from pathlib import Path

import pytest

from carrel.bootstrap import Carrel
from carrel.models.chat.scripted import ScriptedModel, call, say
from tests.cli.harness import carrel


@pytest.fixture
def turns(home: Path) -> list[str]:
    """Two turns of the default agent, the first of two steps; what was said could steer a terminal."""
    model = ScriptedModel([call("archival_insert", text="Walnuts."), say("Stored."), say("核桃。")])
    with Carrel.open(home, model, "none") as client:
        chat = client.agent().session()
        return [chat.send("Store walnuts").turn, chat.send("In Chinese?\x1b[31m\u202e").turn]


def test_show_prints_each_message(turns: list[str]) -> None:
    """The last context is shown message by message, with calls, tools by name, and nothing that steers a terminal."""
    ran = carrel("context", "show")
    lines = ran.out.splitlines()
    assert ran.code == 0
    assert lines[0].startswith(f"turn {turns[1]}, step 1 · session s-")
    assert [line for line in lines if line.startswith("── ")][:-1] == [
        f"── {role}" for role in ("system", "user", "assistant", "tool", "assistant", "user")
    ]
    assert '→ archival_insert {"text": "Walnuts."}' in lines
    assert lines[-1].startswith("── tools: core_memory_append, ")
    assert "\x1b" not in ran.out
    assert "\u202e" not in ran.out


def test_show_as_json_is_exact(turns: list[str], home: Path) -> None:
    """The JSON holds what was sent, as it was sent; a turn goes by a prefix of its id, a step by its number."""
    data = carrel("context", "show", turns[0][:8], "--step", "1", "--json").data
    with Carrel.open(home, "offline", "none") as client:
        sent = client.agent().memory.request_log.find(turns[0], 1)
    assert [*data["messages"], *data["tools"]] == [json.loads(part) for part in sent.parts]
    assert (data["turn"], data["step"], data["model"]) == (turns[0], 1, "scripted")


def test_tokens_add_up(turns: list[str]) -> None:
    """The parts add up to what was counted; programs get the window and the reserve too."""
    data = carrel("context", "tokens", "--json").data
    assert abs(sum(data["account"].values()) - data["counted"]) <= 8
    assert (data["window"], data["reserve"], data["reported"]) == (8000, 1000, None)
    rows = [line.split("\t")[0] for line in carrel("context", "tokens").out.splitlines()[1:-1]]
    assert rows == [*data["account"], "reply (kept free)"]


def test_diff_shows_what_is_new(turns: list[str]) -> None:
    """Without a turn the last request is compared with the one before; most bytes are unchanged."""
    data = carrel("context", "diff", "--json").data
    assert (data["from"]["turn"], data["from"]["step"], data["to"]["turn"]) == (turns[0], 2, turns[1])
    assert 0.8 < data["unchanged_bytes"] / data["bytes"] < 1
    text = carrel("context", "diff", turns[0], turns[1]).out
    assert "+In Chinese?[31m" in text
    assert "are unchanged at the beginning." in text


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("show", "t-nothing"), 4, "Turn 't-nothing' of agent 'default' does not exist."),
        (("show", "t-"), 2, "'t-' begins the ids of several turns."),
        (("show", ""), 4, "Turn '' of agent"),
        (("show", "last", "--step", "7"), 4, "has no step 7."),
        (("show", "-a", "nobody"), 4, "Agent 'nobody' does not exist."),
    ],
)
def test_what_is_not_there_is_said(turns: list[str], arguments: tuple[str, ...], code: int, said: str) -> None:
    """Unknown and unclear turns are errors in words."""
    ran = carrel("context", *arguments)
    assert ran.code == code
    assert said in ran.err


def test_nothing_was_sent_yet(home: Path) -> None:
    """An agent that never spoke has no context, and the first request none before it."""
    with Carrel.open(home, ScriptedModel(["Hello."]), "none") as client:
        ada = client.agent()
        assert carrel("context", "show").code == 4
        ada.session().send("Hi")
    assert "nothing was sent" in carrel("context", "diff").err
