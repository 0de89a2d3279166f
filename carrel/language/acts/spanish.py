"""Spanish speech acts."""

from carrel.language.acts.vocabulary import Act, ActWords, Ask, act, asks

_PLEASE = "[por favor] [,] [(puedes|podrías|puede|podría|quiero que|me gustaría que) [tú]]"

_WRONG = (
    "([eso] (es|está) (falso|mal|incorrecto|equivocado)|[eso] no es (verdad|correcto|cierto|así)|te equivocas"
    "|estás equivocado)"
)
_YES = (
    "sí|si|no|ok|vale|bien|bueno|genial|perfecto|exacto|claro|por supuesto|estupendo|qué bien|jaja|jajaja|interesante"
    "|quizás|tal vez|de acuerdo|entendido|muy bien|así es|guay"
)
_NO = "(corrección|error|espera|ay no|uy no|perdón no|no no|no espera)"
_ERASE = "(olvida|olvidar|olvides|olvide|borra|borrar|borres|borre|elimina|eliminar|elimine|olvídate|quita|quitar)"
_I = "soy|estoy|tengo|vivo|trabajo|quiero|prefiero|hablo|estudio|nací|fui|puedo|juego|como|bebo|odio|uso|conduzco"

SPANISH = ActWords(
    trail=("por favor|otra vez|ahora|exactamente|entonces|gracias|de nuevo|ya|carrel|pues"),
    lead=(
        "buenas noticias|malas noticias|buena noticia|por desgracia|lamentablemente|ah sí|una pregunta|pregunta|a ver|mmm|vaya|espera|perdona"
        "|perdón|ey|venga|uy|ay|buenas|muy buenas|disculpa|disculpe|"
        "hola|oye|ok|vale|bueno|pues|y|pero|por favor|carrel|ah|oh|por cierto|eh|ahora|entonces|gracias|sí|mira|bien"
        "|buenos días|buenas tardes|buenas noches|una cosa|además|en realidad"
    ),
    rows=(
        asks(
            Ask.ABOUT_ME,
            "(qué|que) (sabes|recuerdas|conoces|sabe usted) [(de|sobre|acerca de)] mí [hasta ahora]",
            "(qué|que) (tienes|sabes|has guardado|tienes guardado|tienes apuntado) [(ya|todo)] (de|sobre) mí",
            "(qué|que) has (aprendido|guardado|memorizado) [(de|sobre|acerca de)] mí",
            f"{_PLEASE} (dime|cuéntame|decirme|muéstrame|digas) [todo] [lo que] sabes [(de|sobre|acerca de)] mí",
            f"{_PLEASE} (háblame|hablarme) (de|sobre) mí",
            "(qué|que) te he (dicho|contado) [(de|sobre) mí] [hasta ahora]",
            "(quién soy|quien soy|me conoces|sabes quién soy|qué sabes)",
            "de qué te acuerdas [(de|sobre) mí]",
        ),
        asks(
            Ask.COMING,
            "(qué|que) (tengo|hay|tenemos) (pendiente|previsto|planeado|programado|en la agenda|próximamente)",
            "(qué|que|cuáles son mis) (planes|citas|próximas citas|próximos planes) [tengo] [(pronto|próximamente)]",
            "(mi agenda|mis próximas citas|mis planes)",
        ),
        asks(
            Ask.RECENT,
            "(qué|que) (acabo de|es lo que acabo de) (decir|decirte|preguntar|escribir)",
            "(qué|que) (dije|he dicho|te dije|te he dicho) [(antes|hace un momento|ahora mismo|por último|recién)]",
            "(repite|repetir) lo que (acabo de decir|dije|he dicho)",
            "(qué|que) acabas de decir",
        ),
        act(
            Act.META,
            "(quién eres|quien eres|qué eres|que eres|quién es usted)",
            "(cómo te llamas|como te llamas|cuál es tu nombre)",
            "(qué|que) (puedes|sabes) hacer [por mí]",
            "(cómo funcionas|cómo funciona esto|cómo te uso|como funciona)",
            "eres [(un|una)] {topic}",
            "tienes (memoria|sentimientos|nombre)",
            "(ayuda|ayúdame|preséntate)",
        ),
        act(
            Act.RETRACTION,
            f"[por favor] (olvídalo|bórralo|elimínalo|{_ERASE} (eso|esto|el último mensaje|mi último mensaje)|{_ERASE} lo que (acabo de decir|acabo de decirte|dije|te dije|he dicho)|ignora eso|ignora lo que dije|déjalo) [(por favor|gracias)]",
            f"{_ERASE} (lo último|la última cosa) que (dije|te dije|te he dicho|he dicho)",
            "(era mentira|era broma|era una broma|ya no es verdad|ya no es cierto|no es verdad|retiro lo dicho|me retracto)",
        ),
        act(
            Act.INTENTION,
            f"{_PLEASE} (recuérdame|recordarme|recuerdame|recuerdes|avísame) [(que|de)] {{topic}}",
            "(no me dejes olvidar|que no se me olvide|no olvides|no te olvides de) (que|de)? {topic}".replace(
                "(que|de)?", "[(que|de)]"
            ),
            f"{_PLEASE} (pon|ponme|poner) (un recordatorio|una alarma) [(para|de)] {{topic}}",
        ),
        act(
            Act.FORGET,
            f"{_PLEASE} {_ERASE} (lo que te dije|lo que dije|lo que te he dicho|todo lo que te dije|todo) (de|sobre|acerca de) {{topic}}",
            f"{_PLEASE} {_ERASE} [(que|de que|dónde|cómo|cuándo|todo (lo de|sobre)|de|lo de)] {{topic}}",
            "(no recuerdes|no guardes|deja de recordar) [que] {topic}",
        ),
        act(
            Act.CORRECTION,
            f"[no|perdón|espera] [,] {_WRONG} [,|.|:|;|!] {{topic}}",
            f"[no|perdón|espera] [,] {_WRONG}",
            f"no(,|:|.|!|;) [({_NO}|perdón|perdona|espera)] [,|:|.|!] {{topic}}",
            "no (es|son|era|se llama|el|está) (el|la|los|las) {topic}",
            f"{_NO} [,|:|.|!] [(no|perdón)] [,|:|.|!] {{topic}}",
            "(perdón|perdona|lo siento|disculpa) [,|:|.] [(quería decir|quise decir|me equivoqué|en realidad)] [,|:|.] {topic}",
            "(quería decir|quise decir|me equivoqué|me he equivocado) [,|:|.] {topic}",
            "no es {old} [,] (sino|es) {topic}",
        ),
        act(
            Act.SUMMARISE,
            f"{_PLEASE} (resume|resumir|resúmeme|resumas|recapitula) {{topic}}",
            f"{_PLEASE} (haz|hazme|hacer|dame|darme) un [(breve|pequeño)] resumen [(de|del) {{topic}}]",
            "(de qué|de que) (hemos hablado|hablamos) [{topic}]",
            "(resumen|un resumen)",
        ),
        act(
            Act.LIST,
            f"{_PLEASE} (haz|hazme|hacer|dame|darme|escribe|muéstrame|prepara) (una|la) lista [(de|con)] [(todos|todas)] {{topic}}",
            f"{_PLEASE} (lista|enumera|enuméra|listar) [(todos|todas)] {{topic}}",
            f"{_PLEASE} (muéstrame|dime|dame|enséñame) (todos|todas) {{topic}}",
        ),
        act(
            Act.GREETING,
            "(hola|buenas|buenos días|buenas tardes|buenas noches|qué tal|hey) [(carrel|a todos|de nuevo|otra vez)]",
            "(cómo estás|como estas|qué tal|cómo te va|qué tal estás|cómo está usted)",
            "(mucho gusto|encantado|encantada|un placer)",
        ),
        act(Act.FAREWELL, "(adiós|adios|hasta (luego|mañana|pronto|la vista)|chao|chau|nos vemos|buenas noches)"),
        act(
            Act.THANKS,
            "[muchas|mil] (gracias|te lo agradezco) [(por {topic}|carrel|de nuevo|a ti)]",
            "(eres muy amable|qué amable)",
        ),
        act(
            Act.REPLY,
            f"({_YES})",
            "(eso es|es|está) [muy] (bien|correcto|verdad|genial|perfecto|gracioso|interesante|cierto)",
        ),
    ),
    remember=(
        f"{_PLEASE} (recuerda|recordar|anota|anotar|apunta|apuntar|memoriza|ten en cuenta|no olvides|toma nota de) [,|:] [que] {{topic}}",
        "(para que lo sepas|que sepas|has de saber|debes saber) [,|:] [que] {topic}",
        "{topic}(,|;|:) [por favor] (recuérdalo|anótalo|apúntalo|memorízalo|no lo olvides|tenlo en cuenta) [por favor|bien]",
    ),
    about=(
        f"{_PLEASE} (háblame|cuéntame|dime|hablarme) [(más|algo)] (de|sobre|acerca de|del) {{topic}}",
        "(qué|que) (sabes|recuerdas) (de|sobre|acerca de|del) {topic}",
    ),
    whether=("(sabes|te acuerdas de|recuerdas|me pregunto|quiero saber|dime) si {topic}",),
    indirect=(
        f"{_PLEASE} (dime|decirme|recuérdame|recordarme|darme|dígame) [otra vez] {{topic}}",
        "(sabes|recuerdas|conoces|te acuerdas de) {topic}",
        "(me pregunto|quiero saber|quisiera saber|me gustaría saber|no recuerdo|he olvidado|olvidé) {topic}",
    ),
    question_words={
        "cuánto tiempo": Ask.HOW_LONG,
        "cuántos": Ask.HOW_MANY,
        "cuántas": Ask.HOW_MANY,
        "cuánto": Ask.HOW_MANY,
        "cuánta": Ask.HOW_MANY,
        "cuantos": Ask.HOW_MANY,
        "cuantas": Ask.HOW_MANY,
        "a qué hora": Ask.WHEN,
        "qué hora": Ask.WHEN,
        "qué día": Ask.WHEN,
        "en qué año": Ask.WHEN,
        "cuándo": Ask.WHEN,
        "cuando": Ask.WHEN,
        "en qué ciudad": Ask.WHERE,
        "dónde": Ask.WHERE,
        "donde": Ask.WHERE,
        "adónde": Ask.WHERE,
        "quién": Ask.WHO,
        "quiénes": Ask.WHO,
        "quien": Ask.WHO,
        "por qué": Ask.WHY,
        "cómo": Ask.HOW,
        "cuál": Ask.WHAT,
        "cuáles": Ask.WHAT,
        "qué": Ask.WHAT,
    },
    openings=(
        "[a|de|con|en|desde] (qué|cuál|cuáles|quién|quiénes|cuándo|dónde|cómo|cuántos|cuántas|cuánto|cuánta|adónde|por qué)",
        "(donde|cuando|como|quien|cuantos|cuantas) (vivo|nací|trabajo|es|son|está|tengo|me llamo|se llama|vive|trabaja|fue)",
    ),
    no_question=("(qué|cómo) (bien|bonito|lástima|pena|bueno|alegría|rico)",),
    imperatives=(
        "escribe|traduce|dibuja|calcula|explica|toca|abre|llama|reserva|pide|envía|manda|busca|encuentra|canta|ayuda|dame"
        "|haz|hazme|muestra|compara|compra|inicia|para|lee|recomienda|cuenta|cuéntame|genera|corrige|pon"
    ),
    advice="(debo|debería|puedo|podría|tengo que|se puede|deberíamos|podemos)",
    planning=frozenset("hacer hago tengo debo planeado plan planes previsto pasa agenda".split()),
    secrets="contraseña|clave|pin|código|código secreto|secreto|tarjeta de crédito|iban",
    first_person=f"yo|me|mi|mis|mí|mío|mía|conmigo|nosotros|nosotras|nos|nuestro|nuestra|nuestros|nuestras|{_I}",
)
