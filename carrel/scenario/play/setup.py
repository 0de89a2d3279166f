"""Put into memory what a scenario sets up: core memory, passages, imported files, messages from elsewhere."""

from datetime import datetime, tzinfo
from pathlib import Path

from carrel.agent.agent import Agent
from carrel.errors import BadFile
from carrel.formats.format import DocumentFormat
from carrel.formats.registry import find_format
from carrel.memory.values import Cause, NewMessage
from carrel.scenario.files.scenario import AgentSpec, ImportSpec, SessionSpec, SetupSpec
from carrel.scenario.record.trajectory import Record
from carrel.scenario.record.turn_record import imported_message_record, read_core, read_passages

SETUP = Cause("api", reason="scenario setup")
"""The cause of these changes in the journal."""


def write_persona(agent: Agent, spec: AgentSpec) -> None:
    """Write the blocks `persona` and `human` if the scenario gives them."""
    for label, value in (("persona", spec.persona), ("human", spec.human)):
        if value is not None:
            agent.core.rethink(label, value, SETUP)


def fill_memory(agent: Agent, setup: SetupSpec, folder: Path, zone: tzinfo | None) -> Record:
    """Apply a setup and return its record; files are relative to the folder, times without an offset in the zone."""
    messages: list[Record] = []
    for label, value in setup.core.items():
        agent.core.rethink(label, value, SETUP)
    ids = [
        agent.archival.insert(item.text, item.tags, _with_zone(item.at, zone), item.source, cause=SETUP).passage.id
        for item in setup.archival
    ]
    for wanted in setup.imports:
        imported, passages = _import(agent, wanted, folder)
        messages += imported
        ids += passages
    return {"core": read_core(agent), "messages": messages, "passages": read_passages(agent, ids)}


def load_messages(agent: Agent, spec: SessionSpec, now: datetime) -> list[Record]:
    """Load a session's messages from elsewhere into recall memory and return their records."""
    messages = [
        NewMessage(item.role, item.text, _with_zone(item.at, now.tzinfo) or now, item.speaker, spec.id, item.source)
        for item in spec.messages
    ]
    agent.recall.load(messages)
    return [imported_message_record(message) for message in messages]


def _import(agent: Agent, wanted: ImportSpec, folder: Path) -> tuple[list[Record], list[str]]:
    """Return the records of the imported messages, and the ids of the imported passages."""
    path = folder / wanted.file
    file_format = find_format(path, wanted.format)
    if isinstance(file_format, DocumentFormat):
        texts = file_format.read(path)
        return [], [agent.archival.insert(text, source=path.name, cause=SETUP).passage.id for text in texts]
    transcript = file_format.read(path)
    if transcript.skipped:
        raise BadFile(f"'{path}', {transcript.skipped[0]}", "A scenario imports whole files; correct it.")
    messages = transcript.messages
    agent.recall.load(messages)
    return [imported_message_record(message) for message in messages], []


def _with_zone(time: datetime | None, zone: tzinfo | None) -> datetime | None:
    return time.replace(tzinfo=zone) if time and not time.tzinfo else time
