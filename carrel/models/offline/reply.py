"""What the built-in model says when all is done: what it noted or forgot, the answers, and who it is. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from carrel.language.acts.classify import Utterance, is_first_person, read
from carrel.language.acts.vocabulary import Act, Ask
from carrel.language.answers.answer import Answerer
from carrel.language.answers.people import addresses
from carrel.language.answers.relevance import Meaning
from carrel.language.answers.remembered import FORGOTTEN_COVERAGE, STATED, coverage, knowledge
from carrel.language.answers.speech import Speech
from carrel.language.dates.find import first_period
from carrel.language.facts.current import Same
from carrel.language.phrases.vocabulary import Phrases
from carrel.models.offline.forgetting import Forgotten, consent
from carrel.models.offline.noting import Noted
from carrel.models.offline.plan import Plan
from carrel.models.offline.situation import Situation

MAX_SUMMARY = 12
"""Sentences of a summary."""

BLANK = "\n\n"


def reply(situation: Situation, plan: Plan, same: Same, meaning: Meaning | None = None) -> str:
    """Return the reply to the message at hand."""
    speech = Speech(situation.language, situation.now)
    known = knowledge(situation.remembered, situation.language)
    answerer = Answerer(known, speech, same, meaning)
    refused = bool(plan.forgotten.ids) and consent(situation) == "refused"
    plan.forgotten.said |= consent(situation) == "given"
    parts = [*_changes(plan.noted, plan.forgotten, refused, speech)]
    parts += [_answer(said, situation, answerer) for said in situation.said]
    texts = [part for part in dict.fromkeys(parts) if part]
    return BLANK.join(texts) if texts else _small_talk(situation.said, speech.phrases)


def _changes(noted: Noted, forgotten: Forgotten, refused: bool, speech: Speech) -> Iterator[str]:
    """Yield what was noted, replaced, corrected and forgotten."""
    phrases = speech.phrases
    if noted.corrected:
        yield phrases.corrected.format(new=speech.quoted(" ".join(noted.corrected)))
    elif noted.plans:
        yield from (_reminder(said, speech) for said in noted.plans)
    elif noted.new and noted.old:
        yield phrases.noted_replacing.format(
            old=speech.listed([speech.named(text) for text in dict.fromkeys(noted.old)])
        )
    elif noted.new:
        yield phrases.noted
    elif noted.repeated:
        yield phrases.known
    elif noted.unclear:
        yield phrases.what_is_right
    if forgotten.topics:
        yield phrases.kept if refused else _forgotten(forgotten, speech)


def _reminder(said: Utterance, speech: Speech) -> str:
    period = first_period(said.text, speech.now, said.language)
    when = speech.phrases.when.format(day=speech.period(period)) if period else ""
    return speech.phrases.reminder.format(what=said.topic, when=when)


def _forgotten(forgotten: Forgotten, speech: Speech) -> str:
    phrases = speech.phrases
    if not forgotten.removed and not forgotten.said:
        return phrases.nothing_to_forget.format(what=speech.quoted(speech.listed(forgotten.topics)))
    removed = forgotten.removed or forgotten.topics
    what = speech.listed([speech.named(text) for text in dict.fromkeys(removed)])
    return f"{phrases.forgotten.format(what=what)} {phrases.undo}"


def _answer(said: Utterance, situation: Situation, answerer: Answerer) -> str:
    """Return the answer to a sentence that wants one; nothing for any other."""
    phrases = answerer.speech.phrases
    match said.act:
        case Act.QUESTION:
            answer = (
                _recent(situation, answerer.speech) if said.ask is Ask.RECENT else _found(said, situation, answerer)
            )
        case Act.LIST:
            answer = answerer.list_of(said)
        case Act.SUMMARISE:
            answer = _summary(situation, answerer.speech)
        case Act.META:
            answer = "\n".join([phrases.who_i_am, *(f"- {line}" for line in phrases.what_to_type)])
        case Act.COMMAND:
            answer = phrases.cannot
        case _:
            answer = ""
    return answer


def _found(said: Utterance, situation: Situation, answerer: Answerer) -> str:
    """Return the answer to a question; where the user said nothing of it, what an assistant elsewhere did.

    What an assistant says of itself ("I live in Rome") answers no question about the user.
    """
    answer = answerer.answer(said)
    unknown = answerer.speech.phrases.unknown
    if not answer.startswith(unknown) or not situation.advice:
        return answer
    advice = knowledge(situation.advice, situation.language)
    if is_first_person(said.text, said.language) and not addresses(said.text):
        advice.sentences = [one for one in advice.sentences if not is_first_person(one.text, one.language)]
    advised = replace(answerer, known=advice).answer(said)
    return answer if advised.startswith(unknown) else advised


def _recent(situation: Situation, speech: Speech) -> str:
    if not situation.earlier:
        return speech.phrases.recent_empty
    return speech.phrases.recent.format(quote=speech.quoted(situation.earlier[-1]))


def _summary(situation: Situation, speech: Speech) -> str:
    """Return what the user stated in this conversation, oldest first."""
    texts = [*situation.summarised, *situation.earlier]
    stated = [said for text in texts for said in read(text, situation.language) if said.act in STATED]
    lines = list(dict.fromkeys(said.text for said in stated if not _is_forgotten(said, situation)))
    if not lines:
        return speech.phrases.summary_empty
    rest = len(lines) - MAX_SUMMARY
    more = [speech.phrases.more.format(count=rest)] if rest > 0 else []
    return "\n".join([speech.phrases.summary_head, *more, *(f"- {line}" for line in lines[-MAX_SUMMARY:])])


def _is_forgotten(said: Utterance, situation: Situation) -> bool:
    text = said.states or said.text
    return any(coverage(topic, text, said.language) >= FORGOTTEN_COVERAGE for topic in situation.forgotten)


def _small_talk(said: Sequence[Utterance], phrases: Phrases) -> str:
    """Return the answer to a message that tells and asks nothing."""
    acts = {one.act for one in said}
    if Act.FAREWELL in acts:
        return phrases.farewell
    if Act.THANKS in acts:
        return phrases.thanks
    return phrases.greeting if Act.GREETING in acts or not acts else phrases.reply
