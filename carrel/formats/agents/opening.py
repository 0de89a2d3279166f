"""Open the file of an agent, Carrel's own or that of another program, which is recognised by its content."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from carrel.errors import BadFile
from carrel.formats.agents import letta, mem0
from carrel.formats.agents.foreign_agent import ForeignAgent, to_records
from carrel.formats.exports import HINT
from carrel.formats.files import check_file, read_json
from carrel.memory.agent_file.lines import LineWriter
from carrel.memory.agent_file.read import AgentFile
from carrel.memory.values import Block

OWN = b'{"kind": "agent"'
"""How a file of Carrel's own begins."""


@contextmanager
def open_agent(path: Path, blocks: Sequence[Block]) -> Iterator[tuple[AgentFile, str]]:
    """Yield the file of an agent in Carrel's form, and the program that wrote it.

    `blocks` are those that an agent of another program gets where it has none with their labels.

    Raises:
        BadFile: the file cannot be read, or nobody's form is recognised in it.
    """
    check_file(path)
    with path.open("rb") as stream:
        beginning = stream.read(4096).lstrip()
    if beginning.startswith(OWN) or b"carrel/agent@" in beginning:
        yield AgentFile(path), "carrel"
        return
    agent = _read(path)
    with tempfile.TemporaryDirectory(prefix="carrel-import-") as folder:
        converted = Path(folder) / path.name
        with converted.open("wb") as stream:
            writer = LineWriter(stream)
            for record in to_records(agent, blocks):
                writer.write(record)
            writer.end()
        yield AgentFile(converted), agent.program


def _read(path: Path) -> ForeignAgent:
    subject = f"'{path}'"
    data: Any = read_json(path, f"{subject} is not the file of an agent", HINT)
    if isinstance(data, dict) and letta.is_letta(data):
        return letta.read(data, subject)
    if mem0.is_mem0(data):
        return mem0.read(data, subject)
    raise BadFile(f"{subject} is not the file of an agent of Carrel, Letta or mem0.", f"See carrel import. {HINT}")
