"""`carrel memory why`: what an answer was made from, or where a memory comes from."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from carrel.cli.options import AgentName, AsJson, open_home_without_indexer
from carrel.cli.terminal.output import format_local, print_json, print_line
from carrel.text import one_line, terminal_text

if TYPE_CHECKING:  # for types only
    from carrel.agent.agent import Agent
    from carrel.memory.inspection.why import AnswerReason, MemoryReason, TurnText
    from carrel.memory.journal.retrievals import RecordedHit

Subject = Annotated[
    str, typer.Argument(metavar="[ID]", help="A turn, a message of one, or a passage; without it, the last answer.")
]


def explain(reference: Subject = "last", agent_name: AgentName = "default", as_json: AsJson = False) -> None:
    """Say which memories an answer was made from, by which search and score; or where a memory comes from."""
    with open_home_without_indexer() as carrel:
        reason = _explain(carrel.agent(agent_name, make=False), reference)
    if as_json:
        print_json("memory.why", reason.to_json())
        return
    from carrel.memory.inspection.why import AnswerReason

    lines = _describe_answer(reason) if isinstance(reason, AnswerReason) else _describe_memory(reason)
    for line in lines:
        print_line(terminal_text(line))


def _explain(agent: "Agent", reference: str) -> "AnswerReason | MemoryReason":
    from carrel.memory.inspection.why import explain_answer, explain_memory

    memory = agent.memory
    if reference == "last" or reference.startswith("t-"):
        return explain_answer(memory, memory.request_log.find_turn(reference))
    found = memory.forgetting.find_id(reference)
    turn = agent.recall.get(found).turn if found.startswith("m-") else None
    return explain_answer(memory, turn) if turn else explain_memory(memory, found)


def _describe_answer(reason: "AnswerReason") -> list[str]:
    from carrel.memory.inspection.why import search_words

    lines = _describe_turn(reason.turn)
    for search in reason.searches:
        by = "looked up before the model was asked" if search.kind == "page_in" else f"searched in step {search.step}"
        lines.append(f'{by}, "{one_line(search_words(search), 80)}":')
        lines += [_describe_hit(hit, reason.texts) for hit in search.hits] or ["  nothing was found"]
    return lines if reason.searches else [*lines, "Nothing was looked up for this answer."]


def _describe_hit(hit: "RecordedHit", texts: "Mapping[str, str]") -> str:
    text = one_line(texts[hit.ref], 80) if hit.ref in texts else "(forgotten)"
    parts = ", ".join(f"{name} {share:.2f}" for name, share in hit.scores.items())
    use = "" if hit.shown else f"  not shown: {hit.reason}"
    return f"  {hit.score:.2f} ({parts})  {hit.ref}  {text}{use}"


def _describe_memory(reason: "MemoryReason") -> list[str]:
    written = reason.written
    by = f"{written.op} by {written.actor}, {format_local(written.at)}" if written else "written by an older version"
    lines = [f"{reason.id}  {one_line(reason.text, 120)}", by]
    lines += _describe_turn(reason.origin) if reason.origin else []
    if not reason.uses:
        return [*lines, "No answer was shown it."]
    return [*lines, "Shown to the model for:", *(line for use in reason.uses for line in _describe_turn(use, "  "))]


def _describe_turn(turn: "TurnText", indent: str = "") -> list[str]:
    head = f"{indent}{turn.turn} · {format_local(turn.at)} · session {turn.session}"
    said = ((">", turn.asked), ("<", turn.reply))
    return [head, *(f"{indent}  {mark} {one_line(text, 100)}" for mark, text in said if text)]
