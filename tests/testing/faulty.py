"""One turn of a true agent, through the true SDK, over HTTP, with a server that fails as it is told."""

import socket
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from carrel.agent.events import Answer, Event, RequestRetried, ToolReturned
from carrel.bootstrap import Carrel
from carrel.errors import CarrelError
from carrel.models.chat.scripted import Script, say
from carrel.models.chat.server.capabilities import Capabilities
from carrel.models.chat.server.openai_chat import OpenAIChat
from carrel.protocols import Request
from carrel.testing.catalog import fault
from carrel.testing.fake_server import FakeServer
from carrel.tools.tool import Tool, tool
from tests.clocks import InstantClock

ALL = Capabilities()
LIMIT = 10.0
WELL = "Here I am."
LONG = "The kettle stands on the stove and sings. " * 60
REFUSED = "connection-refused"
"""The one fault that no server can make: there is none."""


@dataclass
class Turn:
    """What came of a turn."""

    answer: Answer | None = None
    error: CarrelError | None = None
    events: list[Event] = field(default_factory=list)
    clock: InstantClock = field(default_factory=InstantClock)
    requests: list[dict[str, Any]] = field(default_factory=list)
    posted: list[str] = field(default_factory=list)

    @property
    def waits(self) -> list[float]:
        """The seconds that were waited before each further attempt."""
        return self.clock.waits

    @property
    def asked(self) -> int:
        """How many requests the server got."""
        return len(self.requests)

    @property
    def exit_code(self) -> int:
        """What `carrel ask` would exit with."""
        return self.error.exit_code if self.error else 0

    @property
    def said(self) -> str:
        """What the user reads at the end."""
        return str(self.error) if self.error else self.answer.text if self.answer else ""

    @property
    def retries(self) -> list[RequestRetried]:
        """The attempts that were made anew."""
        return [event for event in self.events if isinstance(event, RequestRetried)]

    @property
    def refused(self) -> list[str]:
        """The results that told the model of a mistake."""
        return [event.text for event in self.events if isinstance(event, ToolReturned) and not event.ok]


def posting(posted: list[str]) -> Tool:
    """Return a tool that acts on the outside world, and tells whatever it did."""

    @tool
    def post(text: str) -> str:
        """Post a text where everybody can read it."""
        posted.append(text)
        return f"Posted number {len(posted)}."

    return post


def run_turn(
    home: Path,
    script: Script,
    before: int = 0,
    timeout: float = LIMIT,
    can: Capabilities = ALL,
    obeys: str = "native",
) -> Turn:
    """Let an agent answer one message; `before` it, so many long ones that the script does not see."""
    turn = Turn()
    with FakeServer(script, obeys=obeys) as server, FakeServer([WELL] * before) as well:
        if before:
            listen(Turn(), home, well.url, *[LONG] * before)
        listen(turn, home, server.url, "Are you there?", timeout=timeout, can=can)
        turn.requests = server.requests
    return turn


def listen(turn: Turn, home: Path, url: str, *texts: str, timeout: float = LIMIT, can: Capabilities = ALL) -> None:
    """Say something to the agent whose model stands at `url`, and note what happens."""
    model = OpenAIChat("any", url, "sk-key-of-the-test", timeout, clock=turn.clock, capabilities=can)
    with Carrel.open(home, model, "none", tools=(posting(turn.posted),)) as carrel:
        chat = carrel.agent("ada").session("last" if carrel.agent("ada").sessions.all() else None)
        try:
            for event in (event for text in texts for event in chat.stream(text)):
                turn.events.append(event)
                turn.answer = event if isinstance(event, Answer) else None
        except CarrelError as error:
            turn.error = error


def once(home: Path, name: str, can: Capabilities = ALL) -> Turn:
    """Meet a fault once, then a server that is well."""
    if name == REFUSED:
        return always(home, name)
    return run_turn(home, [fault(name), *[say(WELL)] * 9], _before(name), _timeout(name), can, obeys=_obeys(name))


def always(home: Path, name: str) -> Turn:
    """Meet a fault each time; only the closing request, which has no tools, is answered."""
    if name == REFUSED:
        turn = Turn()
        listen(turn, home, f"http://127.0.0.1:{closed_port()}/v1", "Are you there?")
        return turn
    return run_turn(
        home,
        lambda request: fault(name) if _offers_calls(request) else say(WELL),
        _before(name),
        _timeout(name),
        obeys=_obeys(name),
    )


def _offers_calls(request: Request) -> bool:
    """Return whether a request lets the model call something, by tools or by actions."""
    return bool(request.tools) or "anyOf" in (request.schema or {})


def _obeys(name: str) -> str:
    """Return the contract that the model obeys: faults in actions need one that writes them."""
    return "action" if name.startswith("action-") else "native"


def _before(name: str) -> int:
    """A context that is too long needs something that can leave it."""
    return 6 if name == "overflow" else 0


def _timeout(name: str) -> float:
    """Where a server is silent, the test need not be."""
    return 0.3 if name.startswith(("stall", "drip")) else LIMIT


def closed_port() -> int:
    """Return a port where nobody listens."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        return int(closed.getsockname()[1])
