"""The offline model: it notes what it is told, forgets what it is asked to, and answers by quoting what it finds."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from carrel.agent.agent import Agent
from carrel.bootstrap import Carrel
from carrel.clock import FrozenClock
from carrel.language.phrases.tables import phrases_of
from carrel.messages import ToolSchema, UserMessage
from carrel.models.offline.model import OfflineModel
from carrel.protocols import Reply, Request, TextPiece

ENGLISH = phrases_of("en")

Talk = Callable[..., list[str]]


@pytest.fixture
def clock() -> FrozenClock:
    """A clock that stands at ten in the morning of a Saturday in November."""
    return FrozenClock("2026-11-28T10:00:00+01:00")


@pytest.fixture
def carrel(home: Path, clock: FrozenClock) -> Iterator[Carrel]:
    """A home with the offline model."""
    with Carrel.open(home, "offline", "none", clock) as opened:
        yield opened


@pytest.fixture
def ada(carrel: Carrel) -> Agent:
    """An agent that knows nothing yet."""
    return carrel.agent("ada")


@pytest.fixture
def talk(ada: Agent) -> Talk:
    """Say things in one session and return the answers."""

    def say(*texts: str) -> list[str]:
        session = ada.session()
        return [session.send(text).text for text in texts]

    return say


def test_a_fact_is_noted_with_its_day_and_answered_with_its_source(ada: Agent, talk: Talk, clock: FrozenClock) -> None:
    """What was told in one session is answered in another, with who said it, when and how."""
    assert talk("I'm allergic to peanuts.") == ["Noted."]
    assert ada.core["human"].value == "I'm allergic to peanuts. [2026-11-28]"
    clock.advance(days=3)
    assert talk("What am I allergic to?") == ['Peanuts. — you, last Saturday, 28 November: "I\'m allergic to peanuts."']


def test_it_forgets_what_it_is_asked_to(ada: Agent, talk: Talk) -> None:
    """A request to forget is no fact: the line goes, what was removed is named, and nothing says it any more."""
    told, forgot, asked = talk(
        "I am allergic to peanuts. I live in Oslo.",
        "Please forget that I am allergic to peanuts.",
        "What am I allergic to?",
    )
    assert told == "Noted."
    assert forgot == 'Forgotten: "I am allergic to peanuts". /undo brings it back.'
    assert ada.core["human"].value == "I live in Oslo. [2026-11-28]"
    assert asked == ENGLISH.unknown


def test_a_passage_is_forgotten_too(ada: Agent, talk: Talk) -> None:
    """What stands in archival memory is removed there, a document of many sentences is not."""
    ada.archival.insert("I am allergic to peanuts.")
    ada.archival.insert("On nuts. I am allergic to peanuts. Walnuts are fine. Almonds too.")
    (forgot,) = talk("Forget that I am allergic to peanuts.")
    assert forgot.startswith('Forgotten: "I am allergic to peanuts"')
    assert [passage.text[:8] for passage in ada.archival.latest(9)] == ["On nuts."]


def test_only_the_clause_that_is_meant_is_forgotten(ada: Agent, talk: Talk) -> None:
    """Of two facts in one sentence the other stays."""
    talk("I live in Leeds and I work as a vet.", "Forget where I live.")
    assert ada.core["human"].value == "I work as a vet [2026-11-28]"


def test_a_line_of_a_list_is_forgotten_by_its_number(ada: Agent, talk: Talk) -> None:
    """As the list that was shown last numbers it; later neither it nor the message that told it is quoted."""
    talk("I play the cello.", "I am allergic to nuts.")
    shown, forgot, asked = talk("What do you know about me?", "Forget number 2.", "What am I allergic to?")
    assert "2. I am allergic to nuts. (today)" in shown
    assert forgot.startswith('Forgotten: "I am allergic to nuts".')
    assert ada.core["human"].value == "I play the cello. [2026-11-28]"
    assert asked == ENGLISH.unknown


def test_a_pronoun_stands_for_who_was_spoken_of(ada: Agent, talk: Talk) -> None:
    """A fact is kept with their name, and a question about them is answered."""
    answers = talk("My sister is called Ann.", "She works as a vet.", "Where does my sister work?", "What is her job?")
    assert ada.core["human"].value == "My sister is called Ann. [2026-11-28]\nAnn works as a vet. [2026-11-28]"
    assert answers[3] == 'Vet. — you, today: "Ann works as a vet."'


def test_what_was_never_told_cannot_be_forgotten(ada: Agent, talk: Talk) -> None:
    """It says so, and removes nothing."""
    assert talk("My parrot is called Kiwi.", "Forget my shoe size.")[1] == ENGLISH.nothing_to_forget.format(
        what='"my shoe size"'
    )
    assert "Kiwi" in ada.core["human"].value


def test_a_new_value_replaces_the_old(ada: Agent, talk: Talk) -> None:
    """The newest holds, since the day it names, and what held before is named; core memory holds one line."""
    told, moved, asked = talk("I live in Bonn.", "I moved from Bonn to Paris last week.", "Where do I live?")
    assert (told, moved) == ("Noted.", 'Noted. It replaces "I live in Bonn".')
    assert ada.core["human"].value == "I moved from Bonn to Paris last week. [2026-11-28]"
    assert asked == "Paris, since about 21 November (you said so today); before that Bonn."


def test_a_correction_is_put_into_the_sentence_it_corrects(ada: Agent, talk: Talk) -> None:
    """ "It is on May 7" says of what by what was spoken of last."""
    _, corrected, asked = talk("My birthday is May 6.", "no that's wrong, it is on May 7", "When is my birthday?")
    assert corrected == 'Corrected: "My birthday is May 7."'
    assert ada.core["human"].value == "My birthday is May 7. [corrected 2026-11-28]"
    assert asked == "May 7 (corrected today)."
    assert talk("That's wrong.") == [ENGLISH.what_is_right]


def test_what_is_known_is_a_numbered_list_by_topic(talk: Talk, clock: FrozenClock) -> None:
    """Each fact once, with the day it names or was told; outdated ones not."""
    talk("I live in Bonn.", "My sister is called Marie.", "I have a meeting tomorrow at 3pm.")
    clock.advance(days=1)
    talk("I live in Ulm.")
    assert talk("What do you know about me?") == [
        "This is what you told me:\n"
        "You:\n1. I live in Ulm. (today)\n"
        "People and animals:\n2. My sister is called Marie. (yesterday)\n"
        "Dates and plans:\n3. I have a meeting tomorrow at 3pm. (today, 29 November, 15:00)"
    ]


def test_nothing_is_known_at_first(talk: Talk) -> None:
    """It says so, and does not quote its own description."""
    assert talk("What do you know about me?") == [ENGLISH.about_empty]


@pytest.mark.parametrize(
    ("told", "question", "answer"),
    [
        ("My favourite colour is blue.", "What's my favorite color?", "Blue."),
        ("I work as a nurse.", "What do I do for a living?", "Nurse."),
        ("My sister's birthday is June 3.", "When is my sister's birthday?", "June 3"),
        ("I was born in Oslo.", "Where was I born?", "Oslo."),
        ("I'm 34 years old.", "How old am I?", "34"),
        ("The wifi password is hunter2-blue.", "What's the wifi password?", "hunter2-blue"),
        ("I have four cats.", "How many cats do I have?", "Four cats."),
        ("My children are called Ann, Ben and Cid.", "How many children do I have?", "3: Ann, Ben and Cid."),
        ("I like tea and chess.", "What do I like?", "Tea and chess."),
        ("I am allergic to nuts.", "Am I allergic to nuts?", "Yes."),
        ("I don't eat meat.", "Do I eat meat?", "No."),
        ("I am allergic to peanuts.", "Am I allergic to shellfish?", "You have not told me so."),
        ("The interview is next Friday.", "When is the interview?", "this Friday, 4 December"),
        ("I adopted a kitten yesterday.", "When did I adopt a kitten?", "Yesterday, 27 November."),
    ],
)
def test_the_answer_stands_before_its_source(talk: Talk, told: str, question: str, answer: str) -> None:
    """A value, a number, a day, yes or no; behind it stands the sentence that says so."""
    assert talk(told, question)[1] == f'{answer} — you, today: "{told}"'


def test_an_appointment_in_chinese(talk: Talk) -> None:
    """The day and the hour in figures, and the sentence."""
    assert talk("明天下午三点我要开会。", "我什么时候开会？") == [
        "记下了。",
        "2026-11-29 15:00（明天，11月29日）。 — 你，今天：“明天下午三点我要开会。”",
    ]


@pytest.mark.parametrize(
    ("text", "answer", "line"),
    [
        ("Ich bin gegen Erdnüsse allergisch.", "Notiert.", "Ich bin gegen Erdnüsse allergisch. [2026-11-28]"),
        ("Je suis allergique aux noix.", "C'est noté.", "Je suis allergique aux noix. [2026-11-28]"),
        ("Soy alérgico a las nueces.", "Anotado.", "Soy alérgico a las nueces. [2026-11-28]"),
        ("我对花生过敏。", "记下了。", "我对花生过敏。 [2026-11-28]"),
        ("Il mio gatto si chiama Pallino.", "Noted.", "Il mio gatto si chiama Pallino. [2026-11-28]"),
    ],
)
def test_it_answers_in_the_language_of_the_user(ada: Agent, talk: Talk, text: str, answer: str, line: str) -> None:
    """In five languages; what is said in another is noted as it stands."""
    assert talk(text) == [answer]
    assert ada.core["human"].value == line


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("hi", ENGLISH.greeting),
        ("thanks", ENGLISH.thanks),
        ("bye", ENGLISH.farewell),
        ("ok", ENGLISH.reply),
        ("Write me a poem about spring.", ENGLISH.cannot),
        ("What did I just say?", ENGLISH.recent_empty),
        ("Summarize our conversation", ENGLISH.summary_empty),
        ("Make a list of my meetings", ENGLISH.list_empty),
        ("What is my shoe size?", ENGLISH.unknown),
        ("Nice weather.", ENGLISH.reply),
    ],
)
def test_what_tells_nothing_is_not_stored(ada: Agent, talk: Talk, text: str, answer: str) -> None:
    """Greetings, commands and questions have an answer and leave no fact."""
    assert talk(text) == [answer]
    assert (ada.core["human"].value, list(ada.archival.latest(9))) == ("", [])


def test_it_says_who_it_is(talk: Talk) -> None:
    """Who it is, that no language model is connected, and three lines to type."""
    (answer,) = talk("who are you?")
    assert answer.splitlines() == [ENGLISH.who_i_am, *(f"- {line}" for line in ENGLISH.what_to_type)]
    assert len(ENGLISH.what_to_type) == 3
    assert talk("what can you do?") == [answer]


def test_what_was_said_is_listed_summarised_and_repeated(talk: Talk) -> None:
    """A list by day of what belongs to it, what was stated in this conversation, and the last message."""
    answers = talk(
        "I have a meeting with the bank on Thursday.",
        "I have a meeting with Ann on Monday at 10:00.",
        "My car is red.",
        "Make a list of my meetings",
        "Summarize our conversation",
        "What did I just say?",
    )
    assert answers[3:] == [
        "I found:\n"
        "1. I have a meeting with Ann on Monday at 10:00. (this Monday, 30 November, 10:00)\n"
        "2. I have a meeting with the bank on Thursday. (this Thursday, 3 December)",
        "What was said:\n"
        "- I have a meeting with the bank on Thursday.\n"
        "- I have a meeting with Ann on Monday at 10:00.\n"
        "- My car is red.",
        'You said: "Summarize our conversation"',
    ]


def test_it_keeps_what_to_remind_of_and_says_that_it_cannot_ring(ada: Agent, talk: Talk, clock: FrozenClock) -> None:
    """A dated intention is found on its day."""
    (answer,) = talk("Remind me to call mom tomorrow.")
    assert answer == ENGLISH.reminder.format(when=" for tomorrow, 29 November", what="call mom tomorrow")
    assert ada.core["human"].value == "Remind me to call mom tomorrow. [2026-11-28]"
    clock.advance(days=1)
    assert talk("What should I do today?") == ["I found:\n1. call mom tomorrow (today, 29 November)"]


def test_advice_is_never_given(talk: Talk) -> None:
    """What was said about it is quoted, without a yes or no."""
    assert talk("I am allergic to penicillin.", "Should I take penicillin?")[1] == (
        '"I am allergic to penicillin." — you, today'
    )


def test_an_appointment_moves(talk: Talk) -> None:
    """The newer time answers."""
    answers = talk(
        "I have a dentist appointment next Tuesday at 9:30.",
        "Actually, the dentist appointment is at 10:30.",
        "When is my dentist appointment?",
    )
    assert "10:30" in answers[2].partition(" — ")[0]


def test_only_the_newer_time_is_listed(ada: Agent, talk: Talk) -> None:
    """The line of the appointment holds the time; another one at a time of its own is left alone."""
    answers = talk(
        "I have a dentist appointment next Tuesday at 9:30.",
        "I have a meeting next Tuesday at 11:00.",
        "My dentist appointment is at 10:30.",
        "When is my dentist appointment?",
        "What do I have to do next Tuesday?",
    )
    assert answers[2:] == [
        'Corrected: "I have a dentist appointment next Tuesday at 10:30."',
        'This Tuesday, 1 December, 10:30. — you, today: "I have a dentist appointment next Tuesday at 10:30."',
        "I found:\n"
        "1. I have a dentist appointment next Tuesday at 10:30. (this Tuesday, 1 December, 10:30)\n"
        "2. I have a meeting next Tuesday at 11:00. (this Tuesday, 1 December, 11:00)",
    ]


def test_a_summary_holds_nothing_that_was_forgotten(talk: Talk) -> None:
    """In this conversation."""
    answers = talk("I keep bees.", "I am allergic to nuts.", "Forget my allergies.", "Summarize our conversation")
    assert answers[3] == "What was said:\n- I keep bees."


def test_a_chinese_family(talk: Talk) -> None:
    """Two facts in a sentence, a pronoun in the next, and in the question."""
    answers = talk("我老公叫王强，他是医生。", "他在省立医院上班。", "我老公叫什么名字？", "他在哪里工作？")
    assert answers[2:] == [
        "王强。 — 你，今天：“我老公叫王强，他是医生。”",
        "省立医院。 — 你，今天：“王强在省立医院上班。”",
    ]


def test_what_is_near_is_quoted_as_such(talk: Talk) -> None:
    """Where no sentence answers, the nearest is shown as no more than that."""
    (_, answer) = talk("My neighbour Ines has two boys.", "How many cars does Ines have?")
    assert answer == f'{ENGLISH.unknown} {ENGLISH.nearest} "My neighbour Ines has two boys." — you, today'


def test_it_quotes_neither_itself_nor_questions(talk: Talk) -> None:
    """However often it is asked, only what the user stated is quoted, once."""
    talk("My bicycle is green. Is yours?")
    for _ in range(3):
        assert talk("What colour is my bicycle?") == ['"My bicycle is green." — you, today']


def test_what_does_not_fit_a_full_block_goes_to_archival(home: Path, clock: FrozenClock) -> None:
    """Where core memory is full, the fact is stored in archival memory."""
    with Carrel.open(home, "offline", "none", clock, flags={"limit_human": 20}) as carrel:
        ada = carrel.agent("ada")
        assert ada.session().send("I was born in Trondheim.").text == "Noted."
        assert [passage.text for passage in ada.archival.latest(9)] == ["I was born in Trondheim. [2026-11-28]"]
        assert ada.core["human"].value == ""


def test_a_long_statement_goes_to_archival(ada: Agent, talk: Talk) -> None:
    """A statement too long for core memory is a passage."""
    long = "I grew up " + "between the river and the old mill " * 6 + "in Telemark."
    talk(long)
    assert [passage.text for passage in ada.archival.latest(9)] == [f"{long} [2026-11-28]"]
    assert ada.core["human"].value == ""


def asked(text: str, *tools: str) -> Reply:
    """Return the first reply to a message, with these tools."""
    schemas = tuple(ToolSchema(name, "") for name in tools)
    *pieces, reply = OfflineModel().stream(Request((UserMessage(text),), schemas))
    assert isinstance(reply, Reply)
    assert "".join(piece.text for piece in pieces if isinstance(piece, TextPiece)) == reply.message.text
    return reply


def test_a_question_is_searched_before_anything_is_changed() -> None:
    """Both tiers are searched for what is asked; nothing that is not offered is called."""
    text = "I keep bees. What do I keep?"
    reply = asked(text, "core_memory_append", "recall_search", "archival_search")
    assert [(call.name, json.loads(call.arguments)) for call in reply.message.calls] == [
        ("recall_search", {"query": "What do I keep?"}),
        ("archival_search", {"query": "What do I keep?"}),
    ]
    assert len({call.id for call in reply.message.calls}) == 2
    assert [call.name for call in asked(text, "core_memory_append").message.calls] == ["core_memory_append"]
    assert asked(text).message.calls == ()
