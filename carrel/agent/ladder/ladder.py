"""The rung on which a model is driven: set by the user, known from before, or found out; lowered where it fails."""

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace

from carrel.agent.ladder.probe import find_rung
from carrel.agent.ladder.rungs import Rung, ToolSet, rung_below
from carrel.messages import Usage
from carrel.protocols import ChatModel, Retrying

MAX_FAILURES = 2
"""Replies in a row that do not keep to the contract, after which a model is moved down."""


@dataclass(frozen=True, slots=True)
class KnownRung:
    """What is known of a model: its rung, how that was found out, and how many replies in a row failed on it since."""

    rung: Rung
    evidence: str = ""
    failures: int = 0


@dataclass(frozen=True, slots=True)
class RungChange:
    """A rung that was found out."""

    rung: Rung
    before: Rung | None
    """The rung on which the model failed; None where none was known."""
    requests: int
    usage: Usage


class Ladder:
    """The rung of one model.

    `known` is what was found out before, None for nothing; `keep` remembers it. A rung that is `fixed` was set by the
    user, or goes with a model that nobody needs to find out about.
    """

    def __init__(
        self,
        known: KnownRung | None,
        *,
        fixed: bool = False,
        tools: ToolSet | None = None,
        keep: Callable[[KnownRung], None] = lambda known: None,
    ) -> None:
        self._known = known
        self._fixed = fixed
        self._tools = tools
        self._keep = keep

    @property
    def rung(self) -> Rung:
        """The rung in use; the highest as long as nothing is known."""
        return self._known.rung if self._known else "native"

    @property
    def tools(self) -> ToolSet:
        """Which tools are offered: as set, else all on the highest rung and those of the core below it."""
        return self._tools or ("all" if self.rung == "native" else "core")

    def settle(self, model: ChatModel) -> Generator[Retrying, None, RungChange | None]:
        """Find out the rung of a model that nothing is known of, or that has failed too often on the one it had.

        Yield each attempt that has to be repeated. Return None where neither is so.

        Raises:
            RateLimited, NotAuthorised, ModelUnreachable: the server does not answer.
        """
        known = self._known
        if known is None:
            return (yield from self._find(model, "native", "found by probing"))
        below = rung_below(known.rung)
        if self._fixed or known.failures < MAX_FAILURES or below is None:
            return None
        return (yield from self._find(model, below, f"{known.failures} replies in a row failed on {known.rung}"))

    def count(self, obeyed: bool) -> None:
        """Count whether a reply that shows it kept to the contract."""
        if self._known is None or self._fixed or (obeyed and not self._known.failures):
            return
        self._known = replace(self._known, failures=0 if obeyed else self._known.failures + 1)
        self._keep(self._known)

    def _find(self, model: ChatModel, start: Rung, evidence: str) -> Generator[Retrying, None, RungChange]:
        before = self._known.rung if self._known else None
        finding = yield from find_rung(model, start)
        self._known = KnownRung(finding.rung, evidence)
        self._keep(self._known)
        return RungChange(finding.rung, before, finding.requests, finding.usage)
