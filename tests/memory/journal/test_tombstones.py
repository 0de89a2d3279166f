"""What was forgotten for good is not learnt again from elsewhere; the user may say it anew."""

import pytest
import sqlalchemy as sa

from carrel.errors import MemoryRefused
from carrel.memory.db.schema import tombstones
from carrel.memory.journal.tombstones import bury, is_old_news, read_tombstones
from carrel.memory.phrases import fold
from carrel.memory.store import Memory
from carrel.memory.values import Cause, ImportReport
from tests.memory.conftest import Say

SECRET = "My password is hunter2."


@pytest.fixture
def buried(memory: Memory) -> Memory:
    """A memory in which a sentence was forgotten for good."""
    with memory.scope.write() as connection:
        bury(connection, memory.scope, [fold(SECRET)])
    return memory


def test_an_import_leaves_it_out(buried: Memory, say: Say) -> None:
    """A message that holds nothing else is not imported; of another one the sentence is left out."""
    report = buried.recall.load([say(SECRET), say(f"I sail. {SECRET} I ski."), say("Hello there.")])
    assert (report, [message.text for message in buried.recall.latest(9)]) == (
        ImportReport(2, 1, 1),
        ["I sail. I ski.", "Hello there."],
    )


@pytest.mark.parametrize(
    ("cause", "refused"),
    [
        (Cause("import"), True),
        (Cause("agent", reason="consolidation"), True),
        (Cause("system"), True),
        (Cause("user"), False),
        (Cause("api"), False),
    ],
)
def test_who_may_store_it_again(buried: Memory, cause: Cause, refused: bool) -> None:
    """Imports and reviews of old messages may not; a person may."""
    assert is_old_news(cause) is refused
    for store in (
        lambda: buried.archival.insert(SECRET, cause=cause),
        lambda: buried.core.append("human", SECRET, cause),
    ):
        if refused:
            with pytest.raises(MemoryRefused, match="forgotten for good"):
                store()
        else:
            store()
    assert (buried.core["human"].value == SECRET) is not refused
    assert buried.archival.count() == (not refused)


def test_the_agent_may_store_what_is_said_in_its_turn(buried: Memory) -> None:
    """What the user says anew is no old news."""
    turn, _ = buried.turns.begin(buried.sessions.start(), SECRET, "m")
    assert buried.archival.insert(SECRET, cause=Cause("agent", turn)).is_new


def test_a_key_is_replaced_once(buried: Memory) -> None:
    """A message that is erased piece by piece is recognised by one key."""
    with buried.scope.read() as connection:
        found = read_tombstones(connection, buried.scope)
    once = found.replace_key("0" * 32)
    assert once not in (None, "0" * 32)
    assert found.replace_key(str(once)) == once


def test_a_tombstone_does_not_tell(buried: Memory, other: Memory) -> None:
    """The table holds salted hashes; another agent has another salt, and no tombstone of this one."""
    with other.scope.write() as connection:
        assert read_tombstones(connection, other.scope).cut(SECRET) == SECRET
        bury(connection, other.scope, [fold(SECRET)])
        rows = connection.execute(sa.select(tombstones)).fetchall()
    assert len({row.hash for row in rows}) == len({row.salt for row in rows}) == 2
    assert not any("hunter" in str(row) for row in rows)
