"""`carrel memory`: list, show, search and add."""

from typing import TYPE_CHECKING, Annotated

import typer

from carrel.cli.options import AgentName, AsJson, Limit, open_home
from carrel.cli.output import counted, iso, line, local, print_json
from carrel.errors import BlockFull, NotFound, UsageError
from carrel.text import clean_text, one_line, terminal_text

if TYPE_CHECKING:  # named only
    from carrel.agent.agent import Agent
    from carrel.memory.values import Found, MemoryEvent, StoredMessage

app = typer.Typer(help="List, show, search and add memories.", no_args_is_help=True)

Tiers = Annotated[str, typer.Option("--tier", help="recall, archival or all.")]


@app.command("ls")
def ls(
    agent: AgentName = "default",
    tier: Annotated[str, typer.Option("--tier", help="core, recall, archival or all.")] = "all",
    limit: Limit = 20,
    as_json: AsJson = False,
) -> None:
    """List core memory, the newest passages and the newest messages."""
    _known(tier, ("core", "recall", "archival", "all"))
    with open_home() as desk:
        rows = _rows(desk.agent(agent, make=False), tier, limit)
    if as_json:
        print_json("memory.ls", rows)
        return
    for row in rows:
        marks = "  ".join(str(row[key]) for key in ("tier", "id", "at") if row[key])
        line(terminal_text(f"{marks}  {one_line(str(row['text']) or '(empty)', 120)}"))


@app.command("show")
def show(
    reference: Annotated[str, typer.Argument(metavar="ID", help="An id, a prefix of one, or a block's label.")],
    agent: AgentName = "default",
    as_json: AsJson = False,
) -> None:
    """Show one memory whole, with its history."""
    with open_home() as desk:
        data = _shown(desk.agent(agent, make=False), reference)
    if as_json:
        print_json("memory.show", data)
        return
    for name, value in data.items():
        if name != "history" and value not in (None, [], ""):
            line(terminal_text(f"{name}: {', '.join(value) if isinstance(value, list) else value}"))
    for event in data["history"]:  # type: ignore[attr-defined]
        turn = f" in {event['turn']}" if event["turn"] else ""
        line(terminal_text(f"  {event['at']}  {event['op']} by {event['actor']}{turn}"))


@app.command("search")
def search(
    query: Annotated[str, typer.Argument(metavar="QUERY", help="What to look for.")],
    agent: AgentName = "default",
    tier: Tiers = "all",
    limit: Limit = 10,
    page: Annotated[int, typer.Option("--page", help="The page, counted from 1.")] = 1,
    since: Annotated[str | None, typer.Option("--since", help="First day or moment.")] = None,
    until: Annotated[str | None, typer.Option("--until", help="Last day or moment, included.")] = None,
    role: Annotated[list[str] | None, typer.Option("--role", help="user, assistant; may be repeated.")] = None,
    tag: Annotated[list[str] | None, typer.Option("--tag", help="A tag; may be repeated: any of them.")] = None,
    mode: Annotated[str, typer.Option("--mode", help="hybrid, words or meaning.")] = "hybrid",
    as_json: AsJson = False,
) -> None:
    """Search recall and archival by words and meaning."""
    from carrel import dates
    from carrel.memory.values import Filters

    _known(tier, ("recall", "archival", "all"))
    _known(mode, ("hybrid", "words", "meaning"))
    with open_home() as desk:
        somebody = desk.agent(agent, make=False)
        zone = dates.zone_of(somebody.memory.scope.now())
        filters = Filters(
            dates.since(since, zone) if since else None,
            dates.until(until, zone) if until else None,
            tuple(role or ()),
            tuple(item.strip().lower() for item in tag or ()),
        )
        tiers = ("recall", "archival") if tier == "all" else (tier,)
        found = somebody.memory.search.find(query, tiers, limit, page, filters, mode)  # type: ignore[arg-type]
    if as_json:
        print_json("memory.search", found_json(found))
    else:
        _print_found(found)


@app.command("add")
def add(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The fact.")],
    agent: AgentName = "default",
    block: Annotated[str | None, typer.Option("--block", help="Add it to this core block, not to archival.")] = None,
    tag: Annotated[list[str] | None, typer.Option("--tag", help="A tag; may be repeated.")] = None,
    as_json: AsJson = False,
) -> None:
    """Add a fact to archival memory, or a line to a core block."""
    from carrel.memory.values import Cause

    if not clean_text(text).strip():
        raise UsageError("The text is empty.", "Say what to remember.")
    with open_home() as desk:
        somebody = desk.agent(agent)
        if block:
            _append(somebody, block, text)
            data, told = {"id": block, "tier": "core", "new": True}, f"Added to block '{block}'."
        else:
            made = somebody.archival.insert(text, tags=tag or (), cause=Cause("user"))
            data = {"id": made.passage.id, "tier": "archival", "new": made.new}
            told = f"Stored as {made.passage.id}." if made.new else f"Already stored as {made.passage.id}."
    if as_json:
        print_json("memory.add", data)
    else:
        line(told)


def _append(agent: "Agent", block: str, text: str) -> None:
    from carrel.memory.values import Cause

    try:
        agent.core.append(block, text, Cause("user"))
    except BlockFull as error:
        raise BlockFull(error.message, "Store it in archival: leave out --block.") from None


def said(message: "StoredMessage") -> str:
    """Return a message's text, or the calls that it makes."""
    return message.text or ", ".join(f"{call.name} {call.arguments}" for call in message.calls)


def found_json(found: "Found") -> dict[str, object]:
    """Return a page of hits in the form that programs rely on."""
    return {
        "query": found.query,
        "total": found.total,
        "page": found.page,
        "pages": found.pages,
        "mode": found.mode,
        "hits": [hit.to_json() for hit in found.hits],
    }


def _print_found(found: "Found") -> None:
    for hit in found.hits:
        who = hit.speaker or hit.role or "archival"
        parts = hit.scores
        marks = [f"#{tag}" for tag in hit.tags] + (["superseded"] if hit.state == "superseded" else [])
        origin = " ".join(name for name in (hit.session, hit.source, *marks) if name)
        line(terminal_text(f"{hit.id}  {local(hit.at)}  {who}" + (f"  ({origin})" if origin else "")))
        line(terminal_text(f"    {one_line(hit.text, 300)}"))
        told = f"words {parts.words:.2f}, meaning {parts.meaning:.2f}, neighbours {parts.neighbours:.2f}"
        line(f"    score {hit.score:.2f}: {told}")
    if not found.total:
        line("Nothing found.")
    elif not found.hits:
        line(f"Page {found.page} is empty: {found.total} found on {counted(found.pages, 'page')}.")
    else:
        line(f"{found.total} found, page {found.page} of {found.pages}.")


def _rows(agent: "Agent", tier: str, limit: int) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    if tier in ("core", "all"):
        rows += [{"tier": "core", "id": b.label, "at": None, "text": b.value} for b in agent.core.all()]
    if tier in ("archival", "all"):
        rows += [
            {"tier": "archival", "id": p.id, "at": iso(p.at), "text": p.text} for p in agent.archival.latest(limit)
        ]
    if tier in ("recall", "all"):
        rows += [
            {"tier": "recall", "id": m.id, "at": iso(m.at), "text": f"{m.speaker or m.tool or m.role}: {said(m)}"}
            for m in agent.recall.latest(limit)
        ]
    return rows


def _shown(agent: "Agent", reference: str) -> dict[str, object]:
    """Find a block, a passage or a message, in this order."""
    if reference.startswith("p-"):
        p = agent.archival.get(reference)
        data: dict[str, object] = {
            "tier": "archival",
            "id": p.id,
            "at": iso(p.at),
            "state": p.state,
            "tags": list(p.tags),
        }
        return {**data, "source": p.source, "text": p.text, "history": _history(agent.memory.history("archival", p.id))}
    if reference.startswith("m-"):
        m = agent.recall.get(reference)
        data = {"tier": "recall", "id": m.id, "at": iso(m.at), "role": m.role, "speaker": m.speaker, "turn": m.turn}
        return {**data, "source": m.source, "text": m.text, "history": _history(agent.memory.history("recall", m.id))}
    try:
        block = agent.core[reference]
    except NotFound:
        raise NotFound(f"Memory '{reference}' does not exist.", "See carrel memory ls.") from None
    events = agent.memory.history("core", block.label)
    return {"tier": "core", "id": block.label, "limit": block.limit, "text": block.value, "history": _history(events)}


def _history(events: "list[MemoryEvent]") -> list[dict[str, object]]:
    return [event.to_json() for event in events]


def _known(value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise UsageError(f"'{value}' is not one of the choices.", f"Choose {', '.join(choices)}.")
