"""Read a reply from its beginning: text, code, thoughts and calls, one step at a time. Pure.

A step that cannot decide yet raises NeedMore, and is taken again from the same place once there is more text.
"""

import re

from carrel.markup import thoughts
from carrel.markup.answer import Answer
from carrel.markup.calls import Region, find_marked_calls, read_calls
from carrel.markup.mentions import KEPT, spoken_of
from carrel.markup.offered import Offered
from carrel.markup.shapes import TextCall
from carrel.markup.source import NeedMore, NoMatch, Source
from carrel.markup.thoughts import GRANITE, REACT, STRIPPED, Label, Thought

_TRIGGER = re.compile(r"[<{\[`~◁(✿]|-(?=>|\Z)|(?<=\n)[^\W\d]|(?<=\n)[>/* \t]")
"""Where in plain text something may begin that is none: a mark, code, or at the start of a line a tool's name."""
_GRANITE_TRIGGER = re.compile(_TRIGGER.pattern + r"|(?<=\s)[Hh]")

_CODE_TRIGGER = re.compile(r"[<{\[`◁\n]")
_CALL_IN_CODE = frozenset("<{[")
_REACT_DIALECT = "action"
_INDENTATION = 4
"""Spaces with which a line is code."""
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
        """Whether what was said so far turned out to be a thought, or to hold one, since this was last cleared."""
        self.thought: Thought | None = None
        """The thought that is being read."""
        self._offered = offered
        self._thought_start = 0
        self._thought_over = False
        self._pending: list[str] = []
        """The names of the tags that a thought opened and did not close."""
        self._answer_close = ""
        self._trigger = _TRIGGER
        self._fence = ""
        self._ticks = ""
        self._indented = False

    def read(self) -> None:
        """Read all that is certain, and forget it but for its last characters."""
        try:
            while self.at < len(self.source.text):
                self._step()
        except NeedMore:
            pass
        kept = min(self.at, KEPT)
        self.source.drop(self.at - kept)
        self.at = kept

    def _step(self) -> None:
        """Read on from `at` to where something else begins, or past what begins there."""
        if self.thought:
            self._read_thought(self.thought)
        elif self._fence:
            self._read_block()
        elif self._ticks:
            self._read_inline_code()
        elif self._indented:
            self._read_indented_code()
        else:
            self._read_text()

    @property
    def held(self) -> int:
        """How many characters are not read yet."""
        return len(self.source.text) - self.at

    def finish(self) -> None:
        """Read to the end, for no more text will come."""
        self.source.end()
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
        trigger = self._trigger.search(self.source.text, self.at)
        self._say(trigger.start() if trigger else len(self.source.text))
        if not trigger:
            return
        if trigger[0] in " \t":
            self._read_indentation()
        elif not (
            self._open_thought()
            or self._take_calls(self.at)
            or self._close_thought()
            or self._close_label(GRANITE)
            or self._close_label(REACT)
            or self._take_frame()
        ):
            self._open_code()

    def _read_indentation(self) -> None:
        """Say the white space that begins a line; where it is that of code, the line is code."""
        blanks = self.source.run(_BLANKS, self.at)
        end = self.at + len(blanks)
        deep = "\t" in blanks or len(blanks) >= _INDENTATION
        self._indented = deep and self.answer.begun and self.source.char(end) not in "`~"
        self._say(end)

    def _take_calls(self, at: int) -> bool:
        if not self._offered:
            return False
        try:
            found = read_calls(self.source, at, self._offered)
        except NoMatch:
            return False
        self._say(at)
        self._take(found)
        if found.dialect == _REACT_DIALECT and (label := self._labelled(REACT)):
            self._void(label)
        self._cut(found.end)
        return True

    def _take(self, found: Region) -> None:
        self.calls += found.calls
        self.dialects.append(found.dialect)

    def _open_thought(self) -> bool:
        if not self.answer.begun:
            self._find_label()
            start = 0 if self.thoughts else thoughts.opens_stripped(self.source, self.at)
            if start and thoughts.has_end(self.source, start, STRIPPED):
                return self._begin_thought(STRIPPED, start)
        if self.dialects[-1:] == [_REACT_DIALECT] and self.source.longest(thoughts.OBSERVATION_OPENS, self.at):
            return self._begin_thought(thoughts.OBSERVATION, self.at)
        opening = thoughts.read_opening(self.source, self.at)
        if opening is None or spoken_of(self.source, self.at, opening[1]):
            return False
        if thoughts.is_doubtful(self.source, self.at) and (
            self.answer.begun or not thoughts.has_end(self.source, opening[1], opening[0])
        ):
            return False
        return self._skip_thought(*opening) if self.answer.begun else self._begin_thought(*opening)

    def _find_label(self) -> None:
        """Look out for the end of Granite's thought where one begins the reply."""
        if self.source.longest(thoughts.GRANITE_OPENS, self.at):
            self._trigger = _GRANITE_TRIGGER

    def _begin_thought(self, thought: Thought, start: int) -> bool:
        self.thought = thought
        self._thought_start = len(self.thoughts)
        self._cut(start)
        return True

    def _skip_thought(self, thought: Thought, start: int) -> bool:
        """Take out a thought that stands within the answer; one without an end, only where it is not spoken of."""
        end = thoughts.read_end(self.source, start, thought)
        if end is None and self._line_goes_on() and not self.source.char(start).strip():
            return False
        stop, resume = end or (len(self.source.text),) * 2
        self.thoughts.append(self.source.text[start:stop])
        self._thought_over = True
        self._cut(resume)
        return True

    def _line_goes_on(self) -> bool:
        """Tell whether words stand before the position on its line."""
        return bool(self.source.text[: self.at].rpartition("\n")[2].strip())

    def _read_thought(self, thought: Thought) -> None:
        """Pass on a thought that stands before the answer, up to its end."""
        if end := thoughts.find_end(self.source, self.at, thought):
            self.thoughts.append(self.source.text[self.at : end[0]])
            self._note_pending(thought, self.source.folded[end[0] : end[1]])
            self.thought, self._thought_over = None, True
            self._cut(end[1])
            return
        certain = thoughts.certain(self.source, self.at, thought)
        self.thoughts.append(self.source.text[self.at : certain])
        self.at = certain
        if certain < len(self.source.text):
            raise NeedMore

    def _note_pending(self, thought: Thought, close: str) -> None:
        """Note which tags are still open behind a thought: another that closes one of them shows that it went on."""
        if not thought.tagged or not (name := thoughts.name_of_close(close)):
            return
        text = "".join(self.thoughts[self._thought_start :])
        self._pending = [thought.name, *thoughts.opened_in(text)]
        if name in self._pending:
            self._pending.remove(name)

    def _close_thought(self) -> bool:
        """Step over the end of a thought that never began, or that went on: all before it was one, calls too."""
        close = thoughts.read_close(self.source, self.at)
        if close is None or spoken_of(self.source, self.at, close[1]):
            return False
        name, end = close
        if name in self._pending:
            self._pending.remove(name)
        elif self._thought_over and self.answer.begun:
            return False
        if self.answer.begun:
            if thoughts.opened_in(self.answer.text):  # the answer explains such marks
                return False
            self._void(("", self.answer.text))
        self.calls.clear()
        self.dialects.clear()
        self._thought_over = True
        self._cut(end)
        return True

    def _close_label(self, label: Label) -> bool:
        """Step over the words that end a thought where the words that announce one stand before it."""
        if self.source.folded[self.at] not in {mark[0] for mark in label.closes} or not (
            found := self._labelled(label)
        ):
            return False
        mark = self.source.longest(label.closes, self.at)
        if mark:
            self._void(found)
            self._thought_over = True
            self._cut(self.at + len(mark))
        return bool(mark)

    def _labelled(self, label: Label) -> tuple[str, str] | None:
        """Return what was said before words that announce a thought, and what was said behind them."""
        said = self.answer.text
        found = label.opens.match(said.lower()) if len(said.lower()) == len(said) else None
        return (said[: found.start(1)], said[found.end() :]) if found else None

    def _void(self, said: tuple[str, str]) -> None:
        """Take back what was said: the first text stays, the second was a thought."""
        kept, thought = said
        self.voided = True
        self.thoughts.append(thought)
        self.answer = Answer()
        self.answer.say(kept)

    def _take_frame(self) -> bool:
        """Step over a mark that stands round the answer."""
        mark = self.source.longest(thoughts.FRAMES, self.at)
        if not mark and self._thought_over and not self.answer.begun:
            mark = self.source.longest(thoughts.ANSWER_TAGS, self.at)
            self._answer_close = mark.replace("<", "</") or self._answer_close
        if not mark and self._answer_close and self.source.has(self._answer_close, self.at):
            mark = self._answer_close
        if mark and not spoken_of(self.source, self.at, self.at + len(mark)):
            self._cut(self.at + len(mark))
            return True
        return False

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

    def _read_indented_code(self) -> None:
        """Read on in a line of indented code: calls are taken out of it, thoughts are not."""
        trigger = _CODE_TRIGGER.search(self.source.text, self.at)
        self._say(trigger.start() if trigger else len(self.source.text))
        if not trigger:
            return
        if trigger[0] == "\n":
            self._indented = False
        elif trigger[0] in _CALL_IN_CODE and self._take_calls(self.at):
            return
        self._say(self.at + 1)

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
