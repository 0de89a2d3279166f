"""German facts. A verb may stand before its subject ("Seit 2019 wohne ich in Bonn"), and last ("dass ich in Bonn wohne")."""

import re

from carrel.language.facts.endings import ENDINGS
from carrel.language.facts.relations import RELATIONS
from carrel.language.facts.vocabulary import FactWords, Frame

_BE = "(bin|ist|sind|war|waren)"
_NOW = "[jetzt|nun|gerade|derzeit|aktuell|inzwischen|mittlerweile|auch|noch|seitdem|immer noch]"
_MY = "(mein|meine|meinen|meinem|meiner|unser|unsere)"
_LIVE = "(wohne|wohnt|wohnen|lebe|lebt|leben)"
_HAVE = "(habe|hab|hat|haben)"

GERMAN = FactWords(
    language="de",
    frames=(
        *ENDINGS["de"],
        Frame(
            attribute="home",
            brief=True,
            says=(
                f"{{subject}} {_NOW} {_LIVE} {_NOW} in {{value}}",
                f"{_LIVE} {{subject}} {_NOW} in {{value}}",
                f"{{subject}} {_NOW} in {{value}} {_LIVE}",
                f"{{subject}} {_BE} {_NOW} [von {{old}}] nach {{value}} (gezogen|umgezogen)",
                f"{_BE} {{subject}} {_NOW} [von {{old}}] nach {{value}} (gezogen|umgezogen)",
                f"{{subject}} {_BE} {_NOW} [aus {{old}}] nach {{value}} (gezogen|umgezogen)",
                "{subject} (ziehe|zieht|ziehen) [von {old}] nach {value} [um]",
            ),
            denies=("{subject} (habe|hat|haben) [früher|mal] in {value} gewohnt",),
            asks=(
                f"wo {_LIVE} {{subject}} {_NOW}",
                f"wo {{subject}} {_NOW} {_LIVE}",
                f"in welcher (stadt|gegend|straße) {_LIVE} {{subject}} {_NOW}",
                f"in welchem (land|ort|dorf) {_LIVE} {{subject}} {_NOW}",
                f"wohin {_BE} {{subject}} gezogen",
            ),
            checks=(f"{_LIVE} {{subject}} {_NOW} in {{value}}",),
        ),
        Frame(
            attribute="birthday",
            says=(
                f"{_MY} geburtstag (ist|fällt auf) [(am|auf den|der)] {{value}}",
                f"{{subject}} {_HAVE} [am] {{value}} geburtstag",
                f"[am] {{value}} {_HAVE} {{subject}} geburtstag",
                f"{{subject}} ({_BE[1:-1]}|wurde) [am] {{value}} geboren",
                f"{{subject}} ({_BE[1:-1]}|wurde) [im jahr|im jahre] {{year}} geboren",
                "der geburtstag (meines|meiner) {relation} ist [am] {value}",
                "{subject} geburtstag ist [am] {value}",
            ),
            asks=(
                f"wann {_HAVE} {{subject}} geburtstag",
                f"wann {{subject}} geburtstag {_HAVE}",
                f"wann (ist|war) {_MY} geburtstag",
                "wann (ist|war) der geburtstag (meines|meiner|von) {relation}",
                "wann (bin|ist|wurde|war) {subject} geboren",
                f"{_MY} geburtstag",
            ),
            checks=(f"{_HAVE} {{subject}} [am|im] {{value}} geburtstag", f"ist {_MY} geburtstag [am|im] {{value}}"),
        ),
        Frame(
            attribute="origin",
            brief=True,
            says=(
                "{subject} (komme|kommt|stamme|stammt) [ursprünglich] aus {value}",
                f"{{subject}} ({_BE[1:-1]}|wurde) in {{value}} geboren",
                f"{{subject}} {_BE} in {{value}} (aufgewachsen|geboren)",
            ),
            asks=(
                "woher (komme|kommt|stamme|stammt) {subject}",
                "wo (bin|ist|wurde) {subject} (geboren|aufgewachsen)",
            ),
            checks=("(komme|kommt) {subject} aus {value}",),
        ),
        Frame(
            attribute="name",
            person=False,
            says=(
                "{subject} (heiße|heisse|heißt|heisst|heißen) [jetzt] {value}",
                "{subject} {person} (heißt|heiße)",
                f"{_MY} name ist {{value}}",
                "der name (meines|meiner) {relation} ist {value}",
                "ich bin (der|die) {person}",
                "(nenn|nenne) mich {value}",
                f"{_MY} {{relation}} ist {{person}}",
                f"ich {_HAVE} (einen|eine|ein) {{relation}} (namens|mit namen|der|die|das) {{value}} [heißt]",
            ),
            asks=(
                "wie (heiße|heisse|heißt|heisst|heißen) {subject}",
                "wie {subject} (heiße|heißt|heißen)",
                f"(wie|was) (ist|lautet) {_MY} name",
                "(wie|was) (ist|lautet) der name (meines|meiner|von) {relation}",
                f"wer ist {_MY} {{relation}}",
                f"{_MY} name",
            ),
            checks=("(heiße|heißt) {subject} {value}",),
        ),
        Frame(
            attribute="age",
            says=(
                f"{{subject}} {_BE} [jetzt] {{number}} [jahre alt|jahre]",
                "{subject} (wird|werde) [bald] {number} [jahre alt|jahre]",
                "{subject} (bin|ist) {number} geworden",
            ),
            asks=(f"wie alt {_BE} {{subject}}", f"wie alt {{subject}} {_BE}"),
            checks=(f"{_BE} {{subject}} {{value}} jahre alt",),
        ),
        Frame(
            attribute="allergy",
            many=True,
            split=True,
            says=(
                f"{{subject}} {_BE} [auch|sehr|stark] allergisch (gegen|auf) {{value}}",
                f"{{subject}} {_BE} [auch|sehr|stark] (gegen|auf) {{value}} allergisch",
                f"{{subject}} (gegen|auf) {{value}} allergisch {_BE}",
                f"{{subject}} {_HAVE} [auch] (eine|keine) allergie gegen {{value}}",
                f"{{subject}} {_HAVE} [auch] (eine|keine) {{value}}allergie",
                "{subject} (vertrage|verträgt) kein(e|en|) {value}",
            ),
            asks=(
                f"(wogegen|gegen was|worauf|auf was) {_BE} {{subject}} [alles] allergisch",
                f"(wogegen|gegen was|worauf) {{subject}} allergisch {_BE}",
                f"(welche|was für) allergien {_HAVE} {{subject}}",
                f"{_HAVE} {{subject}} [irgendwelche] allergien",
                "was sind meine allergien",
            ),
            checks=(
                f"{_BE} {{subject}} (gegen|auf) {{value}} allergisch",
                f"{_BE} {{subject}} allergisch (gegen|auf) {{value}}",
                f"{_HAVE} {{subject}} eine {{value}}allergie",
            ),
        ),
        Frame(
            attribute="job",
            brief=True,
            says=(
                f"{{subject}} (arbeite|arbeitet) {_NOW} als {{value}}",
                f"{_MY} beruf ist {{value}}",
                f"{{subject}} {_BE} {{value}} von beruf",
                f"{{subject}} {_BE} von beruf {{value}}",
            ),
            asks=(
                f"was {_BE} {{subject}} von beruf",
                "was (arbeite|arbeitet) {subject}",
                f"(was|welcher) ist {_MY} beruf",
                "als was (arbeite|arbeitet) {subject}",
                "(was mache ich|was macht {subject}) beruflich",
            ),
            checks=("(arbeite|arbeitet) {subject} als {value}",),
        ),
        Frame(
            attribute="employer",
            brief=True,
            says=(f"{{subject}} (arbeite|arbeitet) {_NOW} (bei|für|in|im|am|an der) {{value}}",),
            asks=(f"(wo|bei wem|für wen) (arbeite|arbeitet) {{subject}} {_NOW}", "wo {subject} (arbeite|arbeitet)"),
            checks=("(arbeite|arbeitet) {subject} (bei|für) {value}",),
        ),
        Frame(
            attribute="studies",
            many=True,
            says=(
                "{subject} (studiere|studiert) [jetzt] {value}",
                "{subject} (lerne|lernt) [jetzt|gerade|auch] {value}",
            ),
            asks=("was (studiere|studiert|lerne|lernt) {subject}",),
            checks=("(studiere|studiert|lerne|lernt) {subject} {value}",),
        ),
        Frame(
            attribute="speaks",
            many=True,
            split=True,
            says=("{subject} (spreche|spricht) [auch|fließend|ein bisschen|gut] {value}",),
            asks=("welche sprachen (spreche|spricht|kann) {subject}",),
            checks=("(spreche|spricht) {subject} {value}",),
        ),
        Frame(
            attribute="plays",
            many=True,
            split=True,
            person=False,
            says=("{subject} (spiele|spielt) [auch|gern|gerne] {value}",),
            asks=(
                "welche[s] instrument[e] (spiele|spielt) {subject}",
                "welche[n] sport (mache|macht|treibe|spiele) {subject}",
                "was (spiele|spielt) {subject}",
            ),
            checks=("(spiele|spielt) {subject} [auch|gern] {value}",),
        ),
        Frame(
            attribute="favourite",
            person=False,
            says=(
                f"{_MY} lieblings{{favourite}} (ist|sind) {{value}}",
                f"{{value}} (ist|sind) {_MY} lieblings{{favourite}}",
            ),
            asks=(
                f"(was|wie|wer|welche|welcher|welches) (ist|sind) {_MY} lieblings{{favourite}}",
                "welche[s|r|n] {favourite} (mag|liebe) {subject} am (liebsten|meisten)",
                f"{_MY} lieblings{{favourite}}",
            ),
            checks=(f"ist {{value}} {_MY} lieblings{{favourite}}", f"ist {_MY} lieblings{{favourite}} {{value}}"),
        ),
        Frame(
            attribute="likes",
            many=True,
            split=True,
            says=(
                "{subject} (mag|mögen|liebe|liebt|lieben) [auch|sehr|besonders|total] {value} [sehr|gern|gerne]",
                "{subject} {verb} [auch|sehr|besonders|total] (gern|gerne) {value}",
            ),
            denies=(
                "{subject} (hasse|hasst|verabscheue|verabscheut) {value}",
                "{subject} mag kein(e|en|) {value}",
                "{subject} kann {value} nicht (ausstehen|leiden)",
            ),
            asks=(
                "was (mag|liebe|liebt|mögen) {subject} [gern|gerne|besonders|am liebsten]",
                "was {verb} {subject} (gern|gerne)",
            ),
            asks_not=("was (mag|mögen) {subject} nicht", "was (hasse|hasst) {subject}"),
            checks=("(mag|liebe|liebt|mögen) {subject} [gern] {value}", "{verb} {subject} (gern|gerne) {value}"),
        ),
        Frame(
            attribute="eats",
            many=True,
            split=True,
            says=("{subject} (esse|isst|trinke|trinkt) [nur|auch] {value}",),
            denies=("{subject} (esse|isst|trinke|trinkt) kein(e|en|) {value}",),
            asks=("was (esse|isst|trinke|trinkt) {subject}",),
            asks_not=("was (esse|isst|trinke|trinkt) {subject} nicht",),
            checks=("(esse|isst|trinke|trinkt) {subject} {value}",),
        ),
        Frame(
            attribute="drives",
            says=("{subject} (fahre|fährt) [jetzt] (einen|eine|ein) {value}",),
            asks=(
                f"(was für ein|welches) auto (fahre|fährt|{_HAVE[1:-1]}) {{subject}}",
                "was (fahre|fährt) {subject} [für ein auto]",
            ),
            checks=("(fahre|fährt) {subject} (einen|eine|ein) {value}",),
        ),
        Frame(
            attribute="partner",
            says=(f"{{subject}} {_BE} mit {{value}} (verheiratet|verlobt|zusammen)",),
            asks=(f"mit wem {_BE} {{subject}} (verheiratet|verlobt|zusammen)",),
            checks=(f"{_BE} {{subject}} mit {{value}} verheiratet",),
        ),
        Frame(
            attribute="shopping",
            many=True,
            split=True,
            says=(
                "{subject} (muss|müssen|sollte|sollten|will|wollen|möchte) [(noch|auch|dringend)] {value} (kaufen|einkaufen|besorgen|holen)",
                "{subject} (brauche|brauchen) [(noch|auch)] {value}",
                "[bitte] (setz|setze|schreib|schreibe|pack|packe|tu) [(bitte|noch)] {value} auf (die|meine) (einkaufsliste|liste)",
            ),
            asks=(
                "was (muss|müssen|soll|sollte) {subject} [(noch|alles|noch alles)] (kaufen|einkaufen|besorgen|holen)",
                "was (brauche|brauchen) {subject} [(noch|alles)]",
                "was steht [(alles|noch)] auf (der|meiner) (einkaufsliste|liste)",
                "(meine|die) einkaufsliste",
            ),
        ),
        Frame(
            attribute="",
            person=False,
            says=(
                f"{_MY} {{attribute}} (ist|sind|lautet) {{value}}",
                "(der|die|das) {attribute} (ist|sind|lautet) {value}",
                f"{{value}} (ist|sind) {_MY} {{attribute}}",
            ),
            asks=(
                f"(was|wie|wer|wann|wo|welche|welcher|welches) (ist|sind|lautet) {_MY} {{attribute}}",
                "(was|wie|wer|wann|wo|welche|welcher|welches) (ist|sind|lautet) (der|die|das) {attribute}",
                f"{_MY} {{attribute}}",
            ),
            checks=(f"(ist|sind) {_MY} {{attribute}} {{value}}",),
        ),
        Frame(
            attribute="has",
            person=False,
            many=True,
            says=(f"{{subject}} {_HAVE} {_NOW} {{value}}", f"{_HAVE} {{subject}} {_NOW} {{value}}"),
            denies=(f"{{subject}} {_HAVE} kein(e|en|) {{value}}",),
            asks=(
                f"wie viele {{thing}} {_HAVE} {{subject}}",
                f"wieviele {{thing}} {_HAVE} {{subject}}",
                f"(welche|was für) {{thing}} {_HAVE} {{subject}}",
            ),
            checks=(f"{_HAVE} {{subject}} [noch] {{value}}",),
        ),
        Frame(
            attribute="is",
            person=False,
            many=True,
            general=True,
            says=(f"{{subject}} {_BE} {_NOW} [ein|eine|der|die] {{value}}",),
            checks=(f"{_BE} {{subject}} {_NOW} [ein|eine] {{value}}",),
        ),
    ),
    subject=(
        r"ich|wir|er|sie|es|(?:mein|meine|meinen|meinem|meiner|unser|unsere)\s(?:\w+\s)?[\w-]+(?:\s(?-i:[A-ZÄÖÜ])[\w'-]+)?"
        r"|(?-i:[A-ZÄÖÜ])[\w-]+(?:\s(?-i:[A-ZÄÖÜ])[\w-]+)?"
    ),
    me=frozenset({"ich", "wir", "mir", "mich"}),
    pronouns=frozenset({"er", "sie", "es"}),
    somebody=r"[Ee]r|Sie(?=\s(?:ist|hat|wohnt|arbeitet|mag|heißt|war|kommt|lebt|wird)\b)|sie|ihn",
    owned=(
        r"(?:mein|unser)\w*\s+(?:(?:ältere|älterer|jüngere|jüngerer|kleine|kleiner|große|großer|beste|bester|neue|neuer|alte"
        r"|alter)\s+)?(?P<noun>[\w-]+)(?:[\s,]+(?P<name>(?-i:[A-ZÄÖÜ])[\w'-]+))?"
    ),
    relations=RELATIONS["de"],
    number=(r"\d{1,3}|ein|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|\w*zehn|\w*(?:zig|ßig)"),
    inverted=re.compile(
        r"(?:(?:jetzt|nun|inzwischen|mittlerweile|momentan|aktuell|seitdem|dort|da|dann|heute|seit kurzem|neuerdings)\s+)?"
        r"(?P<verb>\w+)\s+(?P<who>ich|wir)\b(?P<rest>.*)",
        re.IGNORECASE,
    ),
    reported=re.compile(
        r"(?:\w+\s){1,3}?(?:sagt|meint|sagte|meinte|denkt),?\s(?:dass\s)?(?=ich\b|mein)", re.IGNORECASE
    ),
    elided=re.compile(
        r"(?:bin|hab|habe|hatte|wohne|arbeite|mag|muss|brauche|spiele|trinke|esse|komme|heiße|war|ziehe|kaufe)\s",
        re.IGNORECASE,
    ),
    speaker="ich ",
    negations=re.compile(r"\b(?:nicht mehr|nicht|nie|niemals)\b\s?|\bk(?=eine?\w?\b)", re.IGNORECASE),
    also=re.compile(r"\b(?:auch|außerdem|noch ein\w*|zusätzlich|ebenfalls)\b", re.IGNORECASE),
    fillers=re.compile(
        r"[\s,]+(?:jetzt|nun|auch|mehr|derzeit|übrigens|momentan|zur zeit|wieder|schon|noch|bitte|gern|gerne|sehr|heute)$",
        re.IGNORECASE,
    ),
    goes_on=re.compile(r"\s*,\s.*$|\s+(?:und|aber|weil|wo|mit|denn|bis|seit)\s+(?-i:[a-zäöü]).*$", re.IGNORECASE),
    clause=re.compile(
        r"\s*;\s*|\s*[,]?\s+(?:und|aber)\s+(?=(?:ich|mein|meine|wir|unser|unsere|er|sie|es)\b)"
        r"|\s*,\s+(?=(?:ich|mein|meine|wir|er|sie)\b)",
        re.IGNORECASE,
    ),
    conjunction=re.compile(r"\s*,\s*(?:und|oder)\s+|\s*,\s*|\s+und\s+|\s+oder\s+|\s*&\s*", re.IGNORECASE),
    before_value=re.compile(
        r"^(?:(?:doch|eher|sondern|ich\s+meinte|ich\s+meine)\s+)?(?:(?:es|das|er|sie)\s+(?:ist|sind|war|heißt|lautet)\s+)?(?:eigentlich\s+|doch\s+)?(?:erst\s+)?(?:am\s+|im\s+|in\s+|um\s+)?",
        re.IGNORECASE,
    ),
    before_dates=re.compile(r"(?:\b(?:seit|am|im|in|an|ab|von|bis|um|gegen|zum|erst))?[\s,]*$", re.IGNORECASE),
)
