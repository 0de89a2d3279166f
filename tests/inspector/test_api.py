"""Operations go by name, in the envelope of the command line."""

import pytest

from carrel.errors import NotFound, UsageError
from carrel.inspector.api import READS, WRITES, run
from carrel.inspector.subject import Subject


def test_an_operation_answers_in_the_envelope(subject: Subject) -> None:
    """Schema and data, as `--json` prints them."""
    found = run(READS, "core", subject, {"agent": "default"})
    assert found["schema"] == "carrel/ui.core@1"
    assert [block["label"] for block in found["data"]["blocks"]] == ["persona", "human"]


def test_an_unknown_operation_is_not_found(subject: Subject) -> None:
    """The error quotes the name; what writes is not among what reads."""
    assert not set(READS) & set(WRITES)
    with pytest.raises(NotFound, match="'restore' is not part of this interface"):
        run(READS, "restore", subject, {})


@pytest.mark.parametrize("name", sorted({*READS} - {"overview"}))
def test_an_agent_must_be_named_and_exist(subject: Subject, name: str) -> None:
    """Every operation but the overview wants an agent, and finds no other."""
    with pytest.raises(UsageError, match="Parameter 'agent' is missing"):
        run(READS, name, subject, {})
    with pytest.raises(NotFound, match="Agent 'nobody' does not exist"):
        run(READS, name, subject, {"agent": "nobody", "id": "x", "q": "x"})
