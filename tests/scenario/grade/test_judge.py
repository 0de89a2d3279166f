"""A model that judges: what it is shown, and how its reply is read."""

import pytest

from carrel.errors import ModelFailed
from carrel.models.chat.scripted import ScriptedModel
from carrel.scenario.grade.judge import MAX_TOKENS, Judgement, judge_turn

TURN = {"user": "我对什么过敏？", "reply": "Peanuts."}


def judge(reply: str) -> Judgement:
    """Return the judgement that a reply is read as."""
    return judge_turn(ScriptedModel([reply]), "Names the allergy.", TURN)


def test_the_judge_sees_rubric_question_and_answer() -> None:
    """And nothing else, within a short reply."""
    model = ScriptedModel(['{"score": 1, "reason": "It does."}'])
    assert judge_turn(model, "Names the allergy.", TURN) == Judgement(1.0, "It does.")
    (request,) = model.requests
    assert request.messages[1].text == "Rubric:\nNames the allergy.\n\nUser:\n我对什么过敏？\n\nAssistant:\nPeanuts."
    assert (request.tools, request.max_tokens) == ((), MAX_TOKENS)


@pytest.mark.parametrize(
    ("reply", "judgement"),
    [
        ('{"score": 0.25, "reason": "Half."}', Judgement(0.25, "Half.")),
        ('Sure!\n```json\n{"score": "0.5"}\n```', Judgement(0.5, "")),
        ('{"score": 7}', Judgement(1.0, "")),
        ('{"score": -1}', Judgement(0.0, "")),
    ],
)
def test_a_score_is_read_wherever_it_stands(reply: str, judgement: Judgement) -> None:
    """In prose or code, as text, and beyond its range moved to the edge."""
    assert judge(reply) == judgement


@pytest.mark.parametrize("reply", ["Very good.", "{}", '{"score": "high"}', '{"score": null}', "[1]"])
def test_a_reply_without_a_score_is_a_failure(reply: str) -> None:
    """Named with the judge and what it said."""
    with pytest.raises(ModelFailed, match="Judge 'scripted' replied without a score"):
        judge(reply)
