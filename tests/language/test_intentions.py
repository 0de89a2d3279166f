"""What somebody says that they still have to do."""

import pytest

from carrel.language.intentions import find_intentions


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("I moved to Bonn. I need to buy milk!", ["I need to buy milk"]),
        ("Remind me to call Ada. Don't forget the keys.", ["Remind me to call Ada", "Don't forget the keys"]),
        ("Do I need to buy milk?", []),
        ("Ich muss noch Milch kaufen.", ["Ich muss noch Milch kaufen"]),
        ("Je dois appeler Marie.", ["Je dois appeler Marie"]),
        ("Tengo que llamar a Marie.", ["Tengo que llamar a Marie"]),
        ("我住在波恩。我要买牛奶。", ["我要买牛奶"]),
        ("I need", ["I need"]),
        ("", []),
    ],
)
def test_what_is_to_be_done(text: str, found: list[str]) -> None:
    """Sentences that say so, in five languages, without their last mark; questions are none."""
    assert find_intentions(text) == found
