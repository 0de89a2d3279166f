"""Comparing requests."""

from typing import Any

from carrel.scenario.record.request_diff import MAX_CHARACTERS, MAX_LINES, diff_requests, similarity


def request(*texts: str, **more: Any) -> dict[str, Any]:
    """Return a request in its recorded form."""
    return {"messages": [{"role": "user", "content": text} for text in texts], "tools": [], "max_tokens": 9, **more}


def test_lines_that_differ_are_shown() -> None:
    """Only those, with role and sign; calls, tools and the limit are lines too."""
    call = {"function": {"name": "archival_search", "arguments": "{}"}}
    calling = request("Hi.\n你好。", tools=[{"name": "t"}], max_tokens=7)
    calling["messages"].append({"role": "assistant", "content": "", "tool_calls": [call]})
    assert diff_requests(request("Hi.\n再见。"), calling)[2:] == [
        "-user: 再见。",
        "-max_tokens: 9",
        "+user: 你好。",
        "+assistant: ",
        '+assistant calls {"arguments":"{}","name":"archival_search"}',
        '+tool {"name":"t"}',
        "+max_tokens: 7",
    ]
    assert diff_requests(calling, calling) == []


def test_long_differences_are_shortened() -> None:
    """Neither long lines nor many of them fill the screen."""
    lines = diff_requests(request(""), request("\n".join(f"{n} " + "x" * 500 for n in range(100))))
    assert (len(lines), max(map(len, lines))) == (MAX_LINES + 1, MAX_CHARACTERS)
    assert lines[-1].startswith("… and ")
    assert lines[-1].endswith(" more lines")


def test_similarity() -> None:
    """A request is most similar to itself; common lines and a similar last message bring others near."""
    one, near, far = request("a", "What is it?"), request("a", "What was it?"), request("b", "Bye.")
    assert similarity(one, one) == 2.0
    assert similarity(one, near) > similarity(one, far)
