"""`carrel memory consolidate`: let the agent review what was said and put its memory in order."""

from collections import Counter
from dataclasses import asdict
from typing import Annotated

import typer

from carrel.cli.options import AgentName, AsJson, Model, open_home
from carrel.cli.output import counted, line, print_json


def consolidate(
    agent: AgentName = "default",
    model: Model = None,
    tokens: Annotated[int | None, typer.Option("--tokens", min=1000, help="Tokens that it may spend.")] = None,
    as_json: AsJson = False,
) -> None:
    """Review what was said since the last time and put memory in order; goes on where it was stopped."""
    with open_home(model, consolidate_tokens=tokens) as desk:
        somebody = desk.agent(agent, make=False)
        portions = []
        for reviewed in somebody.consolidate():
            portions.append(reviewed)
            if not as_json:
                done = Counter(name for name, ok in reviewed.calls if ok)
                said = ", ".join(f"{number} × {name}" for name, number in done.items()) or "nothing to do"
                line(f"{counted(reviewed.messages, 'message')} reviewed: {said}")
        left = somebody.memory.reviews.left()
    if as_json:
        rows = [{**asdict(item), "calls": [{"name": n, "ok": ok} for n, ok in item.calls]} for item in portions]
        print_json("memory.consolidate", {"portions": rows, "left": left})
        return
    line(f"{counted(left, 'message')} left; run it again." if left else "All that was said has been reviewed.")
