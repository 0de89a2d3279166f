"""Long pastes are shown by their size and sent in full."""

from hypothesis import given
from hypothesis import strategies as st

from carrel.cli.terminal.input.pastes import MAX_CHARACTERS, Pastes

ROWS = "\n".join(f"row {number}" for number in range(200))


def test_what_is_short_stays_and_what_is_long_gets_a_label() -> None:
    """Equal pastes have one label, others of the same size a numbered one; a label that was only typed is text."""
    pastes = Pastes()
    other = ROWS.replace("row", "line")
    assert pastes.shorten("a\nb") == "a\nb"
    assert [pastes.shorten(ROWS), pastes.shorten(ROWS + "\n"), pastes.shorten(other), pastes.shorten(ROWS)] == [
        "[200 lines pasted]",
        "[200 lines pasted #2]",
        "[200 lines pasted #3]",
        "[200 lines pasted]",
    ]
    assert pastes.shorten("x" * 3000) == "[3000 characters pasted]"
    assert pastes.expand("See [200 lines pasted #3], [7 lines pasted]") == f"See {other}, [7 lines pasted]"
    assert pastes.label_at_end("See [200 lines pasted #2]") == "[200 lines pasted #2]"
    assert pastes.label_at_end("See") == ""
    pastes.clear()
    assert pastes.expand("[200 lines pasted]") == "[200 lines pasted]"


@given(st.lists(st.text(st.sampled_from("a[1 lines pasted]\n小"), min_size=1).map(lambda text: text * MAX_CHARACTERS)))
def test_every_paste_comes_back(texts: list[str]) -> None:
    """Whatever is pasted, expanding what is shown returns it."""
    pastes = Pastes()
    assert [pastes.expand(pastes.shorten(text)) for text in texts] == texts
