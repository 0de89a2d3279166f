"""`carrel agent`: create, list, show, export, import and remove agents."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from carrel.cli import agent_file
from carrel.cli.options import AsJson, open_home_without_indexer
from carrel.cli.terminal.output import count_noun, format_iso, format_local, print_json, print_line, print_table
from carrel.errors import UsageError
from carrel.text import terminal_text

app = typer.Typer(help="Create, list, show, export, import and remove agents.", no_args_is_help=True)
app.command("export")(agent_file.export_agent)
app.command("import")(agent_file.import_agent)

AgentSubject = Annotated[str | None, typer.Option("-a", "--agent", help="The same as NAME.")]

NOUNS = {"recall": "message", "archival": "passage", "sessions": "session", "turns": "turn"}


@app.command("new")
def create_agent(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its name.")],
    persona: Annotated[str | None, typer.Option("--persona", help="Who it is; @FILE reads a file.")] = None,
    human: Annotated[str | None, typer.Option("--human", help="What it knows about you; @FILE reads a file.")] = None,
    as_json: AsJson = False,
) -> None:
    """Create an agent."""
    options = {"persona": persona, "human": human}
    values = {label: _read_value(value) for label, value in options.items() if value is not None}
    with open_home_without_indexer() as carrel:
        if carrel.agents.find(name) is not None:
            raise UsageError(f"Agent '{name}' exists already.", "Choose another name, or talk to it.")
        for label, value in values.items():
            limit = getattr(carrel.config.settings, f"limit_{label}")
            if len(value) > limit:
                problem = f"The {label} is {len(value)} characters long; the limit is {limit}."
                raise UsageError(problem, f"Shorten it, or raise {label} under [limits] in config.toml.")
        agent = carrel.agent(name)
        for label, value in values.items():
            agent.core.rethink(label, value)
        if as_json:
            print_json("agent.new", {"name": name})
        else:
            print_line(f"Made agent '{name}'. Talk to it: carrel chat -a {name}")


@app.command("ls")
def list_agents(as_json: AsJson = False) -> None:
    """List the agents."""
    with open_home_without_indexer() as carrel:
        rows = [(info, carrel.agents.counts(carrel.agents.require(info.name))) for info in carrel.agents.all()]
    if as_json:
        print_json("agent.ls", [{"name": i.name, "created": format_iso(i.created), **asdict(c)} for i, c in rows])
        return
    print_table(
        ("name", "made", "recall", "archival", "sessions"),
        [(i.name, format_local(i.created), c.recall, c.archival, c.sessions) for i, c in rows],
    )


@app.command("show")
def show_agent(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="The agent.")] = None,
    agent_name: AgentSubject = None,
    as_json: AsJson = False,
) -> None:
    """Show an agent: its core memory, and how much it remembers."""
    name = _one_name(name, agent_name) or "default"
    with open_home_without_indexer() as carrel:
        agent = carrel.agent(name, make=False)
        info, counts = carrel.agents.info(name), agent.counts
        count = agent.memory.counter.count
        blocks = [
            {"label": b.label, "tokens": count(b.value), "limit": b.limit, "value": b.value} for b in agent.core.all()
        ]
        data = {
            "name": name,
            "model": info.model or carrel.model.name,
            "created": format_iso(info.created),
            "blocks": blocks,
            "counts": asdict(counts),
        }
    if as_json:
        print_json("agent.show", data)
        return
    print_line(f"{name} · model {data['model']} · made {format_local(info.created)}")
    print_line(", ".join(count_noun(number, NOUNS[key]) for key, number in asdict(counts).items()))
    for block in blocks:
        print_line(f"\n[{block['label']}, {len(str(block['value']))} of {block['limit']} characters]")
        print_line(terminal_text(str(block["value"] or "(empty)")))


@app.command("rename")
def rename_agent(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The agent.")],
    new_name: Annotated[str, typer.Argument(metavar="NEW", help="Its new name.")],
    as_json: AsJson = False,
) -> None:
    """Give an agent another name."""
    with open_home_without_indexer() as carrel:
        carrel.agents.rename(name, new_name)
    if as_json:
        print_json("agent.rename", {"name": new_name, "was": name})
    else:
        print_line(f"Renamed '{name}' to '{new_name}'.")


@app.command("rm")
def remove_agent(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="The agent.")] = None,
    agent_name: AgentSubject = None,
    yes: Annotated[bool, typer.Option("-y", "--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Remove an agent and everything that it remembers."""
    name = _one_name(name, agent_name)
    if name is None:
        raise UsageError("Missing argument 'NAME'.", "See carrel agent rm --help.")
    with open_home_without_indexer() as carrel:
        counts = carrel.agents.counts(carrel.agents.require(name))
        if not yes:
            if not sys.stdin.isatty():
                raise UsageError(f"Removing agent '{name}' needs a yes.", "Add --yes.")
            contents = f"{count_noun(counts.recall, 'message')} and {count_noun(counts.archival, 'passage')}"
            typer.confirm(f"Remove '{name}' with {contents}?", abort=True)
        report = carrel.store.remove_agent(name)
    if as_json:
        left_over = [{"where": item.where, "why": item.why} for item in report.left]
        print_json("agent.rm", {"name": name, "removed": asdict(counts), "left": left_over})
        return
    print_line(f"Removed agent '{name}'.")
    for left in report.left:
        print_line(terminal_text(f"! {left.where}: {left.why}"))


def _one_name(argument: str | None, option: str | None) -> str | None:
    """Return the agent that is named as an argument, as an option or as both. Raise UsageError where they differ."""
    if argument and option and argument != option:
        raise UsageError(f"Two agents are named, '{argument}' and '{option}'.", "Leave out one of them.")
    return argument or option


def _read_value(text: str) -> str:
    if not text.startswith("@"):
        return text
    from carrel.formats.files import read_text

    return read_text(Path(text[1:]))
