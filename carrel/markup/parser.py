"""Read a reply from its beginning: text, code, thoughts and calls, one step at a time. Pure.

A step that cannot decide yet raises NeedMore, and is taken again from the same place once there is more text.
"""

import re

from carrel.markup import thoughts
from carrel.markup.answer import Answer
from carrel.markup.calls import Region, find_marked_calls, read_calls
from carrel.markup.offered import Offered
from carrel.markup.shapes import TextCall
from carrel.markup.source import NeedMore, NoMatch, Source
from carrel.markup.thoughts import STRIPPED, Thought

_TRIGGER = re.compile(r"[<{\[`~◁(]|(?<=\n)[^\W\d]|(?<=\n)>")
"""Where in plain text something may begin that is none: a mark, code, or at the start of a line a tool's name."""

_CODE_TRIGGER = re.compile(r"[<{\[`◁\n]")
_CALL_IN_CODE = frozenset("<{[")
_BLANKS = re.compile(r"[ \t]*")
_TICKS = re.compile(r"`+|~+")
_TICKS_OR_BREAK = re.compile(r"`+|\n")


class ReplyParser:
    """What was read of a reply so far."""

    def __init__(self, offered: Offered) -> None:
        self.source = Source("\n")
        self.at = 1
        self.answer = Answer()
        self.thoughts: list[str] = []
        self.calls: list[TextCall] = []
        self.dialects: list[str] = []
        self.voided = False
        """Whether what was said so far turned out to be a thought since this was last cleared."""
        self.thought: Thought | None = None
        """The thought that is being read."""
        self._offered = offered
        self._thought_start = 0
        self._thought_over = False
        self._fence = ""
        self._ticks = ""

    def read(self) -> None:
        """Read all that is certain, and forget it but for its last character."""
        try:
            while self.at < len(self.source.text):
                self._step()
        except NeedMore:
            pass
        self.source.drop(self.at - 1)
        self.at = 1

    def _step(self) -> None:
        """Read on from `at` to where something else begins, or past what begins there."""
        if self.thought:
            self._read_thought(self.thought)
        elif self._fence:
            self._read_block()
        elif self._ticks:
            self._read_inline_code()
        else:
            self._read_text()

    @property
    def held(self) -> int:
        """How many characters are not read yet."""
        return len(self.source.text) - self.at

    def finish(self) -> None:
        """Read to the end, for no more text will come."""
        self.source.final = True
        self.read()
        self.answer.end()
        if self.thought and self._offered:
            self._take_calls_from_thought()

    def _take_calls_from_thought(self) -> None:
        """Take the calls out of a thought that never ended, where marks make sure that they are meant."""
        for found in find_marked_calls("".join(self.thoughts[self._thought_start :]), self._offered):
            self._take(found)

    def _say(self, end: int) -> None:
        self.answer.say(self.source.text[self.at : end])
        self.at = end

    def _cut(self, end: int) -> None:
        self.answer.cut()
        self.at = end

    def _read_text(self) -> None:
        trigger = _TRIGGER.search(self.source.text, self.at)
        self._say(trigger.start() if trigger else len(self.source.text))
        if trigger and not (
            self._open_thought() or self._take_calls(self.at) or self._close_thought() or self._take_frame()
        ):
            self._open_code()

    def _take_calls(self, at: int) -> bool:
        if not self._offered:
            return False
        try:
            found = read_calls(self.source, at, self._offered)
        except NoMatch:
            return False
        self._say(at)
        self._take(found)
        self._cut(found.end)
        return True

    def _take(self, found: Region) -> None:
        self.calls += found.calls
        self.dialects.append(found.dialect)

    def _open_thought(self) -> bool:
        if not self.answer.begun and not self.thoughts and thoughts.opens_stripped(self.source, self.at):
            return self._begin_thought(STRIPPED)
        thought = thoughts.read_opening(self.source, self.at)
        if thought is None:
            return False
        if not self.answer.begun:
            return self._begin_thought(thought)
        start = self.at + len(thought.open)
        end = thoughts.read_end(self.source, start, thought)
        if end is None:
            return False
        self.thoughts.append(self.source.text[start : end[0]])
        self._thought_over = True
        self._cut(end[1])
        return True

    def _begin_thought(self, thought: Thought) -> bool:
        self.thought = thought
        self._thought_start = len(self.thoughts)
        self._cut(self.at + len(thought.open))
        return True

    def _read_thought(self, thought: Thought) -> None:
        """Pass on a thought that stands before the answer, up to its end."""
        if end := thoughts.find_end(self.source, self.at, thought):
            self.thoughts.append(self.source.text[self.at : end[0]])
            self.thought, self._thought_over = None, True
            self._cut(end[1])
            return
        certain = thoughts.certain(self.source, self.at, thought)
        self.thoughts.append(self.source.text[self.at : certain])
        self.at = certain
        if certain < len(self.source.text):
            raise NeedMore

    def _close_thought(self) -> bool:
        """Step over the end of a thought that never began: all before it was one, calls too."""
        mark = thoughts.read_close(self.source, self.at)
        if not mark or (self._thought_over and self.answer.begun):
            return False
        if self.answer.begun:
            self.voided = True
            self.thoughts.append(self.answer.text)
            self.answer = Answer()
        self.calls.clear()
        self.dialects.clear()
        self._thought_over = True
        self._cut(self.at + len(mark))
        return True

    def _take_frame(self) -> bool:
        if mark := self.source.longest(thoughts.FRAMES, self.at):
            self._cut(self.at + len(mark))
        return bool(mark)

    def _open_code(self) -> None:
        """Say what stands at a trigger that was no markup; backticks open code."""
        ticks = self.source.run(_TICKS, self.at)
        end = self.at + max(1, len(ticks))
        if len(ticks) > 2 and self.source.char(line_end := self.source.position(_TICKS_OR_BREAK, end)) != "`":
            self._fence = ticks
            self._say(line_end)
            return
        if ticks.startswith("`"):
            self._ticks, self._code_ends = ticks, False
        self._say(end)

    def _read_block(self) -> None:
        """Read on in a code block: only calls are taken out of it, where they begin a line."""
        if self.source.text[self.at - 1] == "\n":
            begin = self.at + len(self.source.run(_BLANKS, self.at))
            if self.source.has(self._fence, begin):
                self._say(begin + len(self.source.run(_TICKS, begin)))
                self._fence = ""
                return
            if self.source.char(begin) in _CALL_IN_CODE and self._take_calls(begin):
                return
        end = self.source.text.find("\n", self.at) + 1
        self._say(end or len(self.source.text))

    def _read_inline_code(self) -> None:
        """Read on in inline code, which ends on its line or is none; calls are taken out of it, thoughts are not."""
        trigger = _CODE_TRIGGER.search(self.source.text, self.at)
        self._say(trigger.start() if trigger else len(self.source.text))
        if not trigger:
            return
        if trigger[0] == "\n":
            self._ticks = ""
        elif trigger[0] == "`":
            self._close_inline_code(self.source.run(_TICKS, self.at))
        elif not self._take_calls(self.at):
            self._read_in_inline_code()

    def _close_inline_code(self, ticks: str) -> None:
        self._ticks = "" if ticks == self._ticks else self._ticks
        self._say(self.at + len(ticks))

    def _read_in_inline_code(self) -> None:
        """Say a trigger that is none if this is code; else go on as in plain text."""
        self._code_ends = self._code_ends or self._ends_on_line()
        if self._code_ends:
            self._say(self.at + 1)
        else:
            self._ticks = ""

    def _ends_on_line(self) -> bool:
        """Tell whether the backticks that opened inline code stand once more on its line."""
        at = self.at
        while run := self.source.run(_TICKS, self.source.position(_TICKS_OR_BREAK, at)):
            if run == self._ticks:
                return True
            at = self.source.position(_TICKS_OR_BREAK, at) + len(run)
        return False
