"""Keep what was learned about servers in a file of the home."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from carrel.models.chat.server.capabilities import Capabilities, from_json
from carrel.network import hide_credentials


class CapabilityFile:
    """The capabilities of each server and model in one JSON file; an unreadable file counts as empty."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self, server: str, model: str) -> Capabilities:
        """Return what is known about a model on a server."""
        return from_json(self._read().get(_key(server, model)))

    def save(self, server: str, model: str, facts: Mapping[str, Any]) -> None:
        """Add facts. If the file cannot be written, they are lost and will be learned again."""
        entries = self._read()
        entries[_key(server, model)] = self.load(server, model).to_json() | dict(facts)
        draft = self.path.with_suffix(f".{os.getpid()}")
        try:
            draft.write_text(json.dumps(entries, indent=1, sort_keys=True), encoding="utf-8")
            draft.replace(self.path)
        except OSError:
            return

    def _read(self) -> dict[str, Any]:
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}


def _key(server: str, model: str) -> str:
    """Return the name of an entry, without the password and the query of the address, which may hold a key."""
    address = hide_credentials(server).partition("?")[0].rstrip("/")
    return f"{address} {model}"
