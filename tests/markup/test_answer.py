"""An answer is put together from the text between the marks, with one gap where something was cut out."""

from carrel.markup.answer import Answer


def test_plain_text_stays_as_it_is() -> None:
    """Without a cut every space stays, at both ends too."""
    answer = Answer()
    for piece in ("  你好,\n", " \n", "world  "):
        answer.say(piece)
    answer.end()
    assert answer.text == "  你好,\n \nworld  "


def test_a_cut_leaves_one_gap() -> None:
    """Of the white space round it the larger piece stays; at the edges of the answer none does."""
    answer = Answer()
    answer.cut()
    answer.say("\n\nOne \n")
    answer.cut()
    answer.say("\n\n two\n")
    answer.cut()
    answer.end()
    assert answer.text == "One\n\n two"


def test_what_was_cut_before_leaves_no_gap_at_the_beginning() -> None:
    """An answer that begins behind a cut begins with its first word."""
    answer = Answer(cut=True)
    answer.say("  one")
    assert answer.text == "one"


def test_text_is_given_out_once() -> None:
    """White space waits for what follows it, and nothing comes twice."""
    answer = Answer()
    taken = []
    for piece in ("One ", "", "two ", "\n"):
        answer.say(piece)
        taken.append(answer.take())
    answer.end()
    assert (*taken, answer.take(), answer.take()) == ("One", "", " two", "", " \n", "")
    assert (answer.begun, Answer().begun) == (True, False)
