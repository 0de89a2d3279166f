"""What keys do in the line editor, where that differs from prompt_toolkit's own."""

from collections.abc import Callable

from prompt_toolkit.application.current import get_app
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.completion import CompleteEvent, Completer
from prompt_toolkit.enums import DEFAULT_BUFFER
from prompt_toolkit.filters import Condition, emacs_mode, has_focus, vi_insert_mode
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys

from carrel.cli.terminal.input.graphemes import first_grapheme, last_grapheme
from carrel.cli.terminal.input.pastes import Pastes
from carrel.text import clean_text, remove_sequences

Handler = Callable[[KeyPressEvent], None]


def create_bindings(pastes: Pastes, completer: Completer, multiline: Callable[[], bool]) -> KeyBindings:
    """Return the bindings of an editor; `multiline` says whether Enter begins a new line at the moment."""
    bindings = KeyBindings()
    _bind_enter(bindings, multiline)
    _bind_completion(bindings, completer)
    _bind_pastes(bindings, pastes)
    _bind_graphemes(bindings, pastes)
    _bind_interrupt(bindings)
    return bindings


def _bind_enter(bindings: KeyBindings, multiline: Callable[[], bool]) -> None:
    typing = has_focus(DEFAULT_BUFFER)

    @bindings.add("enter", filter=typing)
    def _(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if buffer.document.is_cursor_at_the_end and buffer.text.endswith("\\"):
            buffer.delete_before_cursor()
            buffer.newline(copy_margin=False)
        else:
            _finish_line(buffer, begin_new=multiline() and not buffer.text.startswith("/"))

    @bindings.add("escape", "enter", filter=typing)
    def _(event: KeyPressEvent) -> None:
        _finish_line(event.current_buffer, begin_new=not multiline())


def _finish_line(buffer: Buffer, begin_new: bool) -> None:
    if begin_new:
        buffer.newline(copy_margin=False)
    else:
        buffer.validate_and_handle()


def _bind_completion(bindings: KeyBindings, completer: Completer) -> None:
    @bindings.add("tab", filter=has_focus(DEFAULT_BUFFER))
    def _(event: KeyPressEvent) -> None:
        """Insert the only candidate at once, even while the menu is still looked up, or choose the next one."""
        buffer = event.current_buffer
        if buffer.complete_state is not None:
            buffer.complete_next()
            return
        found = list(completer.get_completions(buffer.document, CompleteEvent(completion_requested=True)))
        if len(found) == 1:
            buffer.apply_completion(found[0])
        elif found:
            buffer.start_completion(insert_common_part=True)


def _bind_pastes(bindings: KeyBindings, pastes: Pastes) -> None:
    @bindings.add(Keys.BracketedPaste, filter=has_focus(DEFAULT_BUFFER))
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text(pastes.shorten(clean_text(remove_sequences(event.data))))

    @bindings.add("c-x", "c-e", filter=emacs_mode & has_focus(DEFAULT_BUFFER))
    def _(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        buffer.text = pastes.expand(buffer.text)
        buffer.open_in_editor()


def _bind_graphemes(bindings: KeyBindings, pastes: Pastes) -> None:
    typing = (emacs_mode | vi_insert_mode) & has_focus(DEFAULT_BUFFER)

    @bindings.add("backspace", filter=typing)
    def _(event: KeyPressEvent) -> None:
        before = event.current_buffer.document.text_before_cursor
        event.current_buffer.delete_before_cursor(len(pastes.label_at_end(before)) or last_grapheme(before))

    @bindings.add("delete", filter=typing)
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.delete(first_grapheme(event.current_buffer.document.text_after_cursor))

    @bindings.add("left", filter=typing)
    @bindings.add("c-b", filter=emacs_mode & has_focus(DEFAULT_BUFFER))
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.cursor_left(last_grapheme(event.current_buffer.document.current_line_before_cursor))

    @bindings.add("right", filter=typing)
    @bindings.add("c-f", filter=emacs_mode & has_focus(DEFAULT_BUFFER))
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.cursor_right(first_grapheme(event.current_buffer.document.current_line_after_cursor))


def _bind_interrupt(bindings: KeyBindings) -> None:
    has_text = Condition(lambda: bool(get_app().current_buffer.text))

    @bindings.add("c-c", filter=has_text & has_focus(DEFAULT_BUFFER))
    def _(event: KeyPressEvent) -> None:
        """Clear the line; on an empty one Ctrl-C is about the program."""
        event.current_buffer.reset()
