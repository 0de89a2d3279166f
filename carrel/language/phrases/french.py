"""French phrases."""

from carrel.language.phrases.vocabulary import Phrases

FRENCH = Phrases(
    noted="C'est noté.",
    noted_replacing="C'est noté. Cela remplace {old}.",
    corrected="Corrigé : {new}",
    what_is_right="Qu'est-ce qui est juste, alors ? Dis-le en une phrase et je corrigerai.",
    known="Je le sais déjà.",
    reminder=(
        "C'est noté{when} : {what}. Je ne peux pas sonner, mais demande-moi ce que tu as prévu et je te le dirai."
    ),
    when=" pour {day}",
    forgotten="Oublié : {what}.",
    undo="/undo le fait revenir.",
    kept="D'accord, je le garde.",
    nothing_to_forget="Je n'ai rien trouvé à oublier sur {what}.",
    not_removable="Cela figure encore dans d'anciens messages ; `carrel memory forget` l'y efface.",
    yes="Oui.",
    no="Non.",
    unknown="Je ne sais pas : tu ne me l'as pas dit.",
    not_told_so="Tu ne me l'as pas dit.",
    nearest="Le plus proche :",
    you="toi",
    said="— {who}, {day} : {quote}",
    attributed="— {who}, {day}",
    said_undated="— {who} : {quote}",
    value_line="{value}{since} ({said}){before}.",
    since_day=", depuis {since}",
    from_day=", à partir de {since}",
    said_on="tu l'as dit {day}",
    before=" ; avant {value}",
    corrected_on="corrigé {day}",
    conjunction=" et ",
    comma=", ",
    stop=".",
    count="{number} : {values}.",
    about_head="Voici ce que tu m'as dit :",
    about_empty="Rien encore : tu ne m'as rien dit sur toi.",
    list_head="J'ai trouvé :",
    list_empty="Je n'ai rien trouvé : tu ne m'en as pas parlé.",
    summary_head="Ce qui a été dit :",
    summary_empty="Nous n'avons encore parlé de rien.",
    recent="Tu as dit : {quote}",
    recent_empty="Tu n'as encore rien dit avant cela.",
    more="… et {count} autres.",
    topics=("Toi", "Personnes et animaux", "Dates et projets", "Le reste"),
    greeting="Bonjour ! Dis-moi quelque chose à retenir, ou demande ce que tu m'as dit.",
    farewell="Au revoir ! Je n'oublierai pas.",
    thanks="De rien.",
    reply="D'accord.",
    who_i_am=(
        "Je suis Carrel, un compagnon dont la mémoire dure plus que nos conversations. Aucun modèle de langue n'est "
        "connecté : je retiens, je retrouve et je cite ce que tu me dis, et je n'invente rien. Essaie :"
    ),
    what_to_type=(
        "Ma sœur Ada est née le 3 mai. (je le note, avec le jour)",
        "Quand est l'anniversaire d'Ada ? (je cherche et je te cite)",
        "Que sais-tu de moi ? · Oublie l'anniversaire d'Ada. · /help",
    ),
    cannot=(
        "Je ne peux pas faire cela : aucun modèle de langue n'est connecté. Je retiens ce que tu me dis et je réponds "
        "en le citant ; carrel help models dit comment en connecter un."
    ),
    quotes=("« ", " »"),
)
