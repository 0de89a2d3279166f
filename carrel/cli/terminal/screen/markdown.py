"""Markdown as lines for a terminal, by rich, which is imported when the first text is rendered."""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, ClassVar

from carrel.cli.terminal.screen.blocks import parse, split_blocks
from carrel.cli.terminal.screen.styled import has_colours

if TYPE_CHECKING:  # for types only
    from rich.color import ColorSystem
    from rich.markdown import Markdown
    from rich.segment import Segment

CODE_THEME = "ansi_dark"
"""A theme of the terminal's own colours, so that it fits any background."""


def markdown_lines(text: str, columns: int) -> list[str]:
    """Return a Markdown text as styled lines of at most `columns` cells, with an empty line between its blocks."""
    lines: list[str] = []
    for block in filter(str.strip, split_blocks(text)):
        lines += ["", *block_lines(block, columns)] if lines else block_lines(block, columns)
    return lines


def block_lines(block: str, columns: int) -> list[str]:
    """Return a block of Markdown as styled lines, without spaces at their ends."""
    from rich.color import ColorSystem
    from rich.console import Console
    from rich.theme import Theme

    theme = Theme({"markdown.code": "cyan", "markdown.hr": "dim"})
    console = Console(width=columns, force_terminal=True, legacy_windows=False, highlight=False, theme=theme)
    colours = ColorSystem.STANDARD if has_colours() else None
    rendered = console.render_lines(_markdown_class()(block), pad=False)
    lines = [_to_line(line, colours) for line in rendered]
    while lines and not lines[-1]:
        lines.pop()
    while lines and not lines[0]:
        lines.pop(0)
    return lines


def _to_line(segments: "list[Segment]", colours: "ColorSystem | None") -> str:
    """Return the segments of a line as text with escape sequences."""
    parts = [(segment.text, segment.style) for segment in segments if not segment.control]
    while parts and not parts[-1][0].strip():
        parts.pop()
    if not parts:
        return ""
    text, style = parts[-1]
    parts[-1] = (text.rstrip(), style)
    if colours is None:
        return "".join(text for text, _ in parts)
    return "".join(style.render(text, color_system=colours) if style else text for text, style in parts)


@cache
def _markdown_class() -> "Callable[[str], Markdown]":
    """Return rich's Markdown with headings on the left, and with code that can be copied: no frame, no background."""
    from rich.console import Console, ConsoleOptions, RenderResult
    from rich.markdown import CodeBlock, Heading, Markdown
    from rich.syntax import Syntax
    from rich.text import Text

    class PlainCodeBlock(CodeBlock):
        def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
            code = str(self.text).rstrip()
            yield Syntax(code, self.lexer_name, theme=self.theme, word_wrap=True, background_color="default")

    class LeftHeading(Heading):
        def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
            heading = Text.assemble(self.text)
            heading.stylize("bold")
            yield heading

    class ChatMarkdown(Markdown):
        elements: ClassVar = {
            **Markdown.elements,
            "fence": PlainCodeBlock,
            "code_block": PlainCodeBlock,
            "heading_open": LeftHeading,
        }

        def __init__(self, text: str) -> None:
            super().__init__("", code_theme=CODE_THEME, hyperlinks=False)
            self.parsed = parse(text)

    return ChatMarkdown
