"""Search by words alone: filters hold, totals are true, and no text is syntax."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from carrel.errors import UsageError
from carrel.memory.store import Memory
from carrel.memory.values import Filters, NewMessage, SearchPage, Tier
from carrel.messages import AssistantMessage, ToolResult, UserMessage

Say = Callable[..., NewMessage]

BOTH: tuple[Tier, ...] = ("recall", "archival")


def texts(found: SearchPage) -> list[str]:
    """Return the texts of a page, in their order."""
    return [hit.text for hit in found.hits]


def test_nothing_found(memory: Memory) -> None:
    """A search that finds nothing has one page with no hits, and says by what it searched."""
    expected = SearchPage("aardvark", (), total=0, page=1, pages=1, mode="words")
    assert memory.search.find("aardvark", BOTH) == expected


def test_both_tiers(memory: Memory, say: Say) -> None:
    """One search looks through recall and archival and counts both."""
    memory.recall.load([say("A heron stood there.")])
    memory.archival.insert("Herons eat fish.")
    found = memory.search.find("heron", BOTH)
    assert (sorted(hit.tier for hit in found.hits), found.total) == (["archival", "recall"], 2)


def test_results_of_calls_are_not_found(memory: Memory) -> None:
    """Neither results of calls nor the names in a call's JSON are found: only what was said."""
    session = memory.sessions.start()
    for message in (UserMessage("heron"), AssistantMessage("heron too"), ToolResult("c", "heron", "heron text role")):
        memory.recall.add(session, message)
    assert sorted(texts(memory.recall.search("heron"))) == ["heron", "heron too"]
    assert memory.recall.search("text role tool").total == 0


def test_pages(memory: Memory, say: Say) -> None:
    """Pages have true totals, hold each match exactly once, and end with an empty one."""
    memory.recall.load([say(f"heron {n}", day=n % 28 + 1) for n in range(23)] + [say("a swan")])
    pages = [memory.recall.search("heron", limit=10, page=page) for page in (1, 2, 3, 4)]
    assert [(page.total, page.page, page.pages, len(page.hits)) for page in pages] == [
        (23, 1, 3, 10),
        (23, 2, 3, 10),
        (23, 3, 3, 3),
        (23, 4, 3, 0),
    ]
    assert sorted(text for page in pages for text in texts(page)) == sorted(f"heron {n}" for n in range(23))


def test_deep_pages(memory: Memory, say: Say) -> None:
    """Beyond the first two hundred matches, too, no page repeats or skips one."""
    memory.recall.load([say(f"heron {'swan ' * (n % 5)}{n}") for n in range(260)])
    ids = [hit.id for page in range(1, 14) for hit in memory.recall.search("heron swan", 20, page).hits]
    assert (len(ids), len(set(ids))) == (260, 260)


@pytest.mark.parametrize(
    ("query", "limit", "page", "said"),
    [
        ("", 10, 1, "empty"),
        (" \n\x00", 10, 1, "empty"),
        ("x", 0, 1, "Limit 0"),
        ("x", 1001, 1, "Limit 1001"),
        ("x", 10, 0, "Page 0"),
    ],
)
def test_refused(memory: Memory, query: str, limit: int, page: int, said: str) -> None:
    """An empty question, and limits and pages out of range, are refused with what would be right."""
    with pytest.raises(UsageError, match=said):
        memory.recall.search(query, limit, page)


def test_of_two_agents(memory: Memory, other: Memory, say: Say) -> None:
    """No agent finds what another knows, whatever it asks for."""
    memory.recall.load([say("A heron stood there.")])
    memory.archival.insert("Herons eat fish.", ["birds"])
    session = memory.sessions.find("letters")
    name = f"agent{memory.scope.agent_id}"
    for query in ("heron", name, f'heron" OR agent:"{name}', f"agent:{name}"):
        for filters in (Filters(), Filters(session=session), Filters(tags=("birds",))):
            assert other.search.find(query, BOTH, filters=filters) == SearchPage(
                other.search.find(query, BOTH).query, (), 0, 1, 1, "words"
            )


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("我住在北京，喜欢喝茶。", "北京"),
        ("我住在北京，喜欢喝茶。", "喝茶"),
        ("我住在北京，喜欢喝茶。", "你喜欢什么茶？喝茶吗"),
        ("東京タワーに行きました", "タワー"),
        ("서울에서 만났어요", "서울"),
        ("Happy birthday 🎂!", "🎂"),
        ("Call getUserName() first", "getUserName"),
        ("Call getUserName() first", "user name"),
        ("set MAX_POOL_SIZE=4", "max_pool_size"),
        ("set MAX_POOL_SIZE=4", "pool"),
        ("Crème brûlée", "creme brulee"),
        ("We were running late", "run"),
        ("mail ann@example.org now", "ann@example.org"),
        ("It's a C++ thing", "C++"),
        ("version 3.11.7", "3.11"),
        ('She said "don\'t"', "don't"),
        ("Здравствуй, мир", "мир"),
    ],
)
def test_found_by(memory: Memory, say: Say, text: str, query: str) -> None:
    """A text is found by its words in any script, by parts of identifiers, by emoji, without accents and stemmed."""
    memory.recall.load([say("Something else entirely."), say(text)])
    memory.archival.insert("Something else entirely.")
    memory.archival.insert(text)
    assert [texts(memory.search.find(query, (tier,)))[:1] for tier in BOTH] == [[text]] * 2


@pytest.mark.parametrize(
    "query",
    ["南京", "of the", "heron AND nothing", "NOT heron", "NEAR(heron swan)", "text:heron", "her*", "^heron", "{"],
)
def test_syntax_is_data(memory: Memory, say: Say, query: str) -> None:
    """Operators of the full-text language are words like others: none turns a search round or widens it."""
    memory.recall.load([say("A heron stood there."), say("我住在北京")])
    expected = ["A heron stood there."] if "heron" in query else []
    assert texts(memory.recall.search(query)) == expected


def test_speaker_is_searchable(memory: Memory, say: Say) -> None:
    """A message is found by who said it."""
    memory.recall.load([say("Hello there."), say("Hello there.", "assistant")])
    assert [hit.speaker for hit in memory.recall.search("What did Ann say?").hits] == ["Ann"]


def test_found_at_once(memory: Memory) -> None:
    """What was just stored is found, also within the transaction that stored it."""
    with memory.transaction() as within:
        within.archival.insert("Herons eat fish.")
        inside = texts(within.archival.search("heron"))
    assert (inside, texts(memory.archival.search("heron"))) == (["Herons eat fish."],) * 2


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.text(max_size=60), st.text(alphabet='"*()^:{}-+ANDORNEAT \x00', max_size=20)))
@example("\ud800")
@example("\U0001e900\U0001e922")
@example('"')
@example("AND")
@example("a" * 9000)
def test_any_text(memory: Memory, query: str) -> None:
    """No text that anyone may type raises anything but UsageError, or finds what has no word of it."""
    if memory.archival.count() == 0:
        memory.archival.insert("☃")
    try:
        found = memory.search.find(query, BOTH)
    except UsageError:
        return
    assert found.total == ("☃" in query)


def test_best_leaves_out_what_asks_and_agrees_with_find(memory: Memory, say: Say) -> None:
    """What is most relevant to a message comes in the order of a search for its text, the message itself left out."""
    days = range(1, 9)
    memory.recall.load(
        [say(f"A heron stood there, {'by the river' if day % 2 else 'alone'}.", day=day) for day in days]
    )
    _, message = memory.turns.begin(memory.sessions.start(), "Where did the heron stand by the river?", "m")
    found = memory.search.find(message.text, BOTH, limit=30, rank_last={message.n})
    best = memory.search.find_relevant(message, BOTH, limit=30, timeout_s=0.0)
    assert [hit.id for hit in best] == [hit.id for hit in found.hits if hit.id != message.id]
    assert len(best) == 8
    assert memory.search.find_relevant(message, BOTH, limit=3, timeout_s=0.0) == best[:3]
