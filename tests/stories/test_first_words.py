"""What new users say first, and what the built-in model does: each as it was tried, word for word.

With MiniLM where spelling or meaning has to be bridged, without it elsewhere.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from carrel.agent.agent import Agent
from carrel.bootstrap import Carrel
from carrel.clock import FrozenClock
from carrel.dates import UNKNOWN
from carrel.memory.values import NewMessage

START = "2026-11-28T10:00:00+01:00"


@pytest.fixture
def clock() -> FrozenClock:
    """A clock that stands at ten in the morning of a Saturday in November."""
    return FrozenClock(START)


@pytest.fixture
def ada(home: Path, clock: FrozenClock) -> Iterator[Agent]:
    """An agent that knows nothing yet."""
    with Carrel.open(home, "offline", "none", clock) as carrel:
        yield carrel.agent("ada")


def talk(agent: Agent, *texts: str) -> list[str]:
    """Say things in a session of their own and return the answers."""
    with agent.session() as session:
        return [session.send(text).text for text in texts]


def human(agent: Agent) -> str:
    """Return what core memory holds about the user."""
    return agent.core["human"].value


def test_forget_that_i_am_allergic(ada: Agent) -> None:
    """It forgets, names what it removed, and the request is no fact."""
    talk(ada, "I am allergic to peanuts. I have a dog.")
    (answer,) = talk(ada, "Please forget that I am allergic to peanuts.")
    assert answer.startswith('Forgotten: "I am allergic to peanuts".')
    assert human(ada) == "I have a dog. [2026-11-28]"
    assert list(ada.archival.latest(9)) == []
    assert talk(ada, "What am I allergic to?") == ["I don't know: you have not told me."]


@pytest.mark.parametrize(("agrees", "left"), [(True, 0), (False, 1)])
def test_forgetting_asks_first(home: Path, clock: FrozenClock, agrees: bool, left: int) -> None:
    """By the tool that every model has: what the user agrees to goes from all tiers, and nothing does otherwise."""
    with Carrel.open(home, "offline", "none", clock) as carrel:
        asked: list[str] = []

        def approve(name: str, arguments: str) -> bool:
            asked.append(name)
            return agrees

        carrel.approve = approve
        agent = carrel.agent("ada")
        talk(agent, "I am allergic to peanuts.")
        (answer,) = talk(agent, "Please forget that I am allergic to peanuts.")
        assert asked == ["memory_forget"]
        assert answer == (
            'Forgotten: "I am allergic to peanuts". /undo brings it back.' if agrees else "All right: I keep it."
        )
        assert human(agent).count("peanuts") == left
        found = [hit.text for hit in agent.recall.search("peanuts").hits]
        assert ("I am allergic to peanuts." in found) == bool(left)


def test_i_quit_my_job(ada: Agent, clock: FrozenClock) -> None:
    """What is over is no answer any more; what was before it is told."""
    talk(ada, "I work at a bank.")
    clock.advance(days=1)
    assert talk(ada, "I quit my job last Friday.", "Where do I work?", "What do I do for a living?")[1:] == [
        '"I quit my job last Friday." — you, today; before that a bank',
        '"I quit my job last Friday." — you, today',
    ]


def test_what_clara_likes_to_eat(ada: Agent) -> None:
    """In German, where the likings are told with another word."""
    answers = talk(ada, "Meine Nichte Clara isst am liebsten Spätzle", "Was isst Clara gern?")
    assert answers[1] == "„Meine Nichte Clara isst am liebsten Spätzle“ — du, heute"


def test_do_i_have_a_dog(ada: Agent) -> None:
    """A poodle is one; a colour says nothing of it, and neither does a friend's dog."""
    assert talk(ada, "My favourite colour is teal.", "Do I have a dog?")[1] == "I don't know: you have not told me."
    assert talk(ada, "My friend Bea has a dog.", "Do I have a dog?")[1] == "You have not told me so."
    assert (
        talk(ada, "I've got a poodle called Fig.", "Do I have a dog?")[1]
        == 'Yes. — you, today: "I\'ve got a poodle called Fig."'
    )


def test_what_an_assistant_says_of_itself_is_nothing_about_the_user(ada: Agent, clock: FrozenClock) -> None:
    """In an imported conversation; what it recommended is quoted with its name."""
    ada.recall.load(
        [
            NewMessage("user", "Tell me about yourself, and recommend a restaurant.", clock.now()),
            NewMessage("assistant", "I live in Rome. I recommend Trattoria Sole in Bonn.", clock.now()),
        ]
    )
    assert talk(ada, "Where do I live?") == ["I don't know: you have not told me."]
    assert talk(ada, "Which restaurant did you recommend?") == [
        '"I recommend Trattoria Sole in Bonn." — Assistant, today'
    ]


def test_an_unknown_day_is_left_out(ada: Agent) -> None:
    """Nobody knows when it was said."""
    ada.recall.load([NewMessage("user", "My sister Ann plays the harp.", UNKNOWN)])
    assert talk(ada, "What does Ann play?") == ['The harp. — you: "My sister Ann plays the harp."']


def test_i_moved(ada: Agent, clock: FrozenClock) -> None:
    """The new home, since when, and the one before; a line holds one home."""
    talk(ada, "I live in Bonn.")
    clock.advance(days=1)
    assert talk(ada, "I moved from Bonn to Paris last week.", "Where do I live?") == [
        'Noted. It replaces "I live in Bonn".',
        "Paris, since about 22 November (you said so today); before that Bonn.",
    ]
    assert human(ada) == "I moved from Bonn to Paris last week. [2026-11-29]"


def test_no_that_is_wrong(ada: Agent) -> None:
    """A correction of the answer just given; the wrong day is gone."""
    answers = talk(
        ada,
        "My birthday is May 6.",
        "When is my birthday?",
        "no that's wrong, it is on May 7",
        "When is my birthday?",
    )
    assert answers[1:] == [
        'May 6 — you, today: "My birthday is May 6."',
        'Corrected: "My birthday is May 7."',
        "May 7 (corrected today).",
    ]
    assert human(ada) == "My birthday is May 7. [corrected 2026-11-28]"


def test_what_do_you_know_about_me(ada: Agent, clock: FrozenClock) -> None:
    """A short dated list by topic, numbered through."""
    talk(ada, "My name is Ada and I live in Bonn.", "My sister Marie is a nurse.", "What do you know about me?")
    clock.advance(days=2)
    assert talk(ada, "What do you know about me?") == [
        "This is what you told me:\n"
        "You:\n1. My name is Ada and I live in Bonn. (last Saturday, 28 November)\n"
        "People and animals:\n2. My sister Marie is a nurse. (last Saturday, 28 November)"
    ]


def test_favourite_and_favorite(ada: Agent) -> None:
    """Two spellings are one word."""
    talk(ada, "My favourite colour is blue.")
    assert talk(ada, "What's my favorite color?") == ['Blue. — you, today: "My favourite colour is blue."']


def test_make_a_list_of_my_meetings(ada: Agent) -> None:
    """The list by date; the request is not stored."""
    talk(ada, "I have a meeting with Ann on Thursday at 14:30.", "I have a meeting with the bank on Monday at 10:00.")
    before = human(ada)
    assert talk(ada, "Make a list of my meetings") == [
        "I found:\n"
        "1. I have a meeting with the bank on Monday at 10:00. (this Monday, 30 November, 10:00)\n"
        "2. I have a meeting with Ann on Thursday at 14:30. (this Thursday, 3 December, 14:30)"
    ]
    assert human(ada) == before


def test_a_meeting_in_chinese(ada: Agent) -> None:
    """The day and the hour in figures, with the quote, in Chinese."""
    assert talk(ada, "明天下午三点我要开会。", "我什么时候开会？") == [
        "记下了。",
        "2026-11-29 15:00（明天，11月29日）。 — 你，今天：“明天下午三点我要开会。”",
    ]


def test_an_allergy_in_german(ada: Agent) -> None:
    """Stored, and answered in German."""
    assert talk(ada, "Ich bin gegen Erdnüsse allergisch.") == ["Notiert."]
    assert human(ada) == "Ich bin gegen Erdnüsse allergisch. [2026-11-28]"


def test_am_i_allergic_to_shellfish(ada: Agent) -> None:
    """No and yes are never concluded from silence."""
    talk(ada, "I am allergic to peanuts.")
    assert talk(ada, "Am I allergic to shellfish?") == [
        'You have not told me so. — you, today: "I am allergic to peanuts."'
    ]


def test_how_many_children(ada: Agent) -> None:
    """The number if a sentence states it; else that it is not known, with what is nearest."""
    lines = {
        "Ann": "My kids love the beach.",
        "Eva": "We have three children, all in school now. The youngest plays the harp.",
    }
    day = datetime.fromisoformat("2026-11-01T09:00:00+01:00")
    ada.recall.load([NewMessage("user", text, speaker=who, at=day, session="s1") for who, text in lines.items()])
    assert talk(ada, "How many children does Eva have?", "How many horses does Eva have?") == [
        'Three children. — Eva, 1 November: "We have three children, all in school now."',
        "I don't know: you have not told me.",
    ]


def test_who_are_you(ada: Agent) -> None:
    """Who it is and three lines to type; a greeting for a greeting; nothing is stored."""
    who, can, hi, thanks = talk(ada, "who are you?", "what can you do?", "hi", "thanks")
    assert who == can
    assert who.startswith("I am Carrel, a companion with a memory that outlasts our conversations.")
    assert sum(line.startswith("- ") for line in who.splitlines()) == 3
    assert (hi, thanks) == ("Hello! Tell me something to remember, or ask what you told me.", "You're welcome.")
    assert human(ada) == ""


def test_summarize_and_repeat(ada: Agent) -> None:
    """What was stated, and the last message, as they were said."""
    answers = talk(
        ada, "I signed the lease today.", "It costs 900 euros.", "What did I just say?", "Summarize our conversation"
    )
    assert answers[2:] == [
        'You said: "It costs 900 euros."',
        "What was said:\n- I signed the lease today.\n- It costs 900 euros.",
    ]


def test_remind_me(ada: Agent, clock: FrozenClock) -> None:
    """A dated intention; it says that it cannot ring, and finds it on its day."""
    assert talk(ada, "Remind me to call mom tomorrow.") == [
        "Noted for tomorrow, 29 November: call mom tomorrow. "
        "I cannot ring, but ask me what you have planned and I will say so."
    ]
    assert human(ada) == "Remind me to call mom tomorrow. [2026-11-28]"
    clock.advance(days=1)
    assert talk(ada, "What do I have to do today?") == ["I found:\n1. call mom tomorrow (today, 29 November)"]


def test_the_wifi_password(ada: Agent) -> None:
    """A secret is noted, and answered to the letter."""
    assert talk(ada, "The wifi password is hunter2-blue.", "What is the wifi password?") == [
        "Noted.",
        'hunter2-blue — you, today: "The wifi password is hunter2-blue."',
    ]
