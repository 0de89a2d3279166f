"""The records of another program's agent: they make a whole agent, the same ones each time."""

from datetime import UTC, datetime

from carrel.formats.agents.foreign_agent import ForeignAgent, ForeignPassage, to_records
from carrel.memory.agent_file.kinds import KINDS
from carrel.memory.values import Block, NewMessage

AT = datetime(2026, 1, 5, tzinfo=UTC)
AGENT = ForeignAgent(
    "letta",
    "ada",
    AT,
    [Block("human", "x" * 70, 60)],
    [NewMessage("user", "Hello", AT), NewMessage("assistant", "Hi", None)],
    [ForeignPassage("Lives in Rome.", AT, ("a", "a"))],
)


def test_records() -> None:
    """Every record is valid; blocks that are missing are added; a block that is over its limit gets a larger one."""
    records = list(to_records(AGENT, [Block("persona", "I am kind.", 99), Block("human", "", 99)]))
    assert [record["kind"] for record in records] == [
        *("agent", "block", "block", "session", "message", "message", "passage", "event")
    ]
    assert [KINDS[r["kind"]].find_fault({k: v for k, v in r.items() if v is not None}) for r in records] == [None] * 8
    assert [(r["label"], r["limit"]) for r in records if r["kind"] == "block"] == [("human", 70), ("persona", 99)]
    assert records[6]["tags"] == ["a"]


def test_the_same_each_time() -> None:
    """Ids follow from the content, and no two are the same."""
    records = list(to_records(AGENT, []))
    ids = [record["id"] for record in records if "id" in record]
    assert records == list(to_records(AGENT, []))
    assert len(ids) == len(set(ids)) == 5
