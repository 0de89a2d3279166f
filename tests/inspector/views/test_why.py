"""Why a turn was answered so: its searches with their hits, and what the model was shown of them."""

from carrel.inspector.subject import Subject
from tests.inspector.conftest import Ask


def test_a_turn_tells_what_was_looked_up(ask: Ask, subject: Subject) -> None:
    """Page-in and calls are told in order, with the recorded scores, and the texts of the hits."""
    found = ask("why")
    recorded = subject.agent("default").memory.retrievals.of_turn(found["turn"])
    assert [(item["kind"], item["step"]) for item in found["searches"]] == [("page_in", None), ("tool", 1)]
    assert found["searches"][1]["query"] == "Porto rain"
    hits = [hit for item in found["searches"] for hit in item["hits"]]
    assert [(hit["id"], hit["shown"]) for hit in hits] == [(hit.ref, hit.shown) for r in recorded for hit in r.hits]
    assert all(hit["text"] for hit in hits)
    assert {hit["reason"] for hit in hits if hit["shown"]} == {None}
    assert (found["asked"][:9], found["reply"]) == ("On day 11", "Noted: Porto. Take an umbrella.")


def test_a_turn_goes_by_a_prefix(ask: Ask) -> None:
    """As on the command line."""
    turn = ask("turns")["turns"][3]["id"]
    assert ask("why", turn=turn[:9])["turn"] == turn
