"""A model tells the facts of a message in a language without rules, as far as the message holds them."""

import json

import pytest

from carrel.agent.capture.extraction import MAX_FACTS, SCHEMA, extract_facts
from carrel.messages import Usage
from carrel.models.chat.scripted import ScriptedModel, say
from carrel.protocols import Reply

SAID = "Abito a Roma e ho un gatto che si chiama Micio."


def extracted(answer: str) -> list[str]:
    """Return the facts of an answer."""
    return extract_facts(ScriptedModel([say(answer)]), SAID)[0]


def test_one_request_asks_for_a_list() -> None:
    """Held to a schema, with the message in it; its tokens are counted."""
    model = ScriptedModel([Reply(say('{"facts": ["Abita a Roma."]}'), Usage(60, 9, calls=1))])
    assert extract_facts(model, SAID) == (["Abita a Roma."], Usage(60, 9, calls=1))
    (request,) = model.requests
    assert (request.schema, request.tools) == (SCHEMA, ())
    assert SAID in request.messages[-1].text


@pytest.mark.parametrize(
    ("answer", "facts"),
    [
        ('{"facts": ["Ha un gatto, Micio.", "Lavora come cuoco in un ristorante."]}', ["Ha un gatto, Micio."]),
        ('```json\n{"facts": ["Abita a Roma."]}\n```', ["Abita a Roma."]),
        (json.dumps({"facts": ["Roma"] * 9}), ["Roma"] * MAX_FACTS),
        ('{"facts": [5, "", " Roma "]}', ["Roma"]),
        ('{"facts": "Roma"}', []),
        ('["Roma"]', []),
        ('{"facts": ["Ro', []),
        ("Roma", []),
    ],
)
def test_only_what_was_said_is_taken(answer: str, facts: list[str]) -> None:
    """What the message does not hold was made up; what is no list of texts tells nothing."""
    assert extracted(answer) == facts
