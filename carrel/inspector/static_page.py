"""Write the inspector as one self-contained page that holds what it shows and needs no server."""

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from carrel.errors import CarrelError
from carrel.inspector.api import READS, run
from carrel.inspector.app import page_file
from carrel.inspector.subject import Subject

TURNS = 60
"""The newest turns whose contexts the page holds."""
SESSIONS = 60
"""The newest sessions whose messages it holds."""
CHARSET = '<meta charset="utf-8">'
ORDER = "dom api state parts context core search timeline why map bin health main".split()
"""The modules of the page, each after those that it imports."""

_IMPORT = re.compile(
    r'^import (?:\* as (?P<whole>\w+)|\{(?P<names>[^}]*)\}) from "\./(?P<module>\w+)\.js";\n', re.MULTILINE
)
_EXPORT = re.compile(r"^export ((?:async )?function|const|let|class) (\w+)", re.MULTILINE)
_AGAIN = re.compile(r"^export \{([^}]*)\};\n", re.MULTILINE)


def render_static(subject: Subject) -> str:
    """Return the page with everything that its tabs ask for: the newest turns, sessions and memories, in full.

    The page's policy names its script and style by their hashes, so that no other text in it can run.
    """
    script, style = bundle(), page_file("inspector.css")
    data = escape_data(json.dumps(dict(collect(subject))))
    policy = (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; img-src data:; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )
    icon = "data:image/svg+xml;base64," + base64.b64encode(page_file("icon.svg").encode()).decode()
    page = page_file("index.html")
    for line, put in (
        (
            '<meta charset="utf-8">',
            f'<meta charset="utf-8">\n<meta http-equiv="content-security-policy" content="{policy}">',
        ),
        ('<link rel="icon" href="/page/icon.svg">', f'<link rel="icon" href="{icon}">'),
        ('<link rel="stylesheet" href="/page/inspector.css">', f"<style>{style}</style>"),
        ('<script type="module" src="/page/main.js"></script>', ""),
        ("</body>", f'<script type="application/json" id="data">{data}</script>\n<script>{script}</script>\n</body>'),
    ):
        page = page.replace(line, put)
    return page


def collect(subject: Subject) -> Iterator[tuple[str, Any]]:
    """Yield what the page asks for by the address that it asks it from."""
    agent = {"agent": subject.first}
    yield "overview", {**_read(subject, "overview", agent), "agents": [subject.first]}
    for name in ("core", "map", "bin", "health"):
        yield _address(name, agent), _read(subject, name, agent)
    for tier in ("recall", "archival"):
        asked = {**agent, "tier": tier}
        newest = _read(subject, "newest", {**asked, "limit": 500})
        yield _address("newest", asked), {**newest, "older": None}
        for memory in newest["memories"]:
            yield from _found(subject, "memory", {**agent, "id": memory["id"]})
    for block in _read(subject, "core", agent)["blocks"]:
        yield from _found(subject, "history", {**agent, "id": block["label"]})
    yield from _collect_turns(subject, agent)
    yield from _collect_sessions(subject, agent)


def bundle() -> str:
    """Return the modules of the page as one script, each in a function that returns what it exports."""
    return "".join(_wrap(name, page_file(f"{name}.js")) for name in ORDER)


def escape_data(text: str) -> str:
    """Return JSON that cannot end the element that holds it, or begin a comment in it."""
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _collect_turns(subject: Subject, agent: dict[str, str]) -> Iterator[tuple[str, Any]]:
    page = _read(subject, "turns", {**agent, "limit": TURNS})
    yield _address("turns", agent), {**page, "older": None}
    for name in ("context", "why"):
        yield from _found(subject, name, {**agent, "turn": "last"})
        for turn in page["turns"]:
            yield from _found(subject, name, {**agent, "turn": turn["id"]})


def _collect_sessions(subject: Subject, agent: dict[str, str]) -> Iterator[tuple[str, Any]]:
    page = _read(subject, "sessions", {**agent, "limit": SESSIONS})
    yield _address("sessions", agent), {**page, "older": None}
    for session in page["sessions"]:
        asked = {**agent, "id": session["id"]}
        yield _address("session", asked), {**_read(subject, "session", asked), "older": None}


def _read(subject: Subject, name: str, values: dict[str, Any]) -> Any:
    return run(READS, name, subject, values)["data"]


def _found(subject: Subject, name: str, values: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield what an operation reads; nothing where it finds nothing, as for a turn in which no model was asked."""
    try:
        yield _address(name, values), _read(subject, name, values)
    except CarrelError:
        return


def _address(name: str, values: dict[str, Any]) -> str:
    return f"{name}?{urlencode(sorted(values.items()))}"


def _wrap(name: str, text: str) -> str:
    """Return a module as a constant that holds what it exports."""

    def bind(found: re.Match[str]) -> str:
        if found["whole"]:
            return f"const {found['whole']} = module_{found['module']};\n"
        return f"const {{{found['names'].replace(' as ', ': ')}}} = module_{found['module']};\n"

    names = [found[2] for found in _EXPORT.finditer(text)]
    names += [name.strip() for found in _AGAIN.finditer(text) for name in found[1].split(",")]
    body = _AGAIN.sub("", _EXPORT.sub(r"\1 \2", _IMPORT.sub(bind, text)))
    return f"const module_{name} = (() => {{\n{body}return {{{', '.join(names)}}};\n}})();\n"


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
