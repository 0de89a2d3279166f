"""The queue's arithmetic, by properties over every shape of conversation."""

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from carrel.agent.context.eviction import Flush, plan_flush
from carrel.agent.window.budget import PER_MESSAGE
from carrel.memory.values import StoredMessage
from carrel.messages import ROLES, Role, ToolCall

AT = datetime(2026, 1, 5, tzinfo=UTC)
SHARES = st.floats(0.05, 1.0)


def message(n: int, role: Role, tokens: int, calls: tuple[str, ...] = (), call_id: str | None = None) -> StoredMessage:
    """Make a message of a given weight."""
    asked = tuple(ToolCall(one, "look", "{}") for one in calls)
    return StoredMessage(n, f"m-{n}", role, "text", AT, "s", tokens, calls=asked, call_id=call_id)


@st.composite
def conversations(draw: st.DrawFn) -> list[StoredMessage]:
    """Draw turns of a user's message and rounds of calls, the last turn perhaps without its reply."""
    made: list[StoredMessage] = []

    def add(role: Role, calls: tuple[str, ...] = (), call_id: str | None = None) -> None:
        made.append(message(len(made) + 1, role, draw(st.integers(1, 60)), calls, call_id))

    for _ in range(draw(st.integers(1, 5))):
        add("user")
        for _ in range(draw(st.integers(0, 4))):
            ids = tuple(f"c{len(made)}-{i}" for i in range(draw(st.integers(0, 3))))
            add("assistant", ids)
            for one in ids:
                add("tool", call_id=one)
    return made


def tokens(messages: tuple[StoredMessage, ...] | list[StoredMessage]) -> int:
    """Return what messages take in main context."""
    return sum(one.tokens + PER_MESSAGE for one in messages)


def least(messages: list[StoredMessage]) -> list[StoredMessage]:
    """Return what always stays: the last user message and the last round after it."""
    start = max(n for n, one in enumerate(messages) if one.role == "user")
    rounds = [n for n in range(start + 1, len(messages)) if messages[n].role == "assistant"]
    return [messages[start], *(messages[rounds[-1] :] if rounds else [])]


@settings(deadline=None, max_examples=200)
@given(conversations(), st.integers(0, 400), SHARES)
def test_nothing_is_lost(messages: list[StoredMessage], budget: int, share: float) -> None:
    """What is evicted and what is kept are together what there was, each in order."""
    flush = plan_flush(messages, budget, share)
    assert sorted([*flush.evicted, *flush.kept], key=lambda one: one.n) == messages
    assert [one.n for one in flush.evicted] == sorted(one.n for one in flush.evicted)
    assert [one.n for one in flush.kept] == sorted(one.n for one in flush.kept)


@settings(deadline=None, max_examples=200)
@given(conversations(), st.integers(0, 400), SHARES)
def test_the_end_stays(messages: list[StoredMessage], budget: int, share: float) -> None:
    """What is kept is the end of the conversation, before it at most the last user message; its least part is in it."""
    kept = list(plan_flush(messages, budget, share).kept)
    whole = messages[-len(kept) :]
    without_user = [least(messages)[0], *messages[len(messages) - len(kept) + 1 :]]
    assert kept in (whole, without_user)
    assert set(least(messages)) <= set(kept)


@settings(deadline=None, max_examples=200)
@given(conversations(), st.integers(0, 400), SHARES)
def test_calls_keep_their_results(messages: list[StoredMessage], budget: int, share: float) -> None:
    """On either side each call stands with its result and each result with its call."""
    flush = plan_flush(messages, budget, share)
    for side in (flush.evicted, flush.kept):
        asked = [call.id for one in side for call in one.calls]
        assert asked == [one.call_id for one in side if one.role == "tool"]


@settings(deadline=None, max_examples=200)
@given(conversations(), st.integers(0, 400), SHARES)
def test_fits_or_is_the_least(messages: list[StoredMessage], budget: int, share: float) -> None:
    """What is kept fits the budget, or it is no more than the last user message and the last round."""
    kept = list(plan_flush(messages, budget, share).kept)
    assert tokens(kept) <= budget or kept == least(messages)


@settings(deadline=None, max_examples=200)
@given(conversations(), st.integers(0, 400), SHARES)
def test_strict_progress(messages: list[StoredMessage], budget: int, share: float) -> None:
    """A flush evicts something wherever there is an older turn, or a turn over the budget has an older round."""
    flush = plan_flush(messages, budget, share)
    several = sum(one.role == "user" for one in messages) > 1
    over = tokens(messages) > budget and messages != least(messages)
    assert bool(flush.evicted) == (several or over)


@settings(deadline=None, max_examples=100)
@given(conversations(), SHARES)
def test_about_the_share(messages: list[StoredMessage], share: float) -> None:
    """Where all fits, the share is evicted, and not one turn more than it takes."""
    flush = plan_flush(messages, tokens(messages), share)
    wanted = min(tokens(messages) * share, tokens(messages) - 1)
    if any(one.role == "user" for one in flush.evicted):
        last = max(n for n, one in enumerate(flush.evicted) if one.role == "user")
        assert tokens(flush.evicted[:last]) < wanted
    assert tokens(flush.evicted) >= wanted or flush.kept[0] == least(messages)[0]


@settings(deadline=None, max_examples=100)
@given(st.lists(st.tuples(st.sampled_from(ROLES), st.integers(0, 9)), max_size=12), st.integers(0, 40), SHARES)
def test_any_sequence(shape: list[tuple[Role, int]], budget: int, share: float) -> None:
    """No sequence of messages, however broken, raises or loses one."""
    messages = [message(n, role, weight) for n, (role, weight) in enumerate(shape)]
    flush = plan_flush(messages, budget, share)
    assert sorted([*flush.evicted, *flush.kept], key=lambda one: one.n) == messages


def test_half_of_four_turns() -> None:
    """Four equal turns at a share of one half leave two."""
    messages = [message(n, "user" if n % 2 else "assistant", 10) for n in range(1, 9)]
    assert plan_flush(messages, 80, 0.5) == Flush(tuple(messages[:4]), tuple(messages[4:]))


def test_within_a_turn() -> None:
    """A turn that alone is over the budget loses its oldest rounds, never its question."""
    question, last = message(1, "user", 10), message(4, "assistant", 10)
    asked, told = message(2, "assistant", 10, ("c",)), message(3, "tool", 50, (), "c")
    assert plan_flush([question, asked, told, last], 30, 0.5) == Flush((asked, told), (question, last))
