"""The phrases of a language: one field for each thing that is said. Braces are filled in."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """One language's phrases."""

    # what was stored
    noted: str
    noted_replacing: str
    """{old}: a sentence that no longer holds."""
    corrected: str
    """{new}: the sentence as it is now."""
    what_is_right: str
    """Asked where something was called wrong and no more."""
    known: str
    """It was told before."""
    reminder: str
    """{what}, and {when} with its comma, or nothing."""
    when: str
    """{day}, as it stands in `reminder`."""

    # what was removed
    forgotten: str
    """{what}: what was removed, quoted."""
    undo: str
    kept: str
    """Said where the user did not agree to have something forgotten."""
    nothing_to_forget: str
    """{what}: what was to be forgotten."""
    not_removable: str
    """{what}: what only the user can remove, since no tool is offered for it."""

    # answers
    yes: str
    no: str
    unknown: str
    not_told_so: str
    nearest: str
    you: str
    said: str
    """{who}, {day} and {quote}, on a line of its own."""
    attributed: str
    """{who} and {day}, below a quote."""
    said_undated: str
    """{who} and {quote}."""
    value_line: str
    """{value}, {since} with its comma or nothing, {said}, and {before} with its semicolon or nothing."""
    since_day: str
    """{since}, as it stands in `value_line`."""
    from_day: str
    """{since}, where it lies ahead."""
    said_on: str
    """{day} on which it was said, as it stands in `value_line`."""
    corrected_on: str
    """{day} on which it was corrected, in the place of `said_on`."""
    before: str
    """{value} that held before, as it stands in `value_line`."""
    conjunction: str
    """Between the last two values of a list."""
    comma: str
    stop: str
    count: str
    """{number} and {values}."""

    # lists and summaries
    about_head: str
    about_empty: str
    list_head: str
    list_empty: str
    summary_head: str
    summary_empty: str
    recent: str
    """{quote}."""
    recent_empty: str
    more: str
    """{count} of further lines that are not shown."""
    topics: tuple[str, ...]
    """Headings of what is known: you, people and animals, dates and plans, the rest."""

    # about itself
    greeting: str
    farewell: str
    thanks: str
    reply: str
    who_i_am: str
    what_to_type: tuple[str, ...]
    cannot: str
    quotes: tuple[str, str]
