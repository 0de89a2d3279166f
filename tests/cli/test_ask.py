"""`carrel ask`: one turn, for people, for pipes and for programs."""

import json
from typing import Any

import pytest

from carrel.models.chat.scripted import call, calls, say
from carrel.testing.fake_server import FakeServer
from tests.cli.harness import carrel, process

HIT = {"id", "tier", "text", "role", "speaker", "at", "session", "source", "tags", "score", "scores"}


@pytest.mark.process
def test_a_later_process_remembers_what_an_earlier_one_was_told() -> None:
    """Memory outlives the process, in a new session, with the offline model and no key."""
    told = process("ask", "I'm allergic to peanuts.")
    asked = process("ask", "What am I allergic to?")
    assert (told.code, told.out, told.err) == (0, "Noted.\n", "")
    assert asked.code == 0
    assert "I'm allergic to peanuts." in asked.out


def test_a_dash_reads_the_message_from_standard_input() -> None:
    """`ask -` takes the whole of a pipe as one message, however many lines it has."""
    assert carrel("ask", "-", stdin="My dog is called Rex.\nMy cat is called Tom.\n").out == "Noted.\n"
    shown = carrel("session", "show", "--json").data
    assert shown["messages"][0]["text"] == "My dog is called Rex.\nMy cat is called Tom."


def test_json_has_exactly_the_shape_that_programs_rely_on() -> None:
    """The envelope names its schema; the data, its calls, hits and usage have the documented keys, no others."""
    carrel("ask", "I live in Lisbon.")
    ran = carrel("ask", "Where do I live?", "--json")
    assert set(json.loads(ran.out)) == {"schema", "data"}
    assert json.loads(ran.out)["schema"] == "carrel/ask@1"
    known = {"text", "turn", "session", "steps", "tool_calls", "memory", "retrieved", "usage", "finish", "stopped"}
    assert set(ran.data) == known
    assert ran.data["turn"].startswith("t-")
    assert ran.data["session"].startswith("s-")
    assert [set(made) for made in ran.data["tool_calls"]] == [{"step", "name", "arguments"}] * 2
    assert all(set(hit) == HIT and set(hit["scores"]) == {"words", "meaning", "neighbours"} for hit in _hits(ran.data))
    assert set(ran.data["usage"]) == {"prompt", "completion", "cached", "calls"}
    assert ran.data["usage"]["calls"] == ran.data["steps"] == 2


def _hits(data: Any) -> Any:
    assert data["retrieved"], "The question finds what was said."
    return data["retrieved"]


def test_json_tells_what_changed_in_memory() -> None:
    """A turn that stores something lists the change, with what stood there before and after."""
    (change,) = carrel("ask", "My name is Ada.", "--json").data["memory"]
    assert (change["tier"], change["ref"], change["op"], change["before"]) == ("core", "human", "append", "")
    assert change["after"].startswith("My name is Ada. [")


@pytest.mark.network
def test_stream_json_prints_one_event_a_line_and_ends_with_the_result() -> None:
    """Each line is an object with a type; the deltas joined are the text of the result; memory events are between."""
    script = [
        calls(say("One moment. "), call("core_memory_append", label="human", content="Ada")),
        say("Hello, Ada, dear."),
    ]
    with FakeServer(script) as server:
        ran = carrel("ask", "I am Ada", "--stream-json", CARREL_BASE_URL=server.url, CARREL_MODEL="any")
    events = [json.loads(line) for line in ran.out.splitlines()]
    kinds = list(dict.fromkeys(event["type"] for event in events))
    told = "system.init model.contract context.tokens message.delta tool_call tool_result memory.write result"
    assert kinds == told.split()
    assert "".join(e["text"] for e in events if e["type"] == "message.delta") == "One moment. Hello, Ada, dear."
    assert events[-1]["text"] == "Hello, Ada, dear."


def test_stream_json_lists_what_was_recalled() -> None:
    """What is paged in for a message is an event with the hits that the model saw."""
    carrel("ask", "My sister Jo plays the cello.")
    ran = carrel("ask", "Which instrument does my sister Jo play?", "--stream-json")
    recalled = [event for line in ran.out.splitlines() if (event := json.loads(line))["type"] == "memory.retrieve"]
    assert [hit["text"] for hit in recalled[0]["hits"]] == ["My sister Jo plays the cello."]


def test_session_last_goes_on_and_no_session_begins_anew() -> None:
    """Without --session each ask is a session of its own; `last`, an id and a prefix of one resume."""
    first = carrel("ask", "One.", "--json").data["session"]
    second = carrel("ask", "Two.", "--json").data["session"]
    assert first != second
    assert carrel("ask", "Three.", "--session", "last", "--json").data["session"] == second
    assert carrel("ask", "Four.", "--session", first, "--json").data["session"] == first
    assert carrel("ask", "Five.", "--session", first[:9], "--json").data["session"] == first
    assert carrel("ask", "Six.", "--session", "last", "--json").data["session"] == first


def test_agents_do_not_share_memory() -> None:
    """What one agent was told, another does not find."""
    carrel("ask", "My secret is a blue whale.", "-a", "ada")
    assert "whale" not in carrel("ask", "What is my secret?", "-a", "bob").out
    assert "whale" in carrel("ask", "What is my secret?", "-a", "ada").out


@pytest.mark.process
def test_chinese_goes_through_all_of_it() -> None:
    """Chinese arguments, input, storage, search and output, in a process with a plain C locale."""
    assert process("ask", "我喜欢喝龙井茶。", LC_ALL="C").out == "记下了。\n"
    assert "我喜欢喝龙井茶。" in process("ask", "-", stdin="我喜欢喝什么茶？", LC_ALL="C", PYTHONIOENCODING="").out
    assert carrel("memory", "search", "龙井", "--json").data["total"] >= 1


def test_bytes_that_are_no_text_are_taken_as_far_as_they_are() -> None:
    """NUL bytes vanish and broken UTF-8 becomes the replacement character: the turn succeeds, the rest is kept."""
    assert carrel("ask", "-", stdin=b"I like \x00pie\xff and \xe8\x8c tea.").code == 0
    assert carrel("session", "show", "--json").data["messages"][0]["text"] == "I like pie\ufffd and \ufffd tea."


@pytest.mark.process
def test_a_screen_of_another_encoding_gets_escapes_and_no_traceback() -> None:
    """What the terminal's encoding lacks can be read back; the command succeeds, and a note says what to do."""
    process("memory", "add", "茶 is tea")
    ran = process("memory", "search", "tea", PYTHONIOENCODING="ascii")
    assert (ran.code, "\\u8336 is tea" in ran.out) == (0, True), ran
    assert ran.err.endswith("Choose UTF-8, for example with PYTHONUTF8=1.\n")


@pytest.mark.network
def test_it_ends_no_session() -> None:
    """Where memory is put in order after a session, `ask` does not wait for that; the next chat reviews both."""
    with FakeServer(lambda request: say("Fine.")) as server:
        settings = {"CARREL_BASE_URL": server.url, "CARREL_MODEL": "scripted", "CARREL_CONSOLIDATE": "true"}
        assert carrel("ask", "My dog is Rex.", **settings).out == "Fine.\n"
        assert len(server.requests) == 1
        carrel("chat", "--plain", stdin="My cat is Tom.\n", **settings)
        review = str(server.requests[-1])
    assert len(server.requests) == 3
    assert review.index("My dog is Rex.") < review.index("My cat is Tom.")
    assert carrel("memory", "consolidate", "--json", **settings).data == {"portions": [], "left": 0}


def test_continue_goes_on_with_the_last_session() -> None:
    """-c is the same as --session last, and not to be given with another."""
    first = carrel("ask", "I like tea.", "--json").data["session"]
    assert carrel("ask", "-c", "And milk.", "--json").data["session"] == first
    assert carrel("ask", "Hello", "--json").data["session"] != first
    assert carrel("ask", "-c", "--session", first, "Hello").code == 2
