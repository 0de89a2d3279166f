"""`carrel memory map`: draw an agent's memories as points, those of similar meaning close to each other."""

import re
import sys
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from carrel.cli.options import AgentName, AsJson, open_home_without_indexer
from carrel.cli.terminal.output import print_json, print_line
from carrel.cli.terminal.pictures import SYMBOLS, scatter
from carrel.dates import is_known, to_zone
from carrel.errors import NotConfigured
from carrel.text import one_line, terminal_text

if TYPE_CHECKING:  # for types only
    from carrel.memory.inspection.memory_map import MapPoint, MemoryMap

AGES = 4
"""The groups of a map by age, each with as many memories."""

COLOURS = ("cyan", "yellow", "green", "magenta", "blue", "red", "bright_white", "bright_black")
"""The colour of each symbol."""


class Groups(StrEnum):
    """What the symbols of a map stand for."""

    tier = "tier"
    session = "session"
    age = "age"


def draw_map(
    agent_name: AgentName = "default",
    by: Annotated[Groups, typer.Option("--by", help="What the symbols stand for: tier, session or age.")] = Groups.tier,
    limit: Annotated[int, typer.Option("--limit", min=1, max=20_000, help="How many memories to place.")] = 2_000,
    as_json: AsJson = False,
) -> None:
    """Draw memories as points of a plane, by the principal components of their vectors: close is similar in meaning."""
    from carrel.memory.inspection.memory_map import map_memories

    with open_home_without_indexer() as carrel:
        memory = carrel.agent(agent_name, make=False).memory
        vectors = carrel.store.engines.vectors
        if vectors is None:
            raise NotConfigured("Without an embedder memories have no place on a map.", 'Set embedder = "local".')
        drawn = map_memories(memory, vectors.store, limit)
        names = {info.id: info.label for info in memory.sessions.all()}
    groups = _group(drawn.points, by, names)
    if as_json:
        points = [{**point.to_json(), "group": group} for point, group in zip(drawn.points, groups, strict=True)]
        about = {"total": drawn.total, "without_vector": drawn.without_vector, "explained": list(drawn.explained)}
        print_json("memory.map", {"by": by.value, **about, "points": points})
    else:
        _print_map(drawn, groups)


def _group(points: "Sequence[MapPoint]", by: Groups, sessions: Mapping[str, str]) -> list[str]:
    """Return the name of each point's group."""
    if by is Groups.tier:
        return [point.tier for point in points]
    if by is Groups.session:
        return [sessions.get(point.session or "", "no session") for point in points]
    dated = sorted((place for place, point in enumerate(points) if is_known(point.at)), key=lambda n: points[n].at)
    groups = ["no date"] * len(points)
    size = max(1, -(-len(dated) // AGES))
    for start in range(0, len(dated), size):
        quarter = dated[start : start + size]
        first, last = (to_zone(points[place].at, None) for place in (quarter[0], quarter[-1]))
        groups = [f"{first:%Y-%m-%d} to {last:%Y-%m-%d}" if n in quarter else name for n, name in enumerate(groups)]
    return groups


def _print_map(drawn: "MemoryMap", groups: Sequence[str]) -> None:
    if not drawn.points:
        print_line("No memory has a vector yet: run carrel memory reindex.")
        return
    by_size = sorted(set(groups), key=lambda name: (-groups.count(name), name))
    symbols = {name: min(place, len(SYMBOLS) - 1) for place, name in enumerate(by_size)}
    places = [(point.x, point.y, symbols[group]) for point, group in zip(drawn.points, groups, strict=True)]
    legend = [f"{SYMBOLS[symbols[name]]} {one_line(name, 60)} ({groups.count(name)})" for name in by_size]
    _print_coloured([*scatter(places), *legend[: len(SYMBOLS)]])
    if len(legend) > len(SYMBOLS):
        print_line(f"{SYMBOLS[-1]} also stands for {len(legend) - len(SYMBOLS)} more")
    shares = " and ".join(f"{share:.0%}" for share in drawn.explained)
    print_line(f"{len(drawn.points)} of {drawn.total} memories; the axes show {shares} of how they differ in meaning.")
    if drawn.without_vector:
        print_line(f"{drawn.without_vector} have no vector yet: run carrel memory reindex.")


def _print_coloured(lines: Sequence[str]) -> None:
    """Print the lines of a map and its legend; at a terminal, each symbol in its colour."""
    safe = [terminal_text(line) for line in lines]
    if not sys.stdout.isatty():
        for line in safe:
            print_line(line)
        return
    from rich.console import Console
    from rich.text import Text

    for line in safe:
        text = Text(line)
        is_legend = line[1:2] == " " and line.endswith(")")
        for symbol, colour in zip(SYMBOLS, COLOURS, strict=True):
            text.highlight_regex(f"^{re.escape(symbol)}" if is_legend else re.escape(symbol), colour)
        Console().print(text, soft_wrap=True)
