"""The part of a reply that says who said it and when: what stands before it is the answer. Pure."""

import re

MARK = "— "
"""Begins that part in every language."""

_VALUE = re.compile(r"^([^\"“„«]*?) ?— [^\"“„«:：]{1,80}[:：] ?[\"“„«].*[\"”“»]$")
"""A line whose answer stands before the quote that says so."""
_QUOTE = re.compile(r"^([\"“„«].*[\"”“»]) — [^\"“”„«»]{1,80}$")
"""A line whose answer is the quote."""


def without_sources(reply: str) -> str:
    """Return a reply without what says where it comes from; a reply that does not say as it stands."""
    lines = [_QUOTE.sub(r"\1", _VALUE.sub(r"\1", line)) for line in reply.splitlines()]
    return "\n".join(line for line in lines if line)
