"""Values of facts, compared."""

from carrel.language.facts.fact import folded, same_value


def test_case_articles_and_marks_do_not_matter() -> None:
    """A value is the same with an article or without; an article alone is a value."""
    assert same_value("The Peanuts!", "peanuts")
    assert same_value("eine Katze", "Katze")
    assert not same_value("peanuts", "walnuts")
    assert folded("A") == "a"
    assert folded("hunter2-blue") == "hunter2-blue"
