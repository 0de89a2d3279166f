"""German speech acts."""

from carrel.language.acts.vocabulary import Act, ActWords, Ask, act, asks

_PLEASE = "[bitte] [(kannst|könntest|würdest) du|(können|könnten|würden) sie] [(mir|mal|bitte)] [(mir|mal|bitte)]"
_ERASE = "(vergiss|vergesse|vergessen sie|vergessen|lösch|lösche|löschen sie|streich|streiche|entferne|entfernen sie)"
_ERASE_END = "(vergessen|löschen|entfernen|streichen|vergisst)"
_NO = "(nein|nee|nö|falsch|korrektur|moment|quatsch|halt|stopp|ups|sorry nein|ach nein|ach quatsch|mist|blödsinn)"
_WRONG = (
    "(das ist|das war|du liegst|es ist) [(leider|ganz|so)] (falsch|nicht richtig|nicht korrekt|nicht wahr|verkehrt)"
)
_YES = (
    "ja|nein|jep|nee|ok|okay|gut|super|toll|prima|genau|richtig|stimmt|klar|cool|schön|perfekt|alles klar|aha|ach so"
    "|haha|interessant|vielleicht|doch|na gut|passt|verstanden|natürlich|wow"
)
_W = (
    "(wer|was|wann|wo|woher|wohin|welche|welcher|welches|welchen|warum|wieso|weshalb|wie|wen|wem|wessen|wogegen|womit"
    "|woran)"
)
_VERBS = (
    "bin|bist|ist|sind|war|hast|hat|habe|haben|kannst|kann|magst|mag|weißt|wohne|wohnt|heißt|heiße|arbeite|arbeitet"
    "|esse|trinke|spreche|spiele|muss|soll|darf|willst|erinnerst|kennst|gibt"
)
_OTHER_VERBS = (
    "waren|hab|hatte|wird|werde|hieß|geht|gehe|fahre|fährt|kommt|komme|spricht|lebt|lebe|studiere|studiert|findet"
    "|beginnt|spielt|steht|liegt|macht|isst|trinkt|gehört|kostet|dauert|parkt|bekommt|kriegt|will|fängt|läuft|ruft|schläft"
)
_ABOUT_ME = "(über mich|von mir)"

GERMAN = ActWords(
    inverting="übrigens|leider|jetzt|nun|inzwischen|mittlerweile|zum glück|außerdem|momentan|seitdem|dann|da|gestern|heute|morgen",
    trail=(
        "denn|eigentlich|nochmal|noch mal|noch einmal|gleich|bitte|jetzt|doch gleich|noch gleich|so|danke|mal|genau|übrigens|carrel|wieder"
    ),
    lead=(
        "gute neuigkeiten|gute nachrichten|schlechte nachrichten|leider|zum glück|du|hör zu|nebenbei|apropos|hm|hmm|na ja|naja|ups"
        "|kurze frage|frage|weißt du was|stell dir vor|sorry|oh|entschuldigung|moment|außerdem|"
        "hey|hi|hallo|ok|okay|also|und|aber|na|bitte|carrel|ach|übrigens|äh|gut|nun|jetzt|dann|danke|ja|servus|moin"
        "|guten morgen|guten tag|guten abend|noch was|hör mal|sag mal"
    ),
    rows=(
        asks(
            Ask.ABOUT_ME,
            f"was (weißt|weisst|wissen|weiss) (du|sie) [(alles|schon|bisher|noch|denn|eigentlich|so)] [(alles|schon|bisher|so)] {_ABOUT_ME} [(alles|schon|bisher)]",
            "was hast du [(alles|schon|bisher)] über mich [(gespeichert|notiert|so|alles|abgelegt)]",
            f"was hast du [dir] [(alles|bisher|schon)] {_ABOUT_ME} [(gemerkt|gelernt|gespeichert|erfahren|behalten)]",
            f"{_PLEASE} (sag|sage|erzähl|erzähle|zeig|zeige|sagen|erzählen|zeigen|nenne) [mir] [(alles|mal)] [,] was du {_ABOUT_ME} weißt",
            f"{_PLEASE} (erzähl|erzähle|erzählen) [mir] [(etwas|was)] {_ABOUT_ME} [erzählen]",
            f"was habe ich dir [(alles|bisher|schon)] [{_ABOUT_ME}] (erzählt|gesagt)",
            "(wer bin ich|kennst du mich|was weißt du|weißt du [noch] wer ich bin)",
            "woran erinnerst du dich [bei mir]",
        ),
        asks(
            Ask.COMING,
            "was steht [(bei mir|denn|so|demnächst|bald|alles)] [(so|alles|demnächst)] an",
            "was (habe|hab) ich [(demnächst|bald|alles|so|noch)] [(alles|so)] (vor|geplant|für termine)",
            "(welche|was für) (termine|pläne) (habe|hab) ich [(demnächst|bald|noch)]",
            "(habe|hab) ich [(demnächst|bald|noch)] [(irgendwelche|was|etwas)] (termine|geplant|vor)",
            "(meine termine|mein kalender|was kommt demnächst)",
        ),
        asks(
            Ask.RECENT,
            "was (habe|hab) ich [(gerade|eben|zuletzt|vorhin)] [eben] [dir] (gesagt|gefragt|geschrieben|erzählt)",
            "was war das letzte [,] (das|was) ich [dir] (gesagt|geschrieben|erzählt) habe",
            "(wiederhole|wiederhol) [bitte] [,] was ich [(gerade|eben)] gesagt habe",
            "was hast du [(gerade|eben|zuletzt)] gesagt",
        ),
        act(
            Act.META,
            "(wer|was) bist du [(eigentlich|denn|genau)]",
            "wie heißt du [(eigentlich|denn)]",
            "was kannst du [(alles|so|für mich|eigentlich)] [(tun|machen)]",
            "wie funktionierst du [(eigentlich|denn)]",
            "wie (benutze|bediene|verwende) ich dich",
            "wie funktioniert (das|das hier|dieses programm)",
            "bist du [(ein|eine)] {topic}",
            "hast du (ein gedächtnis|gefühle|einen namen)",
            "(hilfe|hilf mir|stell dich vor)",
        ),
        act(
            Act.RETRACTION,
            "[bitte] (vergiss|lösch|lösche|ignorier|ignoriere|streich|entferne|vergessen sie|löschen sie|streichen sie) (das|es|die letzte nachricht|meine letzte nachricht|das letzte) [(bitte|mal|alles)] [(wieder|bitte|gleich)]",
            f"[bitte] {_ERASE} [(bitte|mal)] [(das|alles)] [,] was ich [dir] [(gerade|eben|zuletzt)] (gesagt|erzählt|geschrieben) habe",
            "(das|es) (war|ist) (falsch von mir|ein witz|gelogen|ein scherz|nicht mehr wahr|nicht wahr)",
            "(ich nehme das zurück|schon gut|egal)",
        ),
        act(
            Act.INTENTION,
            "[bitte] (erinnere|erinner|erinnern sie) mich [(bitte|mal)] [(daran|an)] [,|:] {topic}",
            "[bitte] (könntest|kannst|können|könnten) (du|sie) mich [(bitte|mal)] [(daran|an)] [,] {topic} erinnern",
            "(weck|wecke|ruf) mich {topic}",
            "(ich darf nicht vergessen|lass mich nicht vergessen|nicht vergessen|vergiss nicht) [,|:] {topic}",
            "(stell|stelle) [mir] [(einen wecker|eine erinnerung)] [(für|an|auf)] {topic}",
        ),
        act(
            Act.FORGET,
            f"[bitte] {_ERASE} [(bitte|mal)] [,] (was|alles, was|alles was) ich [dir] [(gerade|eben|vorhin)] (über|von|zu) {{topic}} (gesagt|erzählt|geschrieben) habe",
            f"[bitte] {_ERASE} [(bitte|mal)] (das mit|die sache mit|die geschichte mit) {{topic}}",
            f"[bitte] {_ERASE} [(bitte|mal)] [,] [(dass|wo|wie|wann|was|alles [(über|von|zu)]|die tatsache, dass)] {{topic}}",
            f"[bitte] (kannst|könntest|würdest|können|könnten|würden) (du|sie) [(bitte|mal)] [(bitte|mal)] [das mit] {{topic}} {_ERASE_END}",
            f"[bitte] (kannst|könntest|würdest|können|könnten|würden) (du|sie) [(bitte|mal)] [(bitte|mal)] {_ERASE_END} [,] [(dass|wo|wie|wann|was)] {{topic}}",
            "[bitte] (merk|merke) dir [(das|bitte)] nicht [,] [dass] {topic}",
            "(du sollst|ich möchte, dass du|ich will, dass du) {topic} (vergisst|vergessen|löschen|löschst)",
        ),
        act(
            Act.CORRECTION,
            f"[nein|nee|sorry|moment] [,] {_WRONG} [,|.|:|;|!] {{topic}}",
            f"[nein|nee|sorry|moment] [,] {_WRONG}",
            "das stimmt [so] nicht [mehr] [,|.|:|;|!] {topic}",
            "das stimmt [so] nicht [mehr]",
            f"{_NO} [,|:|.|!] [{_NO}] [,|:|.|!] [(sorry|doch|eher|sondern|es war|ich meinte|ich meine|gemeint war)] [,] {{topic}}",
            "(sorry|entschuldigung|ich meinte|ich habe mich geirrt|ich habe mich vertan|ich hab mich vertan) [,|:|.] [ich meinte] {topic}",
            "(es|das) ist [(eigentlich|in wirklichkeit)] nicht {old} [,] sondern {topic}",
        ),
        act(
            Act.SUMMARISE,
            f"{_PLEASE} (fass|fasse|fassen sie) [(bitte|mal|mir)] [mal] {{topic}} zusammen",
            f"{_PLEASE} {{topic}} zusammenfassen",
            f"{_PLEASE} (gib|schreib|mach) [mir] [bitte] eine [kurze] zusammenfassung [{{topic}}]",
            "(worüber|über was) haben wir [{topic}] (gesprochen|geredet|geschrieben)",
            "was haben wir [{topic}] besprochen",
            "(zusammenfassung|zusammenfassung bitte)",
        ),
        act(
            Act.LIST,
            f"{_PLEASE} (mach|mache|erstelle|erstell|schreib|schreibe|gib|zeig|zeige) [mir] [bitte] (eine|die) liste [(mit|von|aller|meiner|der|über)] {{topic}}",
            f"{_PLEASE} (liste|zähl|zähle) [mir] [bitte] [(alle|alles)] {{topic}} auf",
            f"{_PLEASE} (zeig|zeige|nenne|nenn|sag) mir [bitte] alle [meine] {{topic}}",
            f"{_PLEASE} [alle] {{topic}} auflisten",
        ),
        act(
            Act.COMMAND,
            "[bitte] (kannst|könntest|würdest) du [(mir|uns|bitte|mal)] {topic} (empfehlen|schreiben|übersetzen|erklären|bestellen|buchen|anrufen|ausrechnen|berechnen|vorlesen|vorschlagen|suchen|öffnen|abspielen|kaufen|schicken|helfen)",
        ),
        act(
            Act.GREETING,
            "(hallo|hi|hey|moin|servus|grüß gott|grüezi|guten (morgen|tag|abend)) [(carrel|du|zusammen|nochmal|wieder)]",
            "wie geht('s| es) [(dir|ihnen)] [(heute|so)]",
            "(freut mich|schön dich kennenzulernen)",
        ),
        act(Act.FAREWELL, "(tschüss|tschüs|ciao|auf wiedersehen|bis (bald|dann|morgen|später)|gute nacht|mach's gut)"),
        act(
            Act.THANKS,
            "[vielen|herzlichen|tausend|besten] (danke|dank|dankeschön|danke dir|danke schön|merci) [(sehr|schön|dir|carrel|für {topic})]",
            "das ist [sehr] (nett|lieb|hilfreich) [von dir]",
        ),
        act(
            Act.REPLY,
            f"({_YES}) [danke|dann]",
            "das (ist|klingt|stimmt|passt) [(sehr|ganz|ja)] [(gut|richtig|toll|schön|super|lustig|interessant)]",
        ),
    ),
    remember=(
        "[bitte] (merk|merke) dir [(bitte|mal)] [,|:] [dass] {topic}",
        "[bitte] (notiere|notier|schreib auf|denk daran|denk dran|vergiss nicht) [(dir|bitte)] [,|:] [dass] {topic}",
        "(zur info|nur damit du es weißt|damit du es weißt|du solltest wissen|du musst wissen) [,|:] [dass] {topic}",
        "{topic}(,|;|:) [bitte] (merk|merke|notier|notiere) dir (das|es) [bitte|gut]",
        "{topic}(,|;|:) [bitte] (vergiss (das|es) [bitte] nicht|denk (daran|dran)|behalte (das|es) im kopf)",
    ),
    about=(
        f"{_PLEASE} (erzähl|erzähle|sag|sage|erzählen) [mir] [(mal|etwas|was|mehr|alles)] (über|von|zu) {{topic}} [erzählen]",
        "was weißt du [(alles|noch)] (über|von|zu) {topic}",
        "weißt du [noch] (etwas|was) (über|von|zu) {topic}",
    ),
    whether=(
        "(weißt|weisst) du [(noch|zufällig)] [,] ob {topic}",
        f"{_PLEASE} (sag|sage|sagen) [mir] [,] ob {{topic}}",
        "ich (frage mich|möchte wissen|will wissen|wüsste gern|wüsste gerne) [,] ob {topic}",
    ),
    indirect=(
        f"{_PLEASE} (sag|sage|sagen|verrate|verraten|nenne|nenn) [mir] [(noch mal|nochmal|bitte)] [,] {{topic}} [sagen]",
        "(kannst|könntest|können|könnten|würdest|würden) (du|sie) mir [(bitte|noch mal|nochmal|mal)] [(bitte|noch mal|nochmal|mal)] (sagen|verraten|nennen) [,] {topic}",
        "(kannst|könntest|können|könnten|würdest|würden) (du|sie) mir [(bitte|noch mal|nochmal|mal)] [(noch mal|nochmal|mal)] {topic} (sagen|nennen|verraten|geben)",
        "(weißt|weisst|kennst|wissen|kennen) (du|sie) [(noch|zufällig|vielleicht)] [,] {topic}",
        "(erinnerst|erinnerst du) [du] dich [noch] [(an|daran)] [,] {topic}",
        "ich (frage mich|möchte wissen|will wissen|wüsste gern|wüsste gerne|weiß nicht mehr|habe vergessen) [,] {topic}",
    ),
    question_words={
        "wie viele": Ask.HOW_MANY,
        "wieviele": Ask.HOW_MANY,
        "wie viel": Ask.HOW_MANY,
        "wieviel": Ask.HOW_MANY,
        "wie alt": Ask.HOW_MANY,
        "wie oft": Ask.HOW_MANY,
        "wie lange": Ask.HOW_LONG,
        "seit wann": Ask.WHEN,
        "um wie viel uhr": Ask.WHEN,
        "an welchem tag": Ask.WHEN,
        "in welchem jahr": Ask.WHEN,
        "wann": Ask.WHEN,
        "woher": Ask.WHERE,
        "wohin": Ask.WHERE,
        "in welcher stadt": Ask.WHERE,
        "wo": Ask.WHERE,
        "wer": Ask.WHO,
        "wen": Ask.WHO,
        "wem": Ask.WHO,
        "wessen": Ask.WHO,
        "warum": Ask.WHY,
        "wieso": Ask.WHY,
        "weshalb": Ask.WHY,
        "wie": Ask.HOW,
        "was": Ask.WHAT,
        "wogegen": Ask.WHAT,
        "womit": Ask.WHAT,
        "woran": Ask.WHAT,
        "worauf": Ask.WHAT,
        "welche": Ask.WHAT,
        "welcher": Ask.WHAT,
        "welches": Ask.WHAT,
        "welchen": Ask.WHAT,
    },
    openings=(
        f"{_W} [viele|viel|alt|lange|oft] ({_VERBS}|{_OTHER_VERBS})",
        "(wo|wann|wie|was|wer|wie viele) {noun} (ist|sind|habe|hat|heißt)",
        "(wie viele|wieviele|welche|welcher|welches|welchen|wie alt)",
        f"({_VERBS}) (ich|du|er|sie|es|wir|ihr|mein|meine|man)",
    ),
    no_question=("(was|wie) (für|schön|toll|nett|schade|ein)", "wo (ich|wir) "),
    imperatives=(
        "schreib|schreibe|übersetze|übersetz|zeichne|berechne|rechne|erkläre|erklär|spiel|spiele|öffne|ruf|rufe|buche|buch"
        "|bestelle|bestell|sende|schick|schicke|such|suche|google|finde|sing|singe|hilf|gib|mach|mache|zeig|zeige|vergleiche"
        "|kauf|kaufe|starte|stoppe|lies|lass|empfiehl|sag|sage|erzähl|erzähle"
    ),
    advice="(soll|sollte|darf|dürfte|kann|könnte|muss|müsste|sollen|dürfen|können) (ich|wir|man|er|sie)|ist es (gut|schlecht|gefährlich|sicher)",
    planning=frozenset(
        "tun machen mache habe geplant vor ansteht steht an los termine termin muss soll passiert".split()
    ),
    secrets="passwort|kennwort|pin|geheimzahl|zugangscode|geheimnis|kreditkarte|kreditkartennummer|iban|wlan-passwort|schlüssel",
    first_person="ich|mein|meine|meinen|meinem|meiner|meines|mich|mir|wir|uns|unser|unsere|unserem|unseren|unserer",
)
