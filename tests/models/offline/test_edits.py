"""Changes of memory as calls of tools."""

from carrel.models.offline.edits import MAX_CORE_FACT, Edits

CORE = {"persona": "I am Carrel.", "human": "one\ntwo\nthree"}


def test_new_lines_are_appended_at_once_and_long_ones_archived() -> None:
    """One call for all short ones."""
    edits = Edits()
    for line in ("a", "b", "c" * (MAX_CORE_FACT + 1)):
        edits.add(line)
    assert edits.calls(CORE) == [
        ("core_memory_append", {"label": "human", "content": "a\nb"}),
        ("archival_insert", {"text": "c" * (MAX_CORE_FACT + 1)}),
    ]


def test_one_line_is_replaced_by_its_text() -> None:
    """With its break where it goes, so that no empty line is left."""
    assert Edits(replaced={("human", "two"): "2"}).calls(CORE) == [
        ("core_memory_replace", {"label": "human", "old": "two", "new": "2"})
    ]
    assert Edits(replaced={("human", "two"): ""}).calls(CORE) == [
        ("core_memory_replace", {"label": "human", "old": "two\n", "new": ""})
    ]
    assert Edits(replaced={("human", "three"): ""}).calls(CORE) == [
        ("core_memory_replace", {"label": "human", "old": "\nthree", "new": ""})
    ]
    assert Edits(replaced={("human", "one"): ""}).calls({"human": "one"}) == [
        ("core_memory_replace", {"label": "human", "old": "one", "new": ""})
    ]


def test_several_lines_are_written_anew_as_a_whole() -> None:
    """And so is one whose text stands in another."""
    assert Edits(replaced={("human", "one"): "1", ("human", "two"): ""}).calls(CORE) == [
        ("core_memory_rethink", {"label": "human", "value": "1\nthree"})
    ]
    assert Edits(replaced={("human", "tea"): "mate"}).calls({"human": "tea\ngreen tea"}) == [
        ("core_memory_rethink", {"label": "human", "value": "mate\ngreen tea"})
    ]


def test_passages_are_updated_and_deleted_by_id() -> None:
    """Each by a call."""
    assert Edits(updated={"p-1": "new"}, deleted=["p-2"]).calls(CORE) == [
        ("archival_update", {"id": "p-1", "text": "new"}),
        ("archival_delete", {"id": "p-2"}),
    ]
