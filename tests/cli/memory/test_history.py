"""`carrel memory history`, `diff`, `blame` and `at`: what memory said, and who wrote it."""

from datetime import date

from tests.cli.harness import carrel


def test_a_block_tells_its_history() -> None:
    """Each change by whom and in which turn; the difference of versions; the writer of each line."""
    turn = carrel("ask", "My name is Ada.", "--json").data["turn"]
    carrel("memory", "add", "Likes 茶.", "--block", "human")
    events = carrel("memory", "history", "human", "--json").data
    assert [(event["op"], event["actor"], event["turn"]) for event in events] == [
        ("append", "agent", turn),
        ("append", "user", None),
    ]
    name = f"My name is Ada. [{date.today()}]"
    assert carrel("memory", "diff", "human").out == f"@@ -1 +1,2 @@\n {name}\n+Likes 茶.\n"
    assert carrel("memory", "diff", "human", "0", "2", "--json").data["lines"][1:] == [f"+{name}", "+Likes 茶."]
    assert carrel("memory", "diff", "human", "1", "9").code == 2
    lines = carrel("memory", "blame", "human", "--json").data
    assert [(line["line"], line["event"]["actor"]) for line in lines] == [
        (name, "agent"),
        ("Likes 茶.", "user"),
    ]
    assert carrel("memory", "blame", "persona").out.startswith("from the beginning  ")
    assert carrel("memory", "blame", "nothing").code == 4


def test_a_passage_and_a_message_tell_theirs() -> None:
    """By an id without its letter; one that is unknown is refused."""
    carrel("ask", "Hello there")
    passage = carrel("memory", "add", "Ada lives in Oslo.", "--json").data["id"]
    carrel("memory", "edit", passage, "--text", "Ada lives in Bergen.")
    ops = [event["op"] for event in carrel("memory", "history", passage[2:], "--json").data]
    assert ops == ["insert", "update"]
    message = carrel("memory", "ls", "--tier", "recall", "--json").data[0]["id"]
    [event] = carrel("memory", "history", message, "--json").data
    assert (event["op"], event["actor"], event["after"]) == ("insert", "user", "Hello there")
    assert carrel("memory", "history", "nothing").code == 4


def test_memory_at_a_day() -> None:
    """Today everything is known, and last year nothing was."""
    carrel("memory", "add", "Ada lives in Oslo.")
    assert [item["text"] for item in carrel("memory", "at", "2999-01-01", "--json").data["archival"]] == [
        "Ada lives in Oslo."
    ]
    past = carrel("memory", "at", "2001-01-01", "--json").data
    assert (past["core"], past["archival"]) == ({}, [])
    assert carrel("memory", "at", "someday").code == 2
