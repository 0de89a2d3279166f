"""The bin is listed newest first, page by page, with who forgot what."""

from carrel.clock import FrozenClock
from carrel.memory.forgetting.selection import Selection
from carrel.memory.inspection.bin_pages import BinItem, BinPage, list_bin
from carrel.memory.store import Memory
from carrel.memory.values import Cause

USER = Cause("user")


def test_an_empty_bin_has_one_empty_page(memory: Memory) -> None:
    """Nothing was forgotten: no item, one page."""
    assert list_bin(memory) == BinPage((), (), 0, 1, 1)


def test_what_is_in_the_bin_is_listed(memory: Memory, other: Memory) -> None:
    """Passages, messages and lines are listed with who forgot them; another agent's are not."""
    memory.core.append("human", "Likes tea.\n喜欢喝茶。", USER)
    passage = memory.archival.insert("The code is 4711.").passage
    other.archival.insert("The code is 4711.")
    memory.forgetting.forget(Selection((passage.id,)), USER)
    memory.forgetting.forget(Selection(("human:2",)), USER)
    now = memory.now()
    assert list_bin(memory) == BinPage(
        (BinItem("archival", passage.id, "The code is 4711.", now, "user", None),),
        (BinItem("core", "human:2", "喜欢喝茶。", None, None, None),),
        1,
        1,
        1,
    )
    assert list_bin(other).total == 0


def test_pages_follow_one_another(memory: Memory, clock: FrozenClock) -> None:
    """The newest is first, and the pages together hold each item once."""
    made = [memory.archival.insert(f"Number {number}.").passage.id for number in range(5)]
    for item in made:
        clock.advance(minutes=1)
        memory.forgetting.forget(Selection((item,)), USER)
    pages = [list_bin(memory, page, limit=2) for page in (1, 2, 3)]
    assert [item.id for page in pages for item in page.items] == made[::-1]
    assert [(page.total, page.pages) for page in pages] == [(5, 3)] * 3


def test_what_is_erased_or_restored_is_gone(memory: Memory) -> None:
    """A restored memory leaves the bin, and an erased one too."""
    first, second = (memory.archival.insert(text).passage for text in ("One fact.", "Another truth."))
    memory.forgetting.forget(Selection((first.id,)), USER)
    memory.forgetting.forget(Selection((second.id,)), USER)
    memory.forgetting.restore(first.id, USER)
    assert [item.id for item in list_bin(memory).items] == [second.id]
    memory.forgetting.purge(USER)
    assert list_bin(memory).total == 0
