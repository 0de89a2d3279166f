"""`carrel memory consolidate`: let the agent review recent messages and put its memory in order."""

from collections import Counter
from dataclasses import asdict
from typing import Annotated

import typer

from carrel.cli.options import AgentName, AsJson, Model, open_home
from carrel.cli.terminal.output import count_noun, print_json, print_line


def consolidate(
    agent_name: AgentName = "default",
    model: Model = None,
    tokens: Annotated[int | None, typer.Option("--tokens", min=1000, help="Tokens that it may spend.")] = None,
    as_json: AsJson = False,
) -> None:
    """Review the messages since the last time and put memory in order. A run that was stopped is continued."""
    with open_home(model, consolidate_tokens=tokens) as carrel:
        agent = carrel.agent(agent_name, make=False)
        portions = []
        for reviewed in agent.consolidate():
            portions.append(reviewed)
            if not as_json:
                done = Counter(name for name, ok in reviewed.calls if ok)
                changes = ", ".join(f"{number} × {name}" for name, number in done.items()) or "nothing to do"
                print_line(f"{count_noun(reviewed.messages, 'message')} reviewed: {changes}")
        left = agent.memory.review_cursor.count_unreviewed()
    if as_json:
        rows = [{**asdict(item), "calls": [{"name": n, "ok": ok} for n, ok in item.calls]} for item in portions]
        print_json("memory.consolidate", {"portions": rows, "left": left})
        return
    print_line(f"{count_noun(left, 'message')} left; run it again." if left else "All that was said has been reviewed.")
