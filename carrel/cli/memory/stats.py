"""`carrel memory stats`: how much there is in each tier, in the bin, and on disk."""

from dataclasses import asdict

from carrel.cli.options import AgentName, AsJson, open_home_without_indexer
from carrel.cli.terminal.output import print_json, print_table


def stats(agent_name: AgentName = "default", as_json: AsJson = False) -> None:
    """Count what an agent remembers: by tier, in the bin, and the bytes of the home's database."""
    with open_home_without_indexer() as carrel:
        agent = carrel.agent(agent_name, make=False)
        blocks = agent.core.all()
        data = {
            "core": sum(len(block.value) for block in blocks),
            "core_limit": sum(block.limit for block in blocks),
            **asdict(agent.counts),
            "bin": len(agent.memory.forgetting.in_bin()),
            "waiting": carrel.store.waiting(),
            "bytes": (carrel.config.home / "carrel.db").stat().st_size,
        }
    if as_json:
        print_json("memory.stats", data)
    else:
        print_table(("what", "how much"), list(data.items()))
