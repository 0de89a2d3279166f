"""`carrel memory ls`, `show` and `search`: print what an agent remembers."""

from typing import TYPE_CHECKING, Annotated

import typer

from carrel.cli.options import AgentName, AsJson, Limit, open_home_without_indexer
from carrel.cli.terminal.output import count_noun, format_iso, format_local, format_message, print_json, print_line
from carrel.errors import UsageError
from carrel.text import one_line, terminal_text

if TYPE_CHECKING:  # for types only
    from carrel.agent.agent import Agent
    from carrel.memory.values import Hit, SearchPage, Tier

FEATURES = {
    "near_words": "words here or nearby",
    "past_words": "words here or before",
    "cosine": "meaning",
    "near_cosine": "meaning nearby",
    "session_cosine": "meaning of the session",
    "answers": "answers a question",
    "asks": "is a question",
    "about": "said by whom it is about",
    "about_self": "said of themselves",
    "same_month": "month",
    "near_day": "day",
    "when_time": "says when",
    "length": "length",
}
"""What the features of a score are called."""

MIN_SHARE = 0.005
"""Shares of a score that are less are left out."""

Tiers = Annotated[str, typer.Option("--tier", help="recall, archival or all.")]


def list_memories(
    agent_name: AgentName = "default",
    tier: Annotated[str, typer.Option("--tier", help="core, recall, archival or all.")] = "all",
    limit: Limit = 20,
    state: Annotated[str, typer.Option("--state", help="live, or forgotten: what is in the bin.")] = "live",
    raw: Annotated[bool, typer.Option("--raw", help="Also the calls of tools and their results.")] = False,
    as_json: AsJson = False,
) -> None:
    """List core memory, the newest passages and the newest messages; or what is in the bin."""
    _check_choice(tier, ("core", "recall", "archival", "all"))
    _check_choice(state, ("live", "forgotten"))
    with open_home_without_indexer() as carrel:
        agent = carrel.agent(agent_name, make=False)
        rows = _list_rows(agent, tier, limit, raw) if state == "live" else _list_bin(agent, tier, limit)
    if as_json:
        print_json("memory.ls", rows)
        return
    for row in rows:
        marks = "  ".join(str(row[key]) for key in ("tier", "id", "at") if row[key])
        print_line(terminal_text(f"{marks}  {one_line(str(row['text']) or '(empty)', 120)}"))


def show_memory(
    reference: Annotated[str, typer.Argument(metavar="ID", help="An id, a prefix of one, or a block's label.")],
    agent_name: AgentName = "default",
    as_json: AsJson = False,
) -> None:
    """Show one memory in full, with its history."""
    with open_home_without_indexer() as carrel:
        data = _describe(carrel.agent(agent_name, make=False), reference)
    if as_json:
        print_json("memory.show", data)
        return
    for name, value in data.items():
        if name != "history" and value not in (None, [], ""):
            print_line(terminal_text(f"{name}: {', '.join(value) if isinstance(value, list) else value}"))
    for event in data["history"]:  # type: ignore[attr-defined]
        turn = f" in {event['turn']}" if event["turn"] else ""
        print_line(terminal_text(f"  {event['at']}  {event['op']} by {event['actor']}{turn}"))


def search(
    query: Annotated[str, typer.Argument(metavar="QUERY", help="What to look for.")],
    agent_name: AgentName = "default",
    tier: Tiers = "all",
    limit: Limit = 10,
    page: Annotated[int, typer.Option("--page", help="The page, counted from 1.")] = 1,
    since: Annotated[str | None, typer.Option("--since", help="First day or moment.")] = None,
    until: Annotated[str | None, typer.Option("--until", help="Last day or moment, included.")] = None,
    role: Annotated[list[str] | None, typer.Option("--role", help="user, assistant; may be repeated.")] = None,
    tag: Annotated[list[str] | None, typer.Option("--tag", help="A tag; may be repeated: any of them.")] = None,
    mode: Annotated[str, typer.Option("--mode", help="hybrid, words or meaning.")] = "hybrid",
    explain: Annotated[bool, typer.Option("--explain", help="Say what each score is the sum of.")] = False,
    as_json: AsJson = False,
) -> None:
    """Search recall and archival by words and meaning."""
    from carrel import dates
    from carrel.memory.values import Filters

    _check_choice(tier, ("recall", "archival", "all"))
    _check_choice(mode, ("hybrid", "words", "meaning"))
    with open_home_without_indexer() as carrel:
        agent = carrel.agent(agent_name, make=False)
        zone = agent.memory.zone
        filters = Filters(
            dates.parse_since(since, zone) if since else None,
            dates.parse_until(until, zone) if until else None,
            tuple(role or ()),
            tuple(item.strip().lower() for item in tag or ()),
        )
        tiers = ("recall", "archival") if tier == "all" else (tier,)
        found = agent.memory.search.find(query, tiers, limit=limit, page=page, filters=filters, mode=mode)  # type: ignore[arg-type]
    if as_json:
        print_json("memory.search", found_to_json(found, explain))
    else:
        _print_found(found, explain)


def found_to_json(found: "SearchPage", explain: bool = False) -> dict[str, object]:
    """Return a page of hits in the shape that programs rely on; with `explain`, with what each score is the sum of."""
    explanations = [{"explanation": explain_score(hit)} if explain else {} for hit in found.hits]
    return {
        "query": found.query,
        "total": found.total,
        "page": found.page,
        "pages": found.pages,
        "mode": found.mode,
        "hits": [{**hit.to_json(), **more} for hit, more in zip(found.hits, explanations, strict=True)],
    }


def explain_score(hit: "Hit") -> dict[str, float]:
    """Return what each feature added to the score of a hit, the largest first, and what is not due to any feature."""
    shares = {name: round(share, 4) for name, share in hit.scores.shares.items() if abs(share) >= MIN_SHARE}
    rest = round(hit.score - sum(hit.scores.shares.values()), 4)
    if abs(rest) >= MIN_SHARE:
        shares["superseded" if hit.state == "superseded" else "rank"] = rest
    return dict(sorted(shares.items(), key=lambda item: -abs(item[1])))


def _print_found(found: "SearchPage", explain: bool = False) -> None:
    for hit in found.hits:
        who = hit.speaker or hit.role or "archival"
        parts = hit.scores
        marks = [f"#{tag}" for tag in hit.tags] + (["superseded"] if hit.state == "superseded" else [])
        marks += ["withheld from the model"] if hit.withheld else []
        origin = " ".join(name for name in (hit.session, hit.source, *marks) if name)
        print_line(terminal_text(f"{hit.id}  {format_local(hit.at)}  {who}" + (f"  ({origin})" if origin else "")))
        print_line(terminal_text(f"    {one_line(hit.text, 300)}"))
        scores = f"words {parts.words:.2f}, meaning {parts.meaning:.2f}, neighbours {parts.neighbours:.2f}"
        print_line(f"    score {hit.score:.2f}: {scores}")
        if explain:
            added = " ".join(f"{share:+.2f} {FEATURES.get(name, name)}," for name, share in explain_score(hit).items())
            print_line(f"    {hit.score:.2f} = {added.rstrip(',') or 'found by words, not scored'}")
    if not found.total:
        print_line("Nothing found.")
    elif not found.hits:
        print_line(f"Page {found.page} is empty: {found.total} found on {count_noun(found.pages, 'page')}.")
    else:
        print_line(f"{found.total} found, page {found.page} of {found.pages}.")


def _list_rows(agent: "Agent", tier: str, limit: int, raw: bool) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    if tier in ("core", "all"):
        rows += [{"tier": "core", "id": b.label, "at": None, "text": b.value} for b in agent.core.all()]
    if tier in ("archival", "all"):
        rows += [
            {"tier": "archival", "id": p.id, "at": format_iso(p.at), "text": p.text}
            for p in agent.archival.latest(limit)
        ]
    if tier in ("recall", "all"):
        rows += [
            {
                "tier": "recall",
                "id": m.id,
                "at": format_iso(m.at),
                "text": f"{m.speaker or m.tool or m.role}: {format_message(m)}",
            }
            for m in agent.recall.latest(limit, said=not raw)
        ]
    return rows


def _list_bin(agent: "Agent", tier: str, limit: int) -> list[dict[str, object]]:
    found = [item for item in agent.memory.forgetting.in_bin() if tier in (item.tier, "all")]
    return [{"tier": item.tier, "id": item.ref, "at": None, "text": item.text} for item in found[-limit:]]


def _describe(agent: "Agent", reference: str) -> dict[str, object]:
    """Return the passage, message or block of an id or label, with its history."""
    if all(block.label != reference for block in agent.core.all()):
        reference = agent.memory.forgetting.find_id(reference)
    if reference.startswith("p-"):
        p = agent.archival.get(reference)
        data: dict[str, object] = {
            "tier": "archival",
            "id": p.id,
            "at": format_iso(p.at),
            "state": p.state,
            "tags": list(p.tags),
            **({"withheld": True} if agent.memory.withheld.holds("archival", p.n) else {}),
        }
        return {
            **data,
            "source": p.source,
            "text": p.text,
            "history": _history_to_json(agent, "archival", p.id),
        }
    if reference.startswith("m-"):
        m = agent.recall.get(reference)
        data = {
            "tier": "recall",
            "id": m.id,
            "at": format_iso(m.at),
            "role": m.role,
            "speaker": m.speaker,
            "turn": m.turn,
            **({"withheld": True} if agent.memory.withheld.holds("recall", m.n) else {}),
        }
        return {
            **data,
            "source": m.source,
            "text": m.text,
            "history": _history_to_json(agent, "recall", m.id),
        }
    block = agent.core[reference]
    history = _history_to_json(agent, "core", block.label)
    return {"tier": "core", "id": block.label, "limit": block.limit, "text": block.value, "history": history}


def _history_to_json(agent: "Agent", tier: "Tier", reference: str) -> list[dict[str, object]]:
    return [event.to_json() for event in agent.memory.history(tier, reference)]


def _check_choice(value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise UsageError(f"'{value}' is not one of the choices.", f"Choose {', '.join(choices)}.")
