"""Spanish phrases."""

from carrel.language.phrases.vocabulary import Phrases

SPANISH = Phrases(
    noted="Anotado.",
    noted_replacing="Anotado. Sustituye a {old}.",
    corrected="Corregido: {new}",
    what_is_right="¿Qué es lo correcto, entonces? Dilo en una frase y lo corrijo.",
    known="Ya lo sé: me lo dijiste antes.",
    reminder="Anotado{when}: {what}. No puedo sonar, pero pregúntame qué tienes previsto y te lo diré.",
    when=" para {day}",
    forgotten="Olvidado: {what}.",
    undo="/undo lo recupera.",
    kept="De acuerdo, lo guardo.",
    nothing_to_forget="No he encontrado nada que olvidar sobre {what}.",
    not_removable="También figura en mensajes anteriores; `carrel memory forget` lo borra allí.",
    yes="Sí.",
    no="No.",
    unknown="No lo sé: no me lo has dicho.",
    not_told_so="No me lo has dicho.",
    nearest="Lo más cercano:",
    you="tú",
    said="— {who}, {day}: {quote}",
    attributed="— {who}, {day}",
    said_undated="— {who}: {quote}",
    value_line="{value}{since} ({said}){before}.",
    since_day=", desde {since}",
    from_day=", a partir de {since}",
    said_on="lo dijiste {day}",
    before="; antes {value}",
    corrected_on="corregido {day}",
    conjunction=" y ",
    comma=", ",
    stop=".",
    count="{number}: {values}.",
    about_head="Esto es lo que me has dicho:",
    about_empty="Nada todavía: no me has contado nada de ti.",
    list_head="He encontrado:",
    list_empty="No he encontrado nada: no me has hablado de ello.",
    summary_head="Lo que se dijo:",
    summary_empty="Todavía no hemos hablado de nada.",
    recent="Dijiste: {quote}",
    recent_empty="Antes de esto no has dicho nada.",
    more="… y {count} más.",
    topics=("Tú", "Personas y animales", "Fechas y planes", "Lo demás"),
    greeting="¡Hola! Dime algo para recordar, o pregúntame lo que me has dicho.",
    farewell="¡Adiós! Lo recordaré.",
    thanks="De nada.",
    reply="De acuerdo.",
    who_i_am=(
        "Soy Carrel, un compañero con una memoria que dura más que nuestras conversaciones. No hay ningún modelo de "
        "lenguaje conectado: recuerdo, busco y cito lo que me dices, y no invento nada. Prueba:"
    ),
    what_to_type=(
        "Mi hermana Ada nació el 3 de mayo. (lo anoto, con el día)",
        "¿Cuándo es el cumpleaños de Ada? (lo busco y te cito)",
        "¿Qué sabes de mí? · Olvida el cumpleaños de Ada. · /help",
    ),
    cannot=(
        "No puedo hacer eso: no hay ningún modelo de lenguaje conectado. Recuerdo lo que me dices y respondo citándolo; "
        "carrel help models explica cómo conectar uno."
    ),
    quotes=("«", "»"),
)
