"""English verbs whose past has a form of its own."""

import pytest

from carrel.language.answers.irregular import base_form


@pytest.mark.parametrize(
    ("form", "verb"), [("bought", "buy"), ("gone", "go"), ("was", "be"), ("read", "read"), ("walked", "walked")]
)
def test_a_past_form_leads_to_its_verb(form: str, verb: str) -> None:
    """A regular verb's is left to the stemmer."""
    assert base_form(form) == verb
