"""The list of formats: names, suffixes, readers."""

import zipfile
from pathlib import Path

import pytest

from carrel.errors import BadFile, UsageError
from carrel.formats import registry
from carrel.formats.format import ConversationFormat
from carrel.formats.registry import FORMATS, find_format

PACKAGE = Path(registry.__file__).parent
SHARED = {"lenient", "__init__", "archive", "exports", "files", "format", "registry", "times"}
"""Modules that are not a format."""


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a.jsonl", "jsonl"), ("a.TXT", "text"), ("a.text", "text"), ("a.md", "markdown"), ("a.Markdown", "markdown")],
)
def test_the_suffix_tells_the_format(name: str, expected: str) -> None:
    """Known suffixes in upper or lower case; a format that is named takes precedence over the suffix."""
    assert find_format(Path(name)).name == expected
    assert find_format(Path(name), "locomo").name == "locomo"


@pytest.mark.parametrize(("path", "name"), [("a.json", None), ("a", None), ("a.jsonl", "docx"), ("a.jsonl", "JSONL")])
def test_an_unknown_format_lists_the_known_ones(path: str, name: str | None) -> None:
    """The hint contains every name that could be given."""
    with pytest.raises(UsageError) as caught:
        find_format(Path(path), name)
    assert all(item.name in caught.value.hint for item in FORMATS)


def test_each_format_is_a_module_of_its_own() -> None:
    """Every module of the package is listed, each name and each suffix once."""
    readers = {item.read.__module__.rpartition(".")[2] for item in FORMATS}
    assert readers == {path.stem for path in PACKAGE.glob("*.py")} - SHARED
    names = [item.name for item in FORMATS]
    suffixes = [suffix for item in FORMATS for suffix in item.suffixes]
    assert (len(set(names)), len(set(suffixes))) == (len(names), len(suffixes))
    assert all(suffix == suffix.lower() and suffix.startswith(".") for suffix in suffixes)


def test_a_format_reads(tmp_path: Path) -> None:
    """The format of a name reads a file, or refuses one of another format."""
    path = tmp_path / "a.jsonl"
    path.write_text('{"role": "user", "text": "Hello"}', encoding="utf-8")
    own, other = find_format(path), find_format(path, "locomo")
    assert isinstance(own, ConversationFormat)
    assert [message.text for message in own.read(path).messages] == ["Hello"]
    with pytest.raises(BadFile, match="LoCoMo"):
        other.read(path)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.json", '[{"title": "x", "create_time": 1, "mapping": {}}]', "chatgpt"),
        ("a", '[{"uuid": "x", "name": "y", "chat_messages": []}]', "claude"),
        ("a.txt", "13.06.23, 18:08 - Ada: Hello\n13.06.23, 18:09 - Bob: Hi", "whatsapp"),
        ("a.txt", "Dear diary,\n13.06.23, 18:08 - Ada: Hello", "text"),
        ("a.md", "# Title", "markdown"),
    ],
)
def test_the_content_tells_the_format(tmp_path: Path, name: str, text: str, expected: str) -> None:
    """Whatever the suffix says, and in a zip too."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    assert find_format(path).name == expected
    packed = tmp_path / "export.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("_chat.txt" if expected == "whatsapp" else "conversations.json", text)
    if expected in ("chatgpt", "claude", "whatsapp"):
        assert find_format(packed).name == expected
