"""What a session was about."""

from carrel.agent.recap import Recap, recap, suggest_title
from carrel.bootstrap import Carrel
from carrel.models.chat.scripted import ScriptedModel, say


def test_the_last_statement_and_what_is_open() -> None:
    """Greetings, questions and the agent's own words say nothing of it; Chinese counts by characters."""
    with Carrel.open(model="offline", embedder="none") as carrel:
        session = carrel.agent("ada").session()
        assert session.recap() == Recap()
        for text in ("Hi!", "I am moving to Paris. I need to buy milk.", "What is the time?", "Thanks."):
            session.send(text)
        assert session.recap() == Recap("I am moving to Paris", "I need to buy milk")
        session.send("我住在波恩附近。")
        assert session.recap() == Recap("我住在波恩附近", "I need to buy milk")
    assert recap([]) == Recap()


def test_a_title_by_the_model() -> None:
    """The first line of what it says, without quotation marks; without a language model the first sentence."""
    model = ScriptedModel([say("Hello."), say('<think>Hm.</think>"A move to Paris"\nor so')])
    with Carrel.open(model=model, embedder="none") as carrel:
        session = carrel.agent("ada").session()
        session.send("I am moving to Paris. Soon.")
        assert session.suggest_title() == "A move to Paris"
        assert "user: I am moving to Paris. Soon." in model.requests[-1].messages[-1].text
    with Carrel.open(model="offline", embedder="none") as carrel:
        assert carrel.agent("ada").session("last").suggest_title() == "I am moving to Paris."


def test_a_model_that_says_nothing_gives_no_title() -> None:
    """An empty reply is no title."""
    assert suggest_title(ScriptedModel([say("")]), []) == ""
