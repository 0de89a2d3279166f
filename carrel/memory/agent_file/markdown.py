"""An agent as one Markdown page for people: core memory, conversations, archival memory.

New turns are added in their places and nothing else changes, so that versions of the page can be compared. Texts are
quoted and escaped: they are shown as they are, and neither run nor load anything.
"""

from collections.abc import Iterable, Iterator

from carrel.memory.agent_file.kinds import Record
from carrel.text import one_line

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", "[": "\\[", "`": "\\`", "\u2028": " ", "\u2029": " "})


def to_markdown(records: Iterable[Record]) -> Iterator[str]:
    """Yield the page of an agent, piece by piece, from the records of its file."""
    sessions: dict[str, str] = {}
    section = session = ""
    for record in records:
        kind = record["kind"]
        if kind == "agent":
            yield f"# {_line(record['name'])}\n"
        elif kind == "session":
            sessions[record["id"]] = f"{_line(record.get('name') or 'Conversation')} · {record['id']}"
        elif kind in _SECTIONS:
            if section != kind:
                section = kind
                yield f"\n## {_SECTIONS[kind]}\n"
            if kind == "message" and record["session"] != session:
                session = record["session"]
                yield f"\n### {sessions[session]}\n"
            yield from _entry(record)


_SECTIONS = {"block": "Core memory", "message": "Conversations", "passage": "Archival memory"}


def _entry(record: Record) -> Iterator[str]:
    if record["kind"] == "block":
        yield f"\n### {_line(record['label'])}\n\n{_quote(record.get('value', ''))}\n"
    elif record["kind"] == "message":
        who = record.get("speaker") or record.get("tool") or record["role"]
        calls = [f"→ {call['function']['name']} {call['function']['arguments']}" for call in record.get("calls") or ()]
        text = "\n".join(filter(None, [record["text"], *calls]))
        yield f"\n**{_line(who)}** · {_moment(record)}\n\n{_quote(text)}\n"
    elif record.get("state", "live") == "live":
        tags = "".join(f" · #{_line(tag)}" for tag in record["tags"])
        yield f"\n**{record['id']}** · {_moment(record)}{tags}\n\n{_quote(record['text'])}\n"


def _moment(record: Record) -> str:
    return str(record["at"])[:16].replace("T", " ") + " UTC"


def _line(text: str) -> str:
    return one_line(text, 200).translate(_ESCAPES).replace("*", "\\*")


def _quote(text: str) -> str:
    return "\n".join(f"> {line.translate(_ESCAPES)}".rstrip() for line in text.split("\n"))
