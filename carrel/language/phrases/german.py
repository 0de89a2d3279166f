"""German phrases."""

from carrel.language.phrases.vocabulary import Phrases

GERMAN = Phrases(
    noted="Notiert.",
    noted_replacing="Notiert. Das ersetzt {old}.",
    corrected="Berichtigt: {new}",
    what_is_right="Was ist dann richtig? Sag es in einem Satz, dann berichtige ich es.",
    known="Das weiß ich schon.",
    reminder="Notiert{when}: {what}. Klingeln kann ich nicht, aber frag mich, was du vorhast, dann sage ich es dir.",
    when=" für {day}",
    forgotten="Vergessen: {what}.",
    undo="/undo holt es zurück.",
    kept="Gut, ich behalte es.",
    nothing_to_forget="Ich habe nichts zu vergessen gefunden zu {what}.",
    not_removable="Es steht auch noch in früheren Nachrichten; `carrel memory forget` entfernt es dort.",
    yes="Ja.",
    no="Nein.",
    unknown="Das weiß ich nicht: Du hast es mir nicht gesagt.",
    not_told_so="Das hast du mir nicht gesagt.",
    nearest="Am nächsten kommt:",
    you="du",
    said="— {who}, {day}: {quote}",
    attributed="— {who}, {day}",
    said_undated="— {who}: {quote}",
    value_line="{value}{since} ({said}){before}.",
    since_day=", seit {since}",
    from_day=", ab {since}",
    said_on="das hast du {day} gesagt",
    before="; davor {value}",
    corrected_on="berichtigt {day}",
    conjunction=" und ",
    comma=", ",
    stop=".",
    count="{number}: {values}.",
    about_head="Das hast du mir gesagt:",
    about_empty="Noch nichts: Du hast mir noch nichts über dich gesagt.",
    list_head="Gefunden:",
    list_empty="Dazu habe ich nichts: Du hast mir nichts davon gesagt.",
    summary_head="Gesagt wurde:",
    summary_empty="Wir haben noch über nichts gesprochen.",
    recent="Du hast gesagt: {quote}",
    recent_empty="Du hast davor noch nichts gesagt.",
    more="… und {count} weitere.",
    topics=("Du", "Menschen und Tiere", "Termine und Pläne", "Weiteres"),
    greeting="Hallo! Sag mir etwas, das ich mir merken soll, oder frag, was du mir gesagt hast.",
    farewell="Auf Wiedersehen! Ich merke mir alles.",
    thanks="Gern geschehen.",
    reply="Gut.",
    who_i_am=(
        "Ich bin Carrel, ein Begleiter mit einem Gedächtnis, das unsere Gespräche überdauert. Es ist kein Sprachmodell "
        "verbunden: Ich merke mir, finde und zitiere, was du mir sagst, und erfinde nichts. Zum Beispiel:"
    ),
    what_to_type=(
        "Meine Schwester Ada hat am 3. Mai Geburtstag. (merke ich mir, mit dem Tag)",
        "Wann hat Ada Geburtstag? (suche ich und zitiere dich)",
        "Was weißt du über mich? · Vergiss Adas Geburtstag. · /help",
    ),
    cannot=(
        "Das kann ich nicht: Es ist kein Sprachmodell verbunden. Ich merke mir, was du sagst, und antworte mit Zitaten; "
        "carrel help models sagt, wie man eines verbindet."
    ),
    quotes=("„", "“"),
)
