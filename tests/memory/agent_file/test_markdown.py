"""The Markdown page: what is remembered, readable and harmless, in an order that versions can be compared in."""

import difflib
import json
from pathlib import Path
from typing import Any

from carrel.memory.agent_file.markdown import to_markdown


def read(path: Path) -> list[dict[str, Any]]:
    """Return the records of a file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_page(exported: Path) -> None:
    """The page has a section for each tier, what was said by whom and when, and the live passages only."""
    page = "".join(to_markdown(read(exported)))
    assert page.startswith("# ada\n\n## Core memory\n\n### persona\n\n> I am a librarian.\n")
    assert "\n**Ann** · 2025-12-01 11:00 UTC\n\n> Wir trafen uns in Paris 🙂.\n" in page
    assert '> I see.\n> → archival_insert {"text": "Lives in Rome. 0"}\n' in page
    assert " · #home · #城市\n\n> Lives in Milan.\n" in page
    assert "> A secret." not in page
    assert [line for line in page.splitlines() if line.startswith("## ")] == [
        *("## Core memory", "## Conversations", "## Archival memory")
    ]


def test_more_was_said(exported: Path) -> None:
    """What is said later is added, and no other line changes."""
    records = read(exported)
    last = max(n for n, record in enumerate(records) if record["kind"] == "message")
    longer = [*records[: last + 1], {**records[last], "text": "Good night."}, *records[last + 1 :]]
    before, after = ("".join(to_markdown(rows)).splitlines() for rows in (records, longer))
    changes = [line for line in difflib.ndiff(before, after) if line[0] in "+-"]
    assert len(changes) == 4
    assert all(line.startswith("+") for line in changes)


def test_hostile() -> None:
    """Texts and names neither run nor load anything, and do not end their quote."""
    bad = "<script>x</script>\n# head\n![p](http://x) `a` [l](javascript:1)"
    page = "".join(
        to_markdown(
            [
                {"kind": "agent", "name": bad},
                {"kind": "block", "label": bad, "value": bad},
                {"kind": "session", "id": "s-1", "name": bad},
                {"kind": "message", "session": "s-1", "role": "user", "speaker": bad, "text": bad, "at": "2026-01-05T"},
                {"kind": "passage", "id": "p-1", "text": bad, "tags": [bad], "at": "2026-01-05T08:00:00+00:00"},
            ]
        )
    )
    assert "<script" not in page
    assert "![" not in page.replace("!\\[", "")
    assert [line for line in page.splitlines() if line.startswith("# ")] == [page.splitlines()[0]]
