"""English facts."""

import re

from carrel.language.facts.endings import ENDINGS
from carrel.language.facts.relations import RELATIONS
from carrel.language.facts.vocabulary import FactWords, Frame

_BE = "(am|'m|is|'s|are|'re|was|were|have been|'ve been|has been)"
_DO = "(do|does|did)"
_IS = "(am|is|are|was|were)"
_NOW = "[now|currently|still|also|actually|just|recently|finally|already]"
_HAVE = "[have|has|'ve|'s|had]"

ENGLISH = FactWords(
    language="en",
    frames=(
        *ENDINGS["en"],
        Frame(
            attribute="home",
            brief=True,
            says=(
                f"{{subject}} {_NOW} (live|lives|reside|resides|stay|stays) {_NOW} in {{value}}",
                f"{{subject}} {_BE} {_NOW} (living|residing|based|staying) in {{value}}",
                f"{{subject}} {_HAVE} {_NOW} (moved|relocated|move|moving) [house|here|away] from {{old}} to {{value}}",
                f"{{subject}} {_HAVE} {_NOW} (moved|relocated) [house|here] [from {{old}}] to {{value}}",
                "(my|our) (home|house|flat|apartment|place) is in {value}",
            ),
            denies=(
                "{subject} used to live in {value}",
                f"{{subject}} {_HAVE} (left|moved (out of|away from)) {{value}}",
            ),
            asks=(
                f"where {_DO} {{subject}} {_NOW} (live|reside|stay) [now|currently|these days|at the moment]",
                f"where {_IS} {{subject}} {_NOW} (living|based|staying) [now|these days]",
                f"(what|which) (city|town|country|place|village|area) {_DO} {{subject}} {_NOW} live in",
                f"in (what|which) (city|town|country|place|village) {_DO} {{subject}} {_NOW} live",
                f"where {{subject}} {_NOW} (live|lives|living)",
                "(what's|what is) my (home town|hometown|current city|city)",
                f"where {_DO} {{subject}} move [to]",
            ),
            checks=(f"{_DO} {{subject}} {_NOW} live in {{value}}", f"{_IS} {{subject}} {_NOW} living in {{value}}"),
        ),
        Frame(
            attribute="birthday",
            says=(
                "(my|our) (birthday|birth date|date of birth|bday) (is|'s|falls) [on] [the] {value}",
                "{subject}'s (birthday|birth date|date of birth) (is|falls) [on] [the] {value}",
                "{subject} (was|were) born on [the] {value}",
                "{subject} (was|were) born in {year}",
                "{subject} (have|has|celebrate|celebrates) (my|his|her|their) birthday on [the] {value}",
            ),
            asks=(
                "when('s| is| was) my (birthday|birth date|date of birth|bday)",
                "when('s| is| was) {subject}'s (birthday|birth date|date of birth)",
                "when (was|were) {subject} born",
                "when (do|does) {subject} (have|celebrate) (my|his|her|their) birthday",
                "(what|which) (day|date)('s| is) (my|{subject}'s) birthday [on]",
                "what('s| is) my (birthday|date of birth|birth date)",
                "what('s| is) {subject}'s (birthday|date of birth)",
                "(my|{subject}'s) birthday",
            ),
            checks=("is my birthday [on|in] {value}", "is {subject}'s birthday [on|in] {value}"),
        ),
        Frame(
            attribute="origin",
            brief=True,
            says=(
                f"{{subject}} {_BE} [originally] from {{value}}",
                "{subject} [originally] (come|comes) from {value}",
                "{subject} (was|were) born [and (raised|grew up)] in {value}",
                "{subject} grew up in {value}",
            ),
            asks=(
                "where (do|does) {subject} [originally] come from",
                f"where {_IS} {{subject}} [originally] from",
                "where (was|were) {subject} born",
                "where did {subject} grow up",
                "where {subject} (am|is|come|comes) from",
            ),
            checks=(f"{_IS} {{subject}} from {{value}}", "(was|were) {subject} born in {value}"),
        ),
        Frame(
            attribute="name",
            person=False,
            says=(
                "my [full|real|first|last] name('s| is) {value}",
                "{subject}'s name is {value}",
                f"{{subject}} {_BE} (called|named) {{value}}",
                "[you can|please] call me {value}",
                "[I have|I've got|I've|we have|we've got|we've] [a|an|one] {relation} (called|named) {value}",
                "my {relation} is {person}",
                "(this|that|it) is my {relation} {person}",
                f"{{subject}} {_NOW} (have|has|got|'ve got) a new {{relation}} [now] [,|:] {{person}}",
                "{subject} (named|called) (my|our) [new] {relation} {value}",
            ),
            asks=(
                "what('s| is) my [full|real|first] name",
                "what('s| is) {subject}'s name",
                "what('s| is) the name of {subject}",
                f"what {_IS} {{subject}} (called|named)",
                f"what {{subject}} {_IS} called",
                "what (do|did) I (call|name) {subject}",
                "who('s| is) {subject}",
                "(do you know|what's) my name",
                "(my name|{subject}'s name)",
                f"how {_IS} {{subject}} called",
            ),
            checks=(
                f"{_IS} {{subject}} (called|named) {{value}}",
                "is my name {value}",
                "is {subject}'s name {value}",
            ),
        ),
        Frame(
            attribute="age",
            says=(
                f"{{subject}} {_BE} {{number}} [years old|years of age|yrs old|now|today]",
                f"{{subject}} {_BE} {{number}} years old( and|,) {{thing}}",
                "{subject} (turned|turns|just turned|will be|will turn) {number} [years old]",
                "my age is {number}",
            ),
            asks=(
                f"how old {_IS} {{subject}}",
                f"how old {{subject}} {_IS}",
                "what('s| is) (my|{subject}'s) age",
                "what age am I",
            ),
            checks=(f"{_IS} {{subject}} {{value}} years old",),
        ),
        Frame(
            attribute="allergy",
            many=True,
            split=True,
            says=(
                f"{{subject}} {_BE} [also|very|severely|badly|deathly|highly|slightly] allergic to {{value}}",
                "{subject} (have|has|'ve got|has got) (a|an) [severe|bad|serious|mild] {value} allergy",
                "{subject} (have|has|'ve got|has got) (a|an) [severe|bad|serious|mild] allergy to {value}",
            ),
            asks=(
                f"what {_IS} {{subject}} [also] allergic to",
                f"what {_IS} (my|our) allergies",
                "(what|which) allergies (do|does) {subject} have",
                "(do|does) {subject} have [any] allergies",
                "what (food|foods|things) (am|is|are) {subject} allergic to",
                "what (can't|cannot|can not|shouldn't) {subject} eat",
                "what {subject} (am|is|are) allergic to",
                "my allergies",
            ),
            checks=(
                f"{_IS} {{subject}} allergic to {{value}}",
                "(do|does) {subject} have (a|an) {value} allergy",
                "(do|does) {subject} have an allergy to {value}",
            ),
        ),
        Frame(
            attribute="employer",
            brief=True,
            says=(
                f"{{subject}} {_NOW} (work|works) {_NOW} (at|for) {{value}}",
                f"{{subject}} {_BE} {_NOW} working (at|for) {{value}}",
                "(my employer|my company) is {value}",
            ),
            asks=(
                f"where {_DO} {{subject}} {_NOW} work [now]",
                f"(who|which company|what company) {_DO} {{subject}} work (for|at)",
                "what('s| is) my employer",
                "where {subject} (work|works)",
            ),
            checks=(f"{_DO} {{subject}} {_NOW} work (at|for) {{value}}",),
        ),
        Frame(
            attribute="job",
            brief=True,
            says=(
                f"{{subject}} {_NOW} (work|works) {_NOW} as (a|an|the) {{value}}",
                f"{{subject}} {_BE} {_NOW} working as (a|an|the) {{value}}",
                "(my|{subject}'s) (job|profession|occupation) is {value}",
                f"{{subject}} {_BE} (a|an) {{value}} by (profession|trade|training)",
            ),
            asks=(
                f"what {_DO} {{subject}} do [for (a living|work)|professionally]",
                "what('s| is) (my|{subject}'s) (job|profession|occupation|work)",
                f"what {_DO} {{subject}} work as",
                "what {subject} (do|does) for a living",
            ),
            checks=(f"{_DO} {{subject}} work as (a|an) {{value}}",),
        ),
        Frame(
            attribute="studies",
            many=True,
            says=(
                f"{{subject}} {_NOW} (study|studies|studied) {{value}}",
                f"{{subject}} {_BE} {_NOW} studying {{value}}",
            ),
            asks=(f"what {_DO} {{subject}} {_NOW} study", f"what {_IS} {{subject}} studying"),
            checks=(f"{_DO} {{subject}} study {{value}}",),
        ),
        Frame(
            attribute="speaks",
            many=True,
            split=True,
            says=("{subject} [can] [also] (speak|speaks) [fluent|a little|some|good] {value}",),
            asks=(
                "(what|which) languages (do|does|can) {subject} speak",
                "how many languages (do|does|can) {subject} speak",
            ),
            checks=("(do|does|can) {subject} speak {value}",),
        ),
        Frame(
            attribute="favourite",
            person=False,
            says=(
                "(my|our) favou[r]ite {favourite} (is|are|'s) {value}",
                "{value} (is|are) (my|our) favou[r]ite {favourite}",
                "{subject}'s favou[r]ite {favourite} (is|are) {value}",
            ),
            asks=(
                "(what|which|who)('s| is| are) (my|our) favou[r]ite {favourite} [again]",
                "(what|which|who)('s| is| are) {subject}'s favou[r]ite {favourite} [again]",
                "(what|which) {favourite} (is|are) my favou[r]ite",
                "(what|which) {favourite} (do|does) {subject} (like|love) (best|most|the most)",
                "my favou[r]ite {favourite}",
            ),
            checks=("(is|are) (my|our) favou[r]ite {favourite} {value}", "is {value} my favou[r]ite {favourite}"),
        ),
        Frame(
            attribute="likes",
            many=True,
            split=True,
            says=(
                "{subject} [really|also|just|absolutely|do|quite] (like|likes|love|loves|enjoy|enjoys|adore|adores) {value}",
                f"{{subject}} {_BE} [really|also|very|quite] (fond of|into|keen on|a [big|huge] fan of|crazy about) {{value}}",
            ),
            denies=(
                "{subject} [really|also|absolutely] (hate|hates|dislike|dislikes|detest|loathe|can't stand) {value}",
            ),
            asks=(
                "what (do|does) {subject} [really] (like|love|enjoy) [doing|to do]",
                f"what {_IS} {{subject}} (into|fond of)",
                "what {subject} (like|likes|love)",
            ),
            asks_not=(
                "what (do|does) {subject} [really] (hate|dislike|not like|detest)",
                "what (don't|doesn't|do not) {subject} like",
            ),
            checks=("(do|does) {subject} [really|still] (like|love|enjoy) {value}",),
        ),
        Frame(
            attribute="prefers",
            says=("{subject} [really|always] (prefer|prefers) {value}", "{subject}('d| would) rather have {value}"),
            asks=("what (do|does) {subject} prefer", "(what|which) {thing} (do|does) {subject} prefer"),
            checks=("(do|does) {subject} prefer {value}",),
        ),
        Frame(
            attribute="eats",
            many=True,
            split=True,
            says=("{subject} [only|also|usually] (eat|eats|drink|drinks) {value}",),
            asks=("what (do|does) {subject} (eat|drink)",),
            asks_not=("what (don't|doesn't|do not) {subject} (eat|drink)",),
            checks=("(do|does) {subject} (eat|drink) {value}",),
        ),
        Frame(
            attribute="partner",
            says=(f"{{subject}} {_BE} (married|engaged) to {{value}}", "my (wife|husband|spouse|partner) is {person}"),
            asks=("who (am|is) {subject} (married|engaged) to", "who('s| is) my (wife|husband|spouse|partner)"),
            checks=("(am|is) {subject} married to {value}",),
        ),
        Frame(
            attribute="plays",
            person=False,
            many=True,
            split=True,
            says=("{subject} [also] (play|plays) [the] {value}",),
            asks=("(what|which) (instrument|instruments|sport|sports|game) (do|does) {subject} play",),
            checks=("(do|does|can) {subject} play [the] {value}",),
        ),
        Frame(
            attribute="drives",
            says=("{subject} [now] (drive|drives) (a|an) {value}",),
            asks=(
                "what [kind of|sort of|type of] [car] (do|does) {subject} drive",
                "(what|which) car (do|does) {subject} (drive|have)",
            ),
            checks=("(do|does) {subject} drive (a|an) {value}",),
        ),
        Frame(
            attribute="phone",
            says=(
                "my [new] [cell|mobile|phone|cell phone|mobile phone] (number|phone) (is|'s) [now] {value}",
                "(I have a|I've got a|I got a) new [cell|mobile|phone] number [,|:|is|it's] {value}",
            ),
            asks=("what('s| is) my [new|current] [cell|mobile|phone|cell phone|mobile phone] number",),
        ),
        Frame(
            attribute="shopping",
            many=True,
            split=True,
            says=(
                "{subject} [also|still] (need|needs|have|has|must|should|want|wants) [to] (buy|get|pick up|grab) [some|more] {value}",
                "[please] (put|add|stick|write) {value} (on|to|onto) (the|my|our) [shopping|grocery|groceries] list",
            ),
            asks=(
                "what [else] (do|should|must) {subject} [still] [need|have] [to] (buy|get|pick up) [from the shop|at the shop|at the store]",
                "what('s| is| do I have) on (my|the|our) [shopping|grocery|groceries] list",
                "(my|the|our) (shopping|grocery|groceries) list",
            ),
        ),
        Frame(
            attribute="",
            person=False,
            says=(
                "(my|our) {attribute} (is|are|'s) {value}",
                "{subject}'s {attribute} (is|are) {value}",
                "the {attribute} (is|are) {value}",
                "{value} (is|are) (my|our) {attribute}",
            ),
            asks=(
                "(what|which|who|when|where)('s| is| are) (my|our) {attribute} [again]",
                "(what|which|who|when|where)('s| is| are) {subject}'s {attribute} [again]",
                "(what|which|who|when|where)('s| is| are) the {attribute} [again]",
                "(what|which) {attribute} (is|are) my favou[r]ite",
                "my {attribute}",
            ),
            checks=("(is|are) (my|our) {attribute} {value}",),
        ),
        Frame(
            attribute="has",
            person=False,
            many=True,
            says=(
                f"{{subject}} {_NOW} (have|has|own|owns|'ve got|have got|has got|got|adopted|bought) [got] {{value}}",
            ),
            asks=(
                "how many {thing} (do|does|have|has) {subject} [got|have|own]",
                "(what|which) {thing} (do|does) {subject} (have|own)",
                "(do|does) {subject} (have|own) any {thing}",
            ),
            checks=("(do|does) {subject} [still] (have|own) {value}", "(have|has) {subject} got {value}"),
        ),
        Frame(
            attribute="is",
            person=False,
            many=True,
            general=True,
            says=(f"{{subject}} {_BE} {_NOW} [(a|an)] {{value}}",),
            checks=(f"{_IS} {{subject}} {_NOW} [(a|an)] {{value}}",),
        ),
    ),
    subject=(
        r"i|we|he|she|they|it|(?:my|our)\s(?:\w+\s){0,2}?[\w-]+(?:\s(?-i:[A-Z])[\w'-]+)?"
        r"|(?-i:[A-Z])[\w-]+(?:\s(?-i:[A-Z])[\w-]+)?"
    ),
    me=frozenset({"i", "we", "me", "my", "our"}),
    pronouns=frozenset({"he", "she", "they", "it"}),
    somebody=r"[Hh]e|[Ss]he|him|her(?!\s[a-z])",
    somebodys=r"(?:[Hh]is|[Hh]er)(?=\s[a-z])",
    owned=(
        r"(?:my|our)\s+(?:(?:older|elder|younger|little|big|best|new|old|dear|late|twin|eldest|youngest|oldest)\s+)*"
        r"(?P<noun>[\w-]+(?:\s(?-i:[a-z])[\w-]+)?)(?:[\s,]+(?P<name>(?-i:[A-Z])[\w'-]+))?"
    ),
    relations=RELATIONS["en"],
    number=(
        r"\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen"
        r"|seventeen|eighteen|nineteen|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:-\w+)?"
    ),
    reported=re.compile(
        r"(?:\w+\s){1,3}?(?:says?|said|told me|thinks?|confirmed)(?:\sthat)?\s(?=i\b|i'|my\b|we\b)", re.IGNORECASE
    ),
    elided=re.compile(
        r"(?:just |also |still |finally )?(?:got|have|need|had|moved|bought|adopted|live|love|hate|like|work|started|been|am|going|met|booked|went|owe|prefer|can't|don't|allergic)\s",
        re.IGNORECASE,
    ),
    speaker="I ",
    negations=re.compile(
        r"\b(?:no longer|not|never|do not|don't|does not|doesn't|did not|didn't)\s|n't\b", re.IGNORECASE
    ),
    also=re.compile(r"\b(?:also|too|as well|another|additionally)\b", re.IGNORECASE),
    fillers=re.compile(
        r"[\s,]+(?:now|currently|originally|too|also|as well|any ?more|these days|at the moment|actually|again|by the way|though|right now"
        r"|already|instead|all my life|please|now and then|so much|very much|a lot)$",
        re.IGNORECASE,
    ),
    goes_on=re.compile(
        r"\s*,\s.*$|\s+(?:and|but|because|where|with|while|so|near|which|until|for)\s+(?-i:[a-z]).*$", re.IGNORECASE
    ),
    clause=re.compile(
        r"\s*;\s*|\s*[,]?\s+(?:and|but|so)\s+(?=(?:i|my|we|our|he|she|they|it)\b)|\s*,\s+(?=(?:i|my|we|our|he|she|they)\b)",
        re.IGNORECASE,
    ),
    conjunction=re.compile(r"\s*,\s*(?:and|or)\s+|\s*,\s*|\s+and\s+|\s+or\s+|\s*&\s*", re.IGNORECASE),
    before_value=re.compile(
        r"^(?:(?:i meant|i mean|make that|should be|it should be|rather|and|but)\s+)?(?:(?:it|that|this|he|she|they)(?:\s+(?:is|was|are|should be|must be)|'s)\s+)?(?:actually\s+|really\s+|rather\s+)?(?:called\s+|spelled\s+|spelt\s+|written\s+|on\s+|in\s+|at\s+)?",
        re.IGNORECASE,
    ),
    before_dates=re.compile(
        r"(?:\b(?:since|on|in|from|by|at|until|around|about|just|only|back in))?[\s,]*$", re.IGNORECASE
    ),
)
