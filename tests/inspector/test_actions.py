"""Changes made in the inspector are the user's, whole or not at all, and in the journal."""

from typing import Any

import pytest

from carrel.errors import BlockChanged, BlockFull, NotFound
from carrel.inspector.subject import Subject
from tests.inspector.conftest import Ask


def test_a_block_is_edited(fresh: Subject, change: Ask) -> None:
    """The block holds the new text, and its history says who wrote it and where."""
    core = fresh.agent("default").core
    before = core["human"].value
    done = change("edit-block", label="human", value="喜欢喝茶。", read=before)
    assert done == {"label": "human", "value": "喜欢喝茶。"}
    assert core["human"].value == "喜欢喝茶。"
    last = fresh.agent("default").memory.history("core", "human")[-1]
    assert (last.actor, last.reason, last.before, last.after) == ("user", "inspector", before, "喜欢喝茶。")


@pytest.mark.parametrize(
    ("values", "error"),
    [({"read": "something else"}, BlockChanged), ({"value": "x" * 9999}, BlockFull), ({"label": "nothing"}, NotFound)],
)
def test_an_edit_that_cannot_be_made_changes_nothing(
    fresh: Subject, change: Ask, values: dict[str, Any], error: type[Exception]
) -> None:
    """One that overwrites somebody's change, is over the limit, or means no block, leaves everything as it was."""
    core = fresh.agent("default").core
    before = core.all()
    with pytest.raises(error):
        change("edit-block", **{"label": "human", "value": "x", "read": core["human"].value, **values})
    assert core.all() == before


def test_a_passage_is_edited_and_pinned(fresh: Subject, change: Ask) -> None:
    """The new passage supersedes the old one; a pinned one is marked so."""
    archival = fresh.agent("default").archival
    old = archival.latest(1)[0]
    new = change("edit-passage", id=old.id, text="Something else.")["id"]
    assert (archival.get(old.id).successor, archival.get(new).text) == (new, "Something else.")
    assert change("pin", id=new, pinned=True) == {"id": new, "pinned": True}
    assert archival.get(new).pinned
    assert change("pin", id="human", pinned=True) == {"id": "human", "pinned": True}
    assert fresh.agent("default").core["human"].read_only


def test_what_is_forgotten_comes_back(fresh: Subject, change: Ask) -> None:
    """A memory goes into the bin and out of it again, unchanged."""
    archival = fresh.agent("default").archival
    before = archival.latest(9)
    done = change("forget", id=before[-1].id)
    assert [item["id"] for item in done["forgotten"]] == [before[-1].id]
    assert archival.latest(9) == before[:-1]
    assert change("restore", id=before[-1].id) == {"restored": [before[-1].id]}
    assert archival.latest(9) == before
    with pytest.raises(NotFound, match="was restored already"):
        change("restore", id=before[-1].id)
