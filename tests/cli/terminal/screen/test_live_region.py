"""Lines that change in place, and lines above them that stay."""

import pyte
import pytest

from carrel.cli.terminal.screen.live_region import LiveRegion


def test_live_lines_are_replaced_and_printed_ones_stay(capsys: pytest.CaptureFixture[str]) -> None:
    """After each call the screen shows what was printed so far and the live lines, and nothing of the former ones."""
    screen = pyte.Screen(20, 10)
    stream = pyte.Stream(screen)
    region = LiveRegion()
    shown: list[str] = []
    for printed, live in (
        ([], ["thinking"]),
        ([], ["a longer line", "and another"]),
        (["one"], ["two", ""]),
        (["two", "three"], []),
        (["four"], []),
        ([], ["five"]),
        ([], []),
    ):
        region.show(printed, live)
        stream.feed(capsys.readouterr().out.replace("\n", "\r\n"))
        shown += printed
        expected = [*shown, *live]
        assert [line.rstrip() for line in screen.display][: len(expected)] == expected
        assert not "".join(screen.display[len(expected) :]).strip()
    region.show([], [])
    assert capsys.readouterr().out == ""
