"""One file holds the page and its data, and no text in it can run."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

from carrel.inspector.api import READS, run
from carrel.inspector.app import FOLDER
from carrel.inspector.static_page import ORDER, bundle, escape_data, render_static
from carrel.inspector.subject import Subject
from tests.inspector.furnished import HOSTILE


class Elements(HTMLParser):
    """Collects the elements of a page, each with its attributes and text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None], str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.found.append((tag, dict(attrs), ""))

    def handle_data(self, data: str) -> None:
        """Note the text of a script or a style, which holds no elements."""
        if self.cdata_elem:
            tag, attributes, text = self.found.pop()
            self.found.append((tag, attributes, text + data))


def test_the_page_holds_what_its_tabs_ask_for(subject: Subject) -> None:
    """Core memory, map, bin, health, turns, sessions and memories are there, as the server would give them."""
    page = Elements(render_static(subject))
    data = json.loads(next(text for tag, given, text in page.found if given.get("id") == "data"))
    for name in ("core", "map", "bin", "health"):
        assert data[f"{name}?agent=default"] == run(READS, name, subject, {"agent": "default"})["data"]
    turns = data["turns?agent=default"]["turns"]
    assert len(turns) == 12
    for name in ("context", "why"):
        assert {f"{name}?agent=default&turn={turn['id']}" for turn in turns} <= set(data)
        assert data[f"{name}?agent=default&turn=last"]["turn"] == turns[0]["id"]
    newest = data["newest?agent=default&tier=archival"]["memories"]
    assert HOSTILE.replace("\x1b", "") in {item["text"] for item in newest}
    assert (data["overview"]["agents"], data["overview"]["writable"]) == (["default"], False)


def test_the_policy_names_the_script_and_the_style_by_hash(subject: Subject) -> None:
    """They run and nothing else: neither inline handlers nor other scripts, wherever they come from."""
    page = Elements(render_static(subject))
    policy = next(given["content"] for _, given, _ in page.found if given.get("http-equiv"))
    assert policy
    scripts = [text for tag, given, text in page.found if tag == "script" and "type" not in given]
    styles = [text for tag, _, text in page.found if tag == "style"]
    assert (len(scripts), len(styles)) == (1, 1)
    for kind, text in (("script-src", scripts[0]), ("style-src", styles[0])):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{kind} 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "'unsafe" not in policy


def test_hostile_text_does_not_leave_its_element(subject: Subject) -> None:
    """What memory holds adds no element to the page: no image, no second data script."""
    text = render_static(subject)
    tags = [tag for tag, _, _ in Elements(text).found]
    assert tags.count("script") == 2
    assert "img" not in tags
    assert HOSTILE.replace("\x1b", "") not in text
    assert json.loads(escape_data(json.dumps(HOSTILE))) == HOSTILE
    assert not set("<>&") & set(escape_data(json.dumps(HOSTILE)))


def test_every_module_is_in_the_bundle_after_what_it_imports() -> None:
    """The order is complete and possible, and neither import nor export is left."""
    files = {file.name.removesuffix(".js") for file in FOLDER.iterdir() if file.name.endswith(".js")}
    assert sorted(ORDER) == sorted(files)
    for number, name in enumerate(ORDER):
        text = FOLDER.joinpath(f"{name}.js").read_text(encoding="utf-8")
        needed = set(re.findall(r'from "\./(\w+)\.js"', text))
        assert needed <= set(ORDER[:number]), name
    assert not re.search(r"^(import|export) ", bundle(), re.MULTILINE)


def test_no_module_is_long() -> None:
    """A module of the page can be read at once, as one of the program."""
    lengths = {file.name: len(file.read_text(encoding="utf-8").splitlines()) for file in FOLDER.iterdir()}
    assert {name: length for name, length in lengths.items() if length > 400} == {}
