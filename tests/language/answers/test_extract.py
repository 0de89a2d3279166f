"""The words that answer, out of the sentence that holds them."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrel.language.acts.vocabulary import Ask
from carrel.language.answers.extract import extract
from carrel.language.answers.relevance import Asked
from carrel.language.languages import LANGUAGES

SAID = datetime(2026, 11, 28, 9)


@pytest.mark.parametrize(
    ("ask", "question", "text", "found"),
    [
        (Ask.WHAT, "What did I buy?", "I bought a red kettle yesterday.", "a red kettle"),
        (Ask.WHAT, "What did Ines paint?", "I painted a barn, a mill and two horses.", "a barn, a mill and two horses"),
        (Ask.WHAT, "What kind of floor do we want?", "We saw a dark oak floor in the hall.", "dark oak floor"),
        (Ask.WHAT, "What did the doctor say?", "The doctor was late.", "late"),
        (Ask.WHAT, "What is my blood type?", "I lost my type of card.", ""),
        (
            Ask.WHERE,
            "Where did I leave the keys?",
            "I left the keys under the blue pot and went out.",
            "under the blue pot",
        ),
        (Ask.WHERE, "Where was the wedding?", "The wedding was on Monday.", ""),
        (Ask.WHO, "Who fixed the roof?", "The roof was fixed by Bo Larsen.", "Bo Larsen"),
        (Ask.WHO, "Who fixed the roof?", "The roof was fixed on Monday.", ""),
        (Ask.HOW_LONG, "How long was the trip?", "The trip took about three weeks.", "about three weeks"),
        (Ask.WHY, "Why did I sell the car?", "I sold the car because it was too loud. Sad.", "it was too loud"),
        (Ask.HOW_MANY, "How many cats are there?", "There are four cats.", ""),
    ],
)
def test_what_answers_is_found(ask: Ask, question: str, text: str, found: str) -> None:
    """By the form of the question; nothing where no form fits."""
    assert extract(Asked(question, ask, "en", frozenset({"ines"})), text, SAID) == found


@given(st.text(max_size=120), st.text(max_size=60), st.sampled_from(Ask), st.sampled_from(LANGUAGES))
def test_it_is_taken_from_the_sentence(text: str, question: str, ask: Ask, language: str) -> None:
    """Whatever is said and asked: the words stand in the sentence, but for quotes around them."""
    found = extract(Asked(question, ask, language), text, SAID)  # type: ignore[arg-type]
    held = text.translate(str.maketrans("’‘“”«»„\u00a0\u202f", '\'\'"""""  ')).replace('"', "")
    assert found in held
