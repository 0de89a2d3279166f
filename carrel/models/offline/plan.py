"""What the built-in model does with a message: search, then change memory, then answer. Pure.

A plan is made anew at each step from the request alone; what was done already is seen from the calls in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from carrel.language.acts.vocabulary import Act, Ask
from carrel.language.facts.current import Same
from carrel.models.offline.edits import Call
from carrel.models.offline.forgetting import TOOL, Forgotten, consent, core_after, forget, still_to_do
from carrel.models.offline.noting import Noted, note
from carrel.models.offline.situation import Situation

SEARCHES = ("recall_search", "archival_search")

LOOKED_UP = frozenset({Act.QUESTION, Act.LIST, Act.FORGET})
"""What is looked up before it is answered."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is still to be called, and what the message changes."""

    calls: Sequence[Call]
    noted: Noted
    forgotten: Forgotten


def plan(situation: Situation, same: Same) -> Plan:
    """Return what to do next; no call is left when it is time to answer."""
    noted, forgotten = note(situation, same), forget(situation)
    made = {call.name for call in situation.calls}
    searches = [call for call in _searches(situation) if call[0] in situation.offered]
    if searches and not made.intersection(SEARCHES):
        return Plan(searches, noted, forgotten)
    if forgotten.ids and consent(situation) is None:
        return Plan([(TOOL, {"ids": forgotten.ids})], noted, forgotten)
    core = core_after(situation, forgotten) if consent(situation) == "given" else situation.core
    edits = [*noted.edits.calls(core), *still_to_do(situation, forgotten)]
    edits = [call for call in edits if call[0] in situation.offered]
    if edits and not made.difference((*SEARCHES, TOOL)):
        return Plan(edits, noted, forgotten)
    return Plan(_fallback(situation, edits), noted, forgotten)


def _searches(situation: Situation) -> list[Call]:
    """Return the searches that the message asks for: one a tier for all that is asked in it."""
    looked_up = [said for said in situation.said if said.act in LOOKED_UP and said.ask is not Ask.RECENT]
    texts = [said.text if said.act is Act.QUESTION else said.topic for said in looked_up]
    return [(name, {"query": " ".join(texts)}) for name in SEARCHES] if texts else []


def _fallback(situation: Situation, edits: Sequence[Call]) -> list[Call]:
    """Return what archives the lines for which core memory had no room."""
    failed = [result for result in situation.results if result.name.startswith("core_memory") and not result.ok]
    archived = sum(call.name == "archival_insert" for call in situation.calls)
    planned = sum(name == "archival_insert" for name, _ in edits)
    if not failed or archived > planned or "archival_insert" not in situation.offered:
        return []
    changes = [arguments for name, arguments in edits if name != "archival_insert"]
    lines = [str(arguments.get("content") or arguments.get("new", "")) for arguments in changes]
    text = "\n".join(line for line in lines if line)
    return [("archival_insert", {"text": text})] if text else []
