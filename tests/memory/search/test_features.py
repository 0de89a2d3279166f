"""The features of a text that scoring needs."""

import pytest

from carrel.memory.search.features import TextFeatures, read_features


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("", TextFeatures(0.0, 0, 0)),
        ("I went there yesterday.", TextFeatures(0.0, 1, 1)),
        ("How are you? I am fine.", TextFeatures(0.5217, 1, 0)),
        ("Did it rain?", TextFeatures(1.0, 0, 0)),
        ("我昨天去了", TextFeatures(0.0, 1, 1)),
        ("I, me, my, we, our", TextFeatures(0.0, 3, 0)),
    ],
)
def test_form(text: str, form: TextFeatures) -> None:
    """How a row is put: the share that asks, first-person words, time words."""
    assert read_features(text) == form
