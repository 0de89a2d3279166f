"""Edit and show text by graphemes: what a reader takes for one character may be many code points."""

from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.layout.processors import Processor, Transformation, TransformationInput
from wcwidth import iter_graphemes, iter_graphemes_reverse, wcwidth, width


def last_grapheme(text: str) -> int:
    """Return how many code points the last grapheme of a text has; 0 for an empty text."""
    return len(next(iter(iter_graphemes_reverse(text)), ""))


def first_grapheme(text: str) -> int:
    """Return how many code points the first grapheme of a text has; 0 for an empty text."""
    return len(next(iter(iter_graphemes(text)), ""))


class GraphemeProcessor(Processor):
    """Shows a grapheme by its first code point where terminals disagree about its width, as with joined emoji.

    prompt_toolkit adds up the widths of code points, and the cursor would stand beside the text.
    """

    def apply_transformation(self, transformation_input: TransformationInput) -> Transformation:
        """Return a line as it is shown, and where each of its characters stands there."""
        line = transformation_input.document.lines[transformation_input.lineno]
        if line.isascii() or len(line) != sum(len(part[1]) for part in transformation_input.fragments):
            return Transformation(transformation_input.fragments)
        shown, positions = shown_positions(line)
        styles = [part[0] for part in transformation_input.fragments for _ in part[1]]
        fragments: StyleAndTextTuples = [(styles[source], line[source]) for source in shown]
        sources = [*shown, len(line)]
        return Transformation(
            fragments,
            source_to_display=lambda at: positions[min(at, len(line))],
            display_to_source=lambda at: sources[min(at, len(shown))],
        )


def shown_positions(line: str) -> tuple[list[int], list[int]]:
    """Return the indices of the code points that are shown, and for each code point and the end where it is shown."""
    shown: list[int] = []
    positions: list[int] = []
    for grapheme in iter_graphemes(line):
        start = len(positions)
        agreed = width(grapheme) == sum(max(0, wcwidth(one)) for one in grapheme)
        for offset in range(len(grapheme)):
            positions.append(len(shown))
            if offset == 0 or agreed:
                shown.append(start + offset)
    return shown, [*positions, len(shown)]
