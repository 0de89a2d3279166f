"""French speech acts."""

from carrel.language.acts.vocabulary import Act, ActWords, Ask, act, asks

_PLEASE = "[s'il te plaît|s'il te plait|stp|s'il vous plaît] [,] [(peux|pourrais|voudrais)-tu|tu (peux|pourrais)|est-ce que (tu|vous) (peux|pourrais|pouvez|pourriez)|(pouvez|pourriez)-vous|veuillez]"
_WRONG = (
    "(c'est faux|ce n'est pas (vrai|ça|exact|correct|juste)|c'est pas (vrai|ça|juste)|tu te trompes|c'est une erreur)"
)
_NO = "(non|erreur|correction|faux|attends|oups|mince|zut|ah non|euh non|mais non)"
_ERASE = "(oublie|oublier|efface|effacer|supprime|supprimer|oubliez|effacez|supprimez|retire|retirer)"
_YES = (
    "oui|non|ok|d'accord|bien|super|génial|parfait|exact|exactement|c'est ça|bien sûr|cool|ah bon|haha|mdr|intéressant"
    "|peut-être|très bien|ça marche|entendu|compris|voilà|si"
)

FRENCH = ActWords(
    trail=(
        "déjà|stp|svp|s'il te plaît|s'il te plait|s'il vous plaît|s'il vous plait|encore|en fait|exactement|au juste|maintenant|merci|d'ailleurs|carrel|alors|donc"
    ),
    lead=(
        "bonne nouvelle|mauvaise nouvelle|malheureusement|heureusement|au passage|dis donc|petite question|une question|question|hum|heu|ben|bah|du coup"
        "|sinon|écoute|attends|pardon|désolé|désolée|eh bien|eh|hey|enfin|oups|"
        "hé|salut|bonjour|bonsoir|coucou|ok|d'accord|alors|et|mais|bon|bien|carrel|oh|ah|au fait|euh|maintenant|merci|oui"
        "|dis|dis-moi donc|tiens|voilà|s'il te plaît|s'il te plait|stp|s'il vous plaît|en fait|d'ailleurs"
    ),
    rows=(
        asks(
            Ask.ABOUT_ME,
            "(que|qu'est-ce que) (sais-tu|savez-vous|tu sais|vous savez|connais-tu) [(de|sur|à propos de)] moi",
            "(que|qu'est-ce que|qu') (as-tu|tu as) (retenu|appris|mémorisé|enregistré) [(de|sur|à propos de)] moi",
            f"{_PLEASE} (dis|dire|raconte|raconter|montre|montrer) [-moi|moi|me] [tout] [ce que] tu sais [(de|sur|à propos de)] moi",
            f"{_PLEASE} (parle|parler)[-moi| moi|] de moi",
            "(qu'est-ce que je t'ai|que t'ai-je|qu'est-ce que je vous ai) (dit|raconté) [(sur|de) moi] [jusqu'ici]",
            "(qui suis-je|qui je suis|tu me connais|me connais-tu|est-ce que tu me connais)",
            "(tu sais|vous savez|t'as|tu as) quoi (de|sur) moi",
            "(que|qu'est-ce que) (sais-tu|savez-vous|tu sais|tu as|t'as) [(déjà|noté|retenu)] (de|sur) moi [jusqu'ici]",
            "de quoi te souviens-tu [(à mon sujet|sur moi)]",
        ),
        asks(
            Ask.COMING,
            "(qu'est-ce que|qu'est-ce qu') (j'ai|on a) (de prévu|prévu|au programme|dans mon agenda) [(bientôt|prochainement)]",
            "j'ai quoi (de prévu|au programme|bientôt)",
            "(quels sont mes|c'est quoi mes) (prochains|) (rendez-vous|projets|plans)",
            "(quels|quelles) (rendez-vous|projets|plans) (ai-je|j'ai|est-ce que j'ai) [(bientôt|prochainement)]",
            "mes prochains rendez-vous",
        ),
        asks(
            Ask.RECENT,
            "(qu'est-ce que je viens de|que viens-je de) (dire|te dire|demander|écrire)",
            "(qu'est-ce que j'ai|qu'ai-je|j'ai) (dit|demandé|écrit) [(juste avant|à l'instant|en dernier|tout à l'heure|avant)] [quoi]",
            "je viens de (dire|te dire) quoi",
            "(répète|répéter) [ce que] (je viens de dire|j'ai dit)",
            "(qu'est-ce que tu viens de dire|que viens-tu de dire)",
        ),
        act(
            Act.META,
            "(qui es-tu|tu es qui|qui êtes-vous|t'es qui|qu'es-tu|qu'est-ce que tu es|qui est-ce que tu es)",
            "(comment t'appelles-tu|comment tu t'appelles|quel est ton nom|c'est quoi ton nom|tu t'appelles comment)",
            "(que|qu'est-ce que) (sais-tu|peux-tu|tu peux|tu sais|pouvez-vous) faire [pour moi]",
            "(comment ça marche|comment fonctionnes-tu|comment tu marches|comment tu fonctionnes|comment t'utiliser)",
            "(es-tu|tu es|est-ce que tu es) [(un|une)] {topic}",
            "(as-tu|tu as|est-ce que tu as) (une mémoire|des sentiments|un nom)",
            "(aide|aide-moi|à l'aide|présente-toi)",
        ),
        act(
            Act.RETRACTION,
            f"[s'il te plaît] (laisse tomber|{_ERASE} (ça|cela|tout ça|le dernier message|mon dernier message)|{_ERASE} ce que je viens de (dire|te dire|écrire)|ignore ça|ignore ce que j'ai dit) [(s'il te plaît|s'il te plait|s'il vous plaît|stp|svp|merci)]",
            f"{_ERASE} la dernière chose que (je t'ai dite|j'ai dite|je t'ai dit|j'ai dit)",
            "(c'était faux|c'était une blague|ce n'est plus vrai|ce n'est pas vrai|je plaisantais|je retire ce que j'ai dit)",
        ),
        act(
            Act.INTENTION,
            f"{_PLEASE} (rappelle|rappeler|fais penser|fais-moi penser)[-moi| moi|] [(de|d'|que|à)] {{topic}}",
            f"{_PLEASE} me (rappeler|faire penser) [(de|d'|que|à)] {{topic}}",
            "(n'oublie pas|il ne faut pas que j'oublie|ne me laisse pas oublier) (de|d') {topic}",
            f"{_PLEASE} (mets|mettre|programme) (un rappel|une alarme|un réveil) [(pour|à)] {{topic}}",
        ),
        act(
            Act.FORGET,
            f"{_PLEASE} {_ERASE} (ce que je t'ai dit|ce que j'ai dit|tout ce que je t'ai dit|tout ce que j'ai dit|tout) (sur|de|à propos de|au sujet de) {{topic}}",
            f"{_PLEASE} {_ERASE} [(que|qu'|où|comment|quand|tout [(sur|ce que)]|le fait (que|qu'))] {{topic}}",
            "(ne retiens pas|ne garde pas|arrête de retenir) [(que|qu')] {topic}",
            "(je veux que tu|je voudrais que tu) (oublies|effaces|supprimes) [(que|qu')] {topic}",
        ),
        act(
            Act.CORRECTION,
            f"[non|pardon|attends|désolé] [,] {_WRONG} [,|.|:|;|!] {{topic}}",
            f"[non|pardon|attends|désolé] [,] {_WRONG}",
            f"{_NO} [,|:|.|!] [({_NO}|pardon|désolé|désolée|excuse-moi|en fait)] [,|:|.|!] {{topic}}",
            "(pardon|désolé|désolée|excuse-moi) [,|:|.] [(je voulais dire|je me suis trompé|je me suis trompée|en fait)] [,|:|.] {topic}",
            "(je voulais dire|je me suis trompé|je me suis trompée) [,|:|.] {topic}",
            "(ce n'est pas|c'est pas) {old} [,] (mais|c'est) {topic}",
        ),
        act(
            Act.SUMMARISE,
            f"{_PLEASE} (résume|résumer|récapitule|récapituler)[-moi| moi|] {{topic}}",
            f"{_PLEASE} (fais|faire|donne|donner)[-moi| moi|] un [(petit|bref|court)] résumé [(de|du) {{topic}}]",
            "de quoi (avons-nous|on a|a-t-on|est-ce qu'on a|nous avons) [{topic}] (parlé|discuté) [{day}]",
            "(résumé|un résumé)",
        ),
        act(
            Act.LIST,
            f"{_PLEASE} (fais|faire|donne|donner|écris|montre|dresse|dresser)[-moi| moi|] (une|la) liste [(de|des|d')] [tous|toutes] {{topic}}",
            f"{_PLEASE} (liste|lister|énumère|énumérer)[-moi| moi|] [(tous|toutes)] {{topic}}",
            f"{_PLEASE} (montre|montrer|donne|donner|dis)[-moi| moi|] (tous|toutes) {{topic}}",
        ),
        act(
            Act.GREETING,
            "(bonjour|bonsoir|salut|coucou|hello|bonne journée) [(carrel|toi|à toi|tout le monde)]",
            "(comment vas-tu|comment ça va|ça va|comment allez-vous|quoi de neuf)",
            "(enchanté|enchantée|ravi de te connaître)",
        ),
        act(Act.FAREWELL, "(au revoir|à bientôt|à demain|à plus|à plus tard|bonne nuit|salut à bientôt|ciao|adieu)"),
        act(
            Act.THANKS,
            "(merci|merci bien|merci beaucoup|mille mercis|je te remercie) [(beaucoup|bien|infiniment|à toi|carrel|pour {topic})]",
            "c'est [(très|vraiment)] (gentil|sympa|utile)",
        ),
        act(
            Act.REPLY,
            f"({_YES})",
            "c'est [(très|vraiment)] (bien|bon|vrai|super|drôle|parfait|noté|exact|intéressant)",
        ),
    ),
    remember=(
        f"{_PLEASE} (retiens|retenir|note|noter|souviens-toi|rappelle-toi|mémorise|n'oublie pas|garde en tête) [bien] [,|:] [(que|qu')] {{topic}}",
        "(pour info|pour information|il faut que tu saches|sache) [,|:] [(que|qu')] {topic}",
        "{topic}(,|;|:) [s'il te plaît] (retiens|note|mémorise)(-le| ça| cela|-le bien)",
        "{topic}(,|;|:) [s'il te plaît] (ne l'oublie pas|n'oublie pas [ça|cela])",
    ),
    about=(
        f"{_PLEASE} (parle|parler|raconte|dis)[-moi| moi|] [(plus|quelque chose)] (de|sur|à propos de|du|d') {{topic}}",
        "(que|qu'est-ce que) (sais-tu|tu sais) (de|sur|à propos de|du|d') {topic}",
    ),
    whether=(
        "(sais-tu|tu sais|est-ce que tu sais|te souviens-tu|je me demande|je voudrais savoir|dis-moi) (si|s') {topic}",
    ),
    indirect=(
        f"{_PLEASE} (dis|dire|rappelle|rappeler)[-moi| moi|] [encore] {{topic}}",
        f"{_PLEASE} me (dire|redire|redonner|donner|rappeler|répéter) {{topic}}",
        "(sais-tu|tu sais|est-ce que tu sais|connais-tu|tu connais|est-ce que tu connais) {topic}",
        "(te souviens-tu|tu te souviens|est-ce que tu te souviens|tu te rappelles|te rappelles-tu) [(de|du|d')] {topic}",
        "(je me demande|je voudrais savoir|j'aimerais savoir|je ne sais plus|j'ai oublié) {topic}",
    ),
    question_words={
        "combien de temps": Ask.HOW_LONG,
        "depuis combien de temps": Ask.HOW_LONG,
        "combien": Ask.HOW_MANY,
        "quel âge": Ask.HOW_MANY,
        "à quelle heure": Ask.WHEN,
        "quelle heure": Ask.WHEN,
        "quel jour": Ask.WHEN,
        "quelle date": Ask.WHEN,
        "en quelle année": Ask.WHEN,
        "quand": Ask.WHEN,
        "dans quelle ville": Ask.WHERE,
        "d'où": Ask.WHERE,
        "où": Ask.WHERE,
        "qui est-ce": Ask.WHO,
        "qui": Ask.WHO,
        "pourquoi": Ask.WHY,
        "comment": Ask.HOW,
        "qu'est-ce que": Ask.WHAT,
        "qu'est-ce qu": Ask.WHAT,
        "quel": Ask.WHAT,
        "quelle": Ask.WHAT,
        "quels": Ask.WHAT,
        "quelles": Ask.WHAT,
        "quoi": Ask.WHAT,
        "que fais": Ask.WHAT,
        "que dois": Ask.WHAT,
        "que sais": Ask.WHAT,
        "que veux": Ask.WHAT,
        "que mange": Ask.WHAT,
        "que bois": Ask.WHAT,
        "qu'ai": Ask.WHAT,
        "qu'a": Ask.WHAT,
    },
    openings=(
        "(est-ce que|est-ce qu'|qu'est-ce que|qu'est-ce qu'|est-il vrai)",
        "(à quoi|à qui|de quoi|avec qui|chez qui|d'où|où|combien|pourquoi|comment|qui|quel|quelle|quels|quelles|depuis quand|à quelle|en quelle|dans quelle)",
        "quand (est|sont|était|ai-je|suis-je|dois-je|est-ce|part|commence|a lieu|vais-je)",
        "(suis-je|ai-je|dois-je|es-tu|as-tu|aimes-tu|connais-tu|peux-tu|sais-tu)",
        "que (sais|fais|dois|veux|mange|bois|préfère)",
        "c'est (quoi|quand|où|qui)",
    ),
    no_question=("(comment|quel|quelle) (dommage|chance|bonheur|beau|belle)", "où que", "qui que"),
    imperatives=(
        "écris|traduis|dessine|calcule|explique|joue|ouvre|appelle|réserve|commande|envoie|cherche|trouve|chante|aide|donne"
        "|fais|montre|compare|achète|lance|arrête|lis|recommande|raconte|génère|corrige"
    ),
    advice="(dois-je|puis-je|devrais-je|peut-on|doit-on)|est-ce que (je|on|nous) (peux|peut|dois|doit|devrais|devrait|pouvons)|(je|on) (peux|peut|dois|doit|devrais)",
    planning=frozenset("faire fais dois prévu prévue ai passe programme rendez vous".split()),
    secrets="mot de passe|code|code pin|code secret|secret|carte bancaire|iban|code wifi|clé",
    first_person="je|j'|moi|me|m'|mon|ma|mes|mien|mienne|nous|notre|nos|on",
)
