"""The kinds of lines: every table of an agent is in the file, or is left out for a reason; all are documented."""

import re
from pathlib import Path

from carrel.memory.agent_file.kinds import HIT, KINDS
from carrel.memory.db.schema import metadata

NOT_IN_THE_FILE = {
    "embedders": "what made vectors",
    "index_generation": "of the index",
    "outbox": "texts to embed",
    "queue": "the field `queued` of a message",
    "removals": "of the index",
    "retrieval_hits": "the field `hits` of a search",
    "speakers": "the speakers of the messages",
    "stale_words": "of the index of words",
    "tags": "the tags of the passages",
    "undone_turns": "what can be redone",
    "unindexed": "of the index",
    "vectors": "computed again",
    "withheld": "the field `withheld` of a message or a passage",
}
"""Tables without a kind of their own, and what they contain."""

PAGE = Path(__file__).parents[3] / "docs" / "agent-file.md"


def test_every_table() -> None:
    """A table has a kind, or a reason why it has none."""
    with_kind = {column.table.name for kind in KINDS.values() for column in kind.columns.values()}
    assert set(metadata.tables) - with_kind <= NOT_IN_THE_FILE.keys()
    assert with_kind & NOT_IN_THE_FILE.keys() == set()


def test_documentation() -> None:
    """The page about the format names every kind and every field of it."""
    sections = dict(re.findall(r"^### `(\w+)`.*?\n(.*?)(?=^##|\Z)", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL))
    assert list(sections) == [*KINDS]
    for kind in KINDS.values():
        documented = set(re.findall(r"`(\w+)`", sections[kind.name]))
        assert kind.fields.keys() - documented == set(), kind.name
    assert HIT.fields.keys() - set(re.findall(r"`(\w+)`", sections["search"])) == set()


def test_defaults() -> None:
    """A field that a later version added may be missing: its column has a default."""
    passage = {
        "kind": "passage",
        "id": "p-000000000000",
        "text": "a",
        "tags": [],
        "origin": "api",
        "at": "2026-01-01T00:00:00+00:00",
        "updated_at": "2026-01-01T00:00:00+00:00",
    }
    assert KINDS["passage"].find_fault(passage) is None
    assert KINDS["passage"].find_fault({}) == "field 'id' is missing"
