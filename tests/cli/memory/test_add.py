"""`carrel memory add`: a fact is stored once, and what does not fit is refused."""

from tests.cli.harness import carrel


def test_add_stores_a_fact_once() -> None:
    """The same fact again is known already; with --block it becomes a line of core memory."""
    first = carrel("memory", "add", "The wifi password is swordfish", "--tag", "home", "--json").data
    again = carrel("memory", "add", "The wifi password is swordfish", "--json").data
    assert (first["new"], again["new"], first["id"]) == (True, False, again["id"])
    assert carrel("memory", "add", "Likes fish", "--block", "human").out == "Added to block 'human'.\n"
    assert carrel("memory", "show", "human", "--json").data["text"] == "Likes fish"


def test_add_refuses_what_it_cannot_store() -> None:
    """Empty text, an unknown block and one that is full change nothing; the hint is one a person can follow."""
    carrel("agent", "new", "default")
    assert carrel("memory", "add", "  ").code == 2
    unknown = carrel("memory", "add", "x", "--block", "nope", "--json")
    assert (unknown.code, unknown.error["code"]) == (4, "not_found")
    full = carrel("memory", "add", "x" * 2001, "--block", "human")
    assert (full.code, "core_memory" in full.err) == (1, False)
    assert "2001 of 2000" in full.err
    assert carrel("agent", "show", "--json").data["counts"]["archival"] == 0
    assert carrel("memory", "show", "human", "--json").data["text"] == ""
