"""Without a language model memory is consolidated by rules: each portion once, and all of it or nothing."""

from pathlib import Path

import pytest

from carrel.agent.rule_consolidation import MAX_MESSAGES
from carrel.bootstrap import Carrel
from carrel.errors import Busy
from carrel.memory.values import NewMessage


def test_what_was_said_is_reviewed_in_portions_once(home: Path) -> None:
    """Every message is reviewed, facts are kept, and a second run finds nothing to do."""
    with Carrel.open(home, "offline", "none") as carrel:
        ada = carrel.agent("ada")
        said = ["My dog is called Rex.", *(f"The {n} walnuts are ripe." for n in range(MAX_MESSAGES))]
        ada.recall.load(NewMessage("user", text, session="letters") for text in said)
        reviewed = list(ada.consolidate())
        assert [(item.messages, item.calls, item.tokens) for item in reviewed] == [
            (MAX_MESSAGES, (("archival_insert", True),), 0),
            (1, (), 0),
        ]
        assert [passage.text for passage in ada.archival.latest(9)] == ["My dog is called Rex."]
        assert list(ada.consolidate()) == []
        assert ada.memory.review_cursor.count_unreviewed() == 0


def test_two_at_once_do_not_review_twice(home: Path) -> None:
    """While one run goes on another is refused, and changes nothing."""
    with Carrel.open(home, "offline", "none") as carrel:
        ada = carrel.agent("ada")
        ada.recall.load([NewMessage("user", "My dog is called Rex.", session="letters")])
        run = ada.consolidate()
        assert next(run).messages == 1
        with pytest.raises(Busy, match="'ada' is being consolidated elsewhere"):
            next(ada.consolidate())
        assert list(run) == []
