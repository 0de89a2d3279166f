"""Dialogues with the built-in model: is what it answers, and what it keeps, what a careful librarian would?

    python -m benchmarks.offline [--json] [--only NAME] [--show]

Each dialogue of `benchmarks/dialogues/*.yaml` (see the README there) is played with a new agent through the public API,
with a clock of its own and MiniLM, by a user who agrees when asked. A dialogue passes if every expectation of every
turn holds.
"""

import argparse
import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from benchmarks.common import show
from carrel import Carrel
from carrel.agent.agent import Agent
from carrel.clock import FrozenClock

FOLDER = Path(__file__).parent / "dialogues"
START = "2026-11-28T10:00"
ZONE = "+01:00"
KINDS = (
    "forget,change,correct,about me,wording,list,dates,yes or no,count,small talk,recap,remind,secret,recall,unknown"
).split(",")
PASSAGES = 1000

Wanted = tuple[tuple[str, ...], ...]
"""Texts that are expected: one of each group."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What is said, and what is expected then; or a pause before the next session."""

    me: str = ""
    wait: timedelta | None = None
    says: Wanted = ()
    says_not: tuple[str, ...] = ()
    kept: Wanted = ()
    gone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dialogue:
    """One dialogue of a file."""

    name: str
    kind: str
    file: str
    at: str
    turns: tuple[Turn, ...]


@dataclass(slots=True)
class Outcome:
    """How a dialogue came out: what was said, and which expectations did not hold."""

    dialogue: Dialogue
    said: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


def dialogues(folder: Path = FOLDER) -> Iterator[Dialogue]:
    """Yield the dialogues of all files. Raise ValueError where one cannot be read."""
    for path in sorted(folder.glob("*.yaml")):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8")):
            yield _dialogue(path.stem, entry)


def _dialogue(file: str, entry: Mapping[str, Any]) -> Dialogue:
    name, kind = entry["name"], entry["kind"]
    if kind not in KINDS or set(entry) - {"name", "kind", "at", "turns"}:
        raise ValueError(f"{file}.yaml, '{name}': kind '{kind}' or a field is unknown.")
    turns = tuple(_turn(f"{file}.yaml, '{name}'", turn) for turn in entry["turns"])
    return Dialogue(name, kind, file, str(entry.get("at", START)), turns)


def _turn(where: str, entry: Mapping[str, Any]) -> Turn:
    if set(entry) - {"me", "wait", "says", "not", "kept", "gone"} or ("me" in entry) == ("wait" in entry):
        raise ValueError(f"{where}: a turn holds `me` or `wait`, and says, not, kept, gone; this one holds {entry}.")
    if "wait" in entry:
        count, unit = str(entry["wait"]).split()
        return Turn(wait=timedelta(**{unit.rstrip("s") + "s": float(count)}))
    groups = {name: tuple(_group(item) for item in entry.get(name, ())) for name in ("says", "kept")}
    plain = {name: tuple(map(str, entry.get(name, ()))) for name in ("not", "gone")}
    return Turn(str(entry["me"]), None, groups["says"], plain["not"], groups["kept"], plain["gone"])


def _group(item: Any) -> tuple[str, ...]:
    return tuple(map(str, item)) if isinstance(item, list) else (str(item),)


class DialogueClock(FrozenClock):
    """A clock that each dialogue sets anew; agents know nothing of each other, so none sees it go back."""

    def start(self, at: str) -> None:
        """Set the clock to when a dialogue begins."""
        self._now = datetime.fromisoformat(at + ZONE)


def play(dialogue: Dialogue, number: int, carrel: Carrel, clock: DialogueClock) -> Outcome:
    """Play a dialogue with an agent of its own, by its number."""
    outcome = Outcome(dialogue)
    clock.start(dialogue.at)
    agent = carrel.agent(f"listener-{number}")
    session = agent.session()
    for turn in dialogue.turns:
        if turn.wait is not None:
            clock.advance(seconds=turn.wait.total_seconds())
            session = agent.session()
            continue
        answer = session.send(turn.me).text
        clock.advance(minutes=1)
        carrel.store.embed_now()
        outcome.said += [f"> {turn.me}", answer]
        outcome.failures += _failures(turn, answer, remembered(agent))
    return outcome


def remembered(agent: Agent) -> str:
    """Return what stands in core memory about the user, and in archival memory."""
    blocks = [agent.core[label].value for label in ("human",)]
    return "\n".join([*blocks, *(passage.text for passage in agent.archival.latest(PASSAGES))])


def _failures(turn: Turn, answer: str, memory: str) -> Iterator[str]:
    for where, text, wanted, unwanted in (
        (f"the answer to '{turn.me}'", answer, turn.says, turn.says_not),
        (f"memory after '{turn.me}'", memory, turn.kept, turn.gone),
    ):
        missing = [" or ".join(group) for group in wanted if not any(_holds(text, part) for part in group)]
        found = [part for part in unwanted if _holds(text, part)]
        yield from (f"{where} lacks {part}: {text}" for part in missing)
        yield from (f"{where} holds {part}: {text}" for part in found)


def _holds(text: str, part: str) -> bool:
    return _folded(part) in _folded(text)


def _folded(text: str) -> str:
    return re.sub(r"\s+", " ", text.casefold().replace("’", "'"))


def summary(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Return how many pass, altogether and by kind and file."""
    passed = [not outcome.failures for outcome in outcomes]
    return {
        "dialogues": len(outcomes),
        "passed": sum(passed),
        "by_kind": _shares([outcome.dialogue.kind for outcome in outcomes], passed),
        "by_file": _shares([outcome.dialogue.file for outcome in outcomes], passed),
    }


def _shares(names: Sequence[str], passed: Sequence[bool]) -> dict[str, str]:
    whole = Counter(names)
    good = Counter(name for name, ok in zip(names, passed, strict=True) if ok)
    return {name: f"{good[name]}/{whole[name]}" for name in sorted(whole)}


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--embedder", default="local")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--only", default="", help="only dialogues whose file, kind or name holds this")
    parser.add_argument("--show", action="store_true", help="print each dialogue that fails")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    clock = DialogueClock(START + ZONE)
    wanted = [item for item in dialogues(options.folder) if options.only in f"{item.file} {item.kind} {item.name}"]
    with tempfile.TemporaryDirectory() as home, Carrel.open(home, "offline", options.embedder, clock) as carrel:
        carrel.approve = lambda name, arguments: True
        outcomes = [play(dialogue, number, carrel, clock) for number, dialogue in enumerate(wanted)]
    for outcome in outcomes if options.show else ():
        if outcome.failures:
            print(f"\n== {outcome.dialogue.file}: {outcome.dialogue.name} ({outcome.dialogue.kind})")
            print("\n".join([*outcome.said, *(f"  !! {failure}" for failure in outcome.failures)]))
    show("dialogues with the offline model", summary(outcomes), options.json)


if __name__ == "__main__":
    main()
