"""What a message tells of its speaker is read by rules, in five languages, and nothing else is kept."""

import pytest

from carrel.agent.capture.rules import MAX_MESSAGE, Captured, Note, capture, change_by, note_sentences, own_facts


def told(message: str, *notes: str) -> tuple[list[str], list[str], list[str]]:
    """Return what is new, what is outdated and what is to be forgotten."""
    found = capture(message, [Note(note) for note in notes])
    return list(found.new), [note.text for note in found.outdated], [note.text for note in found.forgotten]


@pytest.mark.parametrize(
    ("message", "new"),
    [
        (
            "Hi! My name is Ada, I live in Bonn and I am allergic to peanuts.",
            ["My name is Ada, I live in Bonn", "I am allergic to peanuts."],
        ),
        ("We have a new cat, she is called Minka.", ["We have a new cat, she is called Minka."]),
        (
            "Hallo! Ich wohne in Köln und vertrage keine Haselnüsse.",
            ["Ich wohne in Köln und vertrage keine Haselnüsse."],
        ),
        ("你好！我叫李娜。我住在杭州。", ["我叫李娜。", "我住在杭州。"]),
        ("Bonjour ! J'habite à Lyon.", ["J'habite à Lyon."]),
        ("Vivo en Madrid y mi hermana se llama Marta.", ["Vivo en Madrid", "Mi hermana se llama Marta."]),
        ("What is my name?", []),
        ("Thank you very much, that was kind.", []),
        ("I feel a bit tired today.", []),
        ("Hello!", []),
        ("The capital of France is Paris.", []),
        ("My password is swordfish7.", []),
        ("Write me a poem about my cat.", []),
        ("Abito a Roma e ho un gatto che si chiama Micio.", []),
    ],
)
def test_only_statements_about_the_speaker_are_kept(message: str, new: list[str]) -> None:
    """In their own words; questions, moods, thanks, requests, secrets and the rest of the world are not."""
    assert told(message) == (new, [], [])


@pytest.mark.parametrize(
    ("message", "note", "outdated"),
    [
        ("I have moved to Porto, I no longer live in Bonn.", "Lives in Bonn.", True),
        ("My shoe size is 39, please change it.", "Shoe size 38.", True),
        ("I sold my red bicycle and bought a blue one.", "Owns a red bicycle.", True),
        ("Ich wohne jetzt in Leipzig.", "Ich wohne in Hamburg.", True),
        ("I also play the trombone in a band.", "Plays the piano.", False),
        ("My sister lives in Rome.", "Lives in Bonn.", False),
    ],
)
def test_notes_that_are_no_longer_true(message: str, note: str, outdated: bool) -> None:
    """A new value of the same fact makes a note untrue, and so does a word of change beside its words."""
    new, gone, forgotten = told(message, "Ada.", note)
    assert len(new) > 0
    assert (gone, forgotten) == ([note] if outdated else [], [])


@pytest.mark.parametrize(
    ("message", "notes", "forgotten"),
    [
        ("Please forget my phone number.", ["Phone number 0176.", "Likes tea."], ["Phone number 0176."]),
        ("Remove everything about Priscilla from your memory.", ["Tom.", "Used to date Priscilla."], None),
        ("Bitte vergiss meine Kontonummer.", ["Fährt Motorrad.", "Kontonummer 88231450."], None),
        (
            "Delete the PIN of my garage from your memory.",
            ["My garage stands in Turin.", "PIN of the garage 9921."],
            None,
        ),
        ("Please forget my phone number.", ["Likes tea."], []),
    ],
)
def test_what_is_to_be_forgotten(message: str, notes: list[str], forgotten: list[str] | None) -> None:
    """The notes that share most words with it go, and nothing is kept of the request."""
    assert told(message, *notes) == ([], [], notes[-1:] if forgotten is None else forgotten)


def test_what_is_known_is_not_kept_twice() -> None:
    """Neither the sentence itself nor one that holds it, whatever its case and mark."""
    assert told("I live in Bonn!", "Ada. I live in bonn.") == ([], [], [])


def test_pastes_tell_nothing() -> None:
    """What is too long to be a statement was pasted."""
    assert capture("I live in Bonn. " * (MAX_MESSAGE // 10), ()) == Captured()


def test_a_block_is_a_list_of_notes() -> None:
    """Each sentence can go alone."""
    assert note_sentences("Ada. Lives in Bonn.\nLikes tea") == [Note("Ada."), Note("Lives in Bonn."), Note("Likes tea")]


@pytest.mark.parametrize(
    ("message", "facts"),
    [
        ("Hi! I live in Bonn and my dog is called Rex.", ["I live in Bonn", "My dog is called Rex."]),
        ("你好！我叫李娜。今天天气很好。", ["我叫李娜。"]),
        ("I walked home in the rain. The capital of France is Paris.", []),
        ("I live in Bonn. " * MAX_MESSAGE, []),
    ],
)
def test_facts_with_a_key_about_the_speaker(message: str, facts: list[str]) -> None:
    """What has no key, or tells of nobody, is left out."""
    assert own_facts(message) == facts


@pytest.mark.parametrize(
    ("statement", "note", "change"),
    [
        ("I moved to Paris.", "Lives in Bonn.", "replaces"),
        ("I live in Bonn.", "Lives in Bonn.", "repeats"),
        ("I no longer live in Bonn.", "I live in Bonn.", "replaces"),
        ("My dog is called Rex.", "Lives in Bonn.", None),
        ("我搬到了巴黎。", "我住在波恩。", "replaces"),
    ],
)
def test_what_a_statement_does_to_a_note(statement: str, note: str, change: str | None) -> None:
    """By the keys and values of their facts."""
    assert change_by(statement, Note(note)) == change
