"""Find out which text of a request a model server refuses for its content, and withhold it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from carrel.agent.events import RequestRetried
from carrel.agent.turn.parts import LoopParts
from carrel.agent.turn.state import TurnState
from carrel.errors import ContentRefused
from carrel.memory.values import Tier
from carrel.messages import UserMessage
from carrel.protocols import Reply, Request
from carrel.text import one_line

MAX_REFUSALS = 3
"""How often a request of one turn is sent again without what the server refuses."""

PROBE_TOKENS = 16
"""The limit of the reply to a question that only asks whether a text is refused."""

QUOTED = 60
"""Characters of a refused text that the user is shown."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """A text that may be what the server refuses."""

    tier: Tier
    id: str
    text: str


def find_refused(suspects: Sequence[Suspect], refuses: Callable[[Sequence[Suspect]], bool]) -> list[Suspect]:
    """Return which suspects are refused, given that all of them together are, by asking about halves of them."""
    if len(suspects) <= 1:
        return list(suspects)
    middle = len(suspects) // 2
    first, rest = suspects[:middle], suspects[middle:]
    if not refuses(first):
        return find_refused(rest, refuses)
    return [*find_refused(first, refuses), *(find_refused(rest, refuses) if refuses(rest) else ())]


class RefusedContent:
    """Withholds what a server refuses, so that no session is refused for ever."""

    def __init__(self, parts: LoopParts) -> None:
        self._memory = parts.memory
        self._model = parts.model

    def withhold(self, turn: TurnState, error: ContentRefused) -> RequestRetried:
        """Withhold what is refused of a turn's request, and return the event of sending it again.

        Raises:
            ContentRefused: it is the user's message, or nobody can say what it is; the turn is to be withheld.
        """
        own = Suspect("recall", turn.message.id, turn.message.text)
        found = self._find(turn, own) if turn.refusals < MAX_REFUSALS else []
        turn.refusals += 1
        if not found or own in found:
            turn.refused = True
            said = f"It is your message '{one_line(own.text, QUOTED)}' ({own.id})"
            raise ContentRefused(
                f"{error.message} {said}: it stays in recall, and is not sent again.", error.hint
            ) from error
        tiers: tuple[Tier, ...] = ("recall", "archival")
        for tier in tiers:
            self._memory.withheld.add(tier, [each.id for each in found if each.tier == tier])
        turn.page = turn.page.without({each.id for each in found})
        turn.discard_reads()
        named = ", ".join(f"'{one_line(each.text, QUOTED)}' ({each.id})" for each in found)
        return RequestRetried(f"{error.message} It is {named}, which is not sent again.", 0.0, discarded=False)

    def _find(self, turn: TurnState, own: Suspect) -> list[Suspect]:
        suspects = self._suspects(turn, own)
        if len(suspects) > 1 and own in suspects and self._refuses(turn, [own]):
            return [own]
        others = [each for each in suspects if each != own] or suspects
        return find_refused(others, lambda group: self._refuses(turn, group))

    def _suspects(self, turn: TurnState, own: Suspect) -> list[Suspect]:
        """Return what is new since the server accepted a request; all that there is where it refused the last too."""
        queue = self._memory.queue.load(turn.session)
        last = turn.totals.steps - 1
        results = [
            message for message in queue if (message.turn, message.step, message.role) == (turn.id, last, "tool")
        ]
        if results:
            return [Suspect("recall", message.id, message.text) for message in results]
        earlier = [message for message in queue if message.turn != turn.id]
        if not self._memory.withheld.follows(turn.session, turn.message.n):
            replies = [place for place, message in enumerate(earlier) if message.role == "assistant"]
            earlier = earlier[max(replies, default=-1) + 1 :]
        recalled = [Suspect(hit.tier, hit.id, hit.text) for hit in turn.page.hits]
        return [own, *recalled, *(Suspect("recall", message.id, message.text) for message in earlier if message.text)]

    def _refuses(self, turn: TurnState, group: Sequence[Suspect]) -> bool:
        """Ask the server whether it refuses these texts."""
        text = "\n\n".join(each.text for each in group)
        try:
            for piece in self._model.stream(Request((UserMessage(text),), max_tokens=PROBE_TOKENS)):
                if isinstance(piece, Reply) and piece.usage:
                    turn.add_usage(replace(piece.usage, calls=1))
        except ContentRefused:
            return True
        return False
