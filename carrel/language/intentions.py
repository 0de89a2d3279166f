"""Find what somebody said that they still have to do. Pure."""

import re

from carrel.language.sentences import plain, sentences

_INTENTION = re.compile(
    r"\b(?:(?:i|we)(?:'ll|'d)? (?:still )?(?:need|have|want|must|ought|should|plan)\b(?: to)?|remind me|"
    r"(?:don't|do not|never) forget|to-?do:)"
    r"|\b(?:ich|wir) (?:muss|müssen|sollte|sollten|will|wollen)\b|\berinner\w* mich|\bnicht vergessen"
    r"|\b(?:je dois|nous devons|il faut que|rappelle[- ]moi|n'oublie)"
    r"|\b(?:tengo que|tenemos que|debo|recuérdame|no olvid\w+)"
    r"|(?:我|我们)(?:要|得|必须|需要|应该)|提醒我|别忘|不要忘",
    re.IGNORECASE,
)
"""English, German, French, Spanish and Chinese."""


def find_intentions(text: str) -> list[str]:
    """Return the sentences of a text that say what is to be done, without their last mark; questions are none."""
    return [plain(found) for found in sentences(text) if is_intention(found)]


def is_intention(sentence: str) -> bool:
    """Return whether a sentence says what is to be done."""
    return not sentence.rstrip('"”»』」)').endswith(("?", "？")) and bool(_INTENTION.search(sentence))
