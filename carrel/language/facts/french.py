"""French facts."""

import re

from carrel.language.facts.endings import ENDINGS
from carrel.language.facts.relations import RELATIONS
from carrel.language.facts.vocabulary import FactWords, Frame

_BE = "(suis|es|est|sommes|sont|étais|était)"
_NOW = "[maintenant|actuellement|toujours|aussi|désormais|encore]"
_MY = "(mon|ma|mes|notre|nos)"
_LIVE = "(habite|habites|habitons|vis|vit|vivons|réside|loge)"
_HAVE = "(ai|as|a|avons|ont)"
_IN = "(à|a|en|au|aux|dans)"
_OF = "(de|d'|des|du)"
_FAVOURITE = "(préféré|préférée|préférés|préférées|favori|favorite|favoris|favorites)"
_WHAT = "(quel|quelle|quels|quelles) (est|sont)"

FRENCH = FactWords(
    language="fr",
    frames=(
        *ENDINGS["fr"],
        Frame(
            attribute="home",
            brief=True,
            says=(
                f"{{subject}} {_LIVE} {_NOW} {_IN} {{value}}",
                f"{{subject}} {_HAVE} [récemment] déménagé [{_OF} {{old}}] {_IN} {{value}}",
                f"{{subject}} (déménage|m'installe|s'installe) [{_OF} {{old}}] {_IN} {{value}}",
                f"je me suis (installé|installée) {_IN} {{value}}",
            ),
            denies=(f"(j'|je) (habitais|vivais) {_IN} {{value}} [avant]", "j' ai quitté {value}"),
            asks=(
                f"où est-ce (que|qu') {{subject}} {_LIVE} {_NOW}",
                f"où {_LIVE}-(je|t-il|t-elle|il|elle) {_NOW}",
                f"où {{subject}} {_LIVE} {_NOW}",
                f"où {_LIVE} {{subject}}",
                f"dans (quelle ville|quel pays|quel quartier) {_LIVE}-je {_NOW}",
                f"dans (quelle ville|quel pays) est-ce que {{subject}} {_LIVE}",
                f"{{subject}} {_LIVE} où",
            ),
            checks=(
                f"(est-ce que) {{subject}} {_LIVE} {_IN} {{value}}",
                f"{_LIVE}-je {_IN} {{value}}",
            ),
        ),
        Frame(
            attribute="birthday",
            says=(
                "mon anniversaire (est|tombe) [le] {value}",
                "l'anniversaire de (mon|ma) {relation} est [le] {value}",
                f"{{subject}} {_BE} (né|née) le {{value}}",
                f"{{subject}} {_BE} (né|née) en {{year}}",
            ),
            asks=(
                "quand (est|c'est|tombe) mon anniversaire",
                "c'est quand mon anniversaire",
                "quand (est|c'est|tombe) l'anniversaire de (mon|ma) {relation}",
                "(quelle est|c'est quoi) (ma date de naissance|la date de mon anniversaire)",
                f"quand {_BE}-je (né|née)",
                f"quand est-ce que {{subject}} {_BE} (né|née)",
                "mon anniversaire",
            ),
            checks=("[est-ce que] mon anniversaire est [le|en] {value}",),
        ),
        Frame(
            attribute="origin",
            brief=True,
            says=(
                f"{{subject}} (viens|vient) [originairement] {_OF} {{value}}",
                f"{{subject}} {_BE} (né|née) {_IN} {{value}}",
                f"{{subject}} {_BE} originaire {_OF} {{value}}",
            ),
            asks=(
                "d'où (viens-je|vient {subject})",
                "d'où est-ce (que|qu') {subject} (viens|vient)",
                f"où {_BE}-je (né|née)",
                f"où est-ce (que|qu') {{subject}} {_BE} (né|née)",
            ),
        ),
        Frame(
            attribute="name",
            person=False,
            says=(
                "je m'appelle {value}",
                "{subject} s'appelle {value}",
                f"{_MY} nom est {{value}}",
                "le nom de (mon|ma) {relation} est {value}",
                "moi[,] c'est {person}",
                "appelle-moi {value}",
                "(mon|ma) {relation} est {person}",
                "(j'ai|on a|nous avons) (un|une) {relation} (qui s'appelle|nommé|nommée|appelé|appelée) {value}",
            ),
            asks=(
                "je m'appelle comment",
                "comment (je m'appelle|m'appelé-je|est-ce que je m'appelle)",
                "comment s'appelle {subject}",
                "comment {subject} s'appelle",
                f"{_WHAT} mon (nom|prénom)",
                f"{_WHAT} le nom de {{subject}}",
                "c'est quoi (mon nom|le nom de {subject})",
                "qui est (mon|ma) {relation}",
                "mon nom",
            ),
            checks=("[est-ce que] {subject} s'appelle {value}",),
        ),
        Frame(
            attribute="age",
            says=(
                f"{{subject}} {_HAVE} [maintenant] {{number}} ans",
                "{subject} (aurai|aura|vais avoir|va avoir) {number} ans",
            ),
            asks=(
                f"quel âge {_HAVE}-(je|t-il|t-elle)",
                f"quel âge est-ce (que|qu') {{subject}} {_HAVE}",
                f"quel âge {_HAVE} {{subject}}",
                f"{{subject}} {_HAVE} quel âge",
                f"{_WHAT} mon âge",
            ),
            checks=(f"[est-ce que|est-ce qu'] {{subject}} {_HAVE} {{value}} ans",),
        ),
        Frame(
            attribute="allergy",
            many=True,
            split=True,
            says=(
                f"{{subject}} {_BE} [aussi|très] allergique [aussi] (à la|à l'|à|au|aux) {{value}}",
                f"{{subject}} {_HAVE} une allergie (à la|à l'|à|au|aux) {{value}}",
            ),
            asks=(
                f"à quoi {_BE}-je [aussi] allergique",
                f"à quoi est-ce (que|qu') {{subject}} {_BE} allergique",
                f"{{subject}} {_BE} allergique à quoi",
                "(quelles sont mes|ai-je des|est-ce que j'ai des) allergies",
                f"à quoi {_BE} allergique {{subject}}",
            ),
            checks=(
                f"[est-ce que|est-ce qu'] {{subject}} {_BE} allergique (à la|à l'|à|au|aux) {{value}}",
                f"{_BE}-je allergique (à la|à l'|à|au|aux) {{value}}",
            ),
        ),
        Frame(
            attribute="job",
            brief=True,
            says=(
                "{subject} (travaille|travailles) [maintenant] comme {value}",
                f"{_MY} (métier|travail|profession) est {{value}}",
                f"{{subject}} {_BE} {{value}} de (métier|profession)",
            ),
            asks=(
                f"{_WHAT} (mon métier|ma profession|mon travail|mon boulot|mon job)",
                "(qu'est-ce que je fais|que fais-je) (dans la vie|comme travail|comme métier)",
                "que fait {subject} dans la vie",
                "c'est quoi mon (métier|travail|boulot|job|taf)",
            ),
            checks=("[est-ce que] {subject} travaille comme {value}",),
        ),
        Frame(
            attribute="employer",
            brief=True,
            says=("{subject} (travaille|travailles) [maintenant] (chez|pour|à|au|dans) {value}",),
            asks=(
                "où est-ce (que|qu') {subject} travaille",
                "(où|chez qui|pour qui) (travaille-je|je travaille|travaille {subject})",
            ),
            checks=("[est-ce que] {subject} travaille (chez|pour|à) {value}",),
        ),
        Frame(
            attribute="studies",
            many=True,
            says=("{subject} (étudie|apprends|apprend) [maintenant|aussi] [(le|la|l'|les)] {value}",),
            asks=("qu'est-ce que {subject} (étudie|apprends|apprend)", "(qu'étudie|qu'apprend) {subject}"),
            checks=("[est-ce que] {subject} (étudie|apprends|apprend) [(le|la|l'|les)] {value}",),
        ),
        Frame(
            attribute="speaks",
            many=True,
            split=True,
            says=("{subject} (parle|parles) [aussi|couramment|un peu] {value}",),
            asks=(
                "(quelles langues|combien de langues) (est-ce que|est-ce qu') {subject} parle",
                "(quelles langues|combien de langues) (parle-je|je parle|parlé-je|parle {subject})",
            ),
            checks=("[est-ce que] {subject} parle {value}",),
        ),
        Frame(
            attribute="favourite",
            person=False,
            says=(
                f"{_MY} {{favourite}} {_FAVOURITE} (est|sont|c'est) [le|la|l'|les] {{value}}",
                f"[le|la|l'|les] {{value}} (est|sont) {_MY} {{favourite}} {_FAVOURITE}",
            ),
            asks=(
                f"{_WHAT} {_MY} {{favourite}} {_FAVOURITE}",
                f"(c'est quoi|qui est) {_MY} {{favourite}} {_FAVOURITE}",
                f"{_MY} {{favourite}} {_FAVOURITE}",
            ),
            checks=(f"[est-ce que] {_MY} {{favourite}} {_FAVOURITE} (est|sont) [le|la|l'|les] {{value}}",),
        ),
        Frame(
            attribute="likes",
            many=True,
            split=True,
            says=(
                "{subject} (aime|adore|apprécie|aimes) [(bien|beaucoup|aussi|vraiment)] [(le|la|l'|les)] {value}",
                f"{{subject}} {_BE} (fan|passionné|passionnée) {_OF} {{value}}",
            ),
            denies=(
                "{subject} (déteste|hais|hait) [(le|la|l'|les)] {value}",
                "j'ai horreur (de la|de l'|de|du|des) {value}",
            ),
            asks=(
                "(qu'est-ce que|qu'est-ce qu') {subject} (aime|adore) [faire]",
                "(qu'aimé-je|que aime {subject}|qu'aime {subject})",
            ),
            asks_not=("(qu'est-ce que|qu'est-ce qu') {subject} (déteste|n'aime pas)",),
            checks=(
                "[est-ce que|est-ce qu'] {subject} (aime|adore) [bien] [(le|la|l'|les)] {value}",
                "(aimé-je|aime-je) [(le|la|l'|les)] {value}",
            ),
        ),
        Frame(
            attribute="eats",
            many=True,
            split=True,
            says=("{subject} (mange|bois|boit) [aussi] [(du|de la|de l'|des|de|le|la|les)] {value}",),
            asks=("(qu'est-ce que|que) {subject} (mange|bois|boit)",),
            checks=("[est-ce que] {subject} (mange|bois|boit) [(du|de la|de l'|des|de|le|la|les)] {value}",),
        ),
        Frame(
            attribute="drives",
            says=("{subject} (conduis|conduit|roule en) [maintenant] [un|une] {value}",),
            asks=(
                "quelle voiture (est-ce que je conduis|conduis-je|ai-je|est-ce que j'ai)",
                "je conduis quelle voiture",
            ),
        ),
        Frame(
            attribute="partner",
            says=(f"{{subject}} {_BE} (marié|mariée|fiancé|fiancée) (à|avec) {{value}}",),
            asks=(f"(avec|à) qui (est-ce que {{subject}} {_BE}|{_BE}-je) (marié|mariée)",),
        ),
        Frame(
            attribute="plays",
            many=True,
            split=True,
            person=False,
            says=("{subject} joue [aussi] (du|de la|de l'|au|à la|aux|de) {value}",),
            asks=(
                "de quel instrument (est-ce que je joue|joué-je|joue {subject})",
                "à quel sport (est-ce que je joue|joue {subject})",
            ),
            checks=("[est-ce que] {subject} joue (du|de la|de l'|au|à la|aux) {value}",),
        ),
        Frame(
            attribute="shopping",
            many=True,
            split=True,
            says=(
                "[il] (faut|faudrait) que (j'|on|nous) (achète|prenne|achetions) [encore|aussi] [du|de la|de l'|des] {value}",
                "(je dois|on doit|nous devons|il faut|faut) [encore|aussi] (acheter|prendre) [du|de la|de l'|des] {value}",
                "(mets|ajoute|note) [encore|aussi] [du|de la|de l'|des] {value} (sur|à) (la|ma) liste [de courses]",
            ),
            asks=(
                "qu'est-ce (que|qu') (je dois|on doit|il faut|il faut que j') (acheter|prendre|achète)",
                "(que|qu'est-ce qu'il) (dois-je|faut-il|faut) [encore] (acheter|prendre)",
                "(qu'est-ce qu'il y a|il y a quoi) sur (ma|la) liste [de courses]",
                "(ma|la) liste de courses",
            ),
        ),
        Frame(
            attribute="",
            person=False,
            says=(
                f"{_MY} {{attribute}} (est|sont|c'est) {{value}}",
                "(le|la|l'|les) {attribute} (est|sont|c'est) {value}",
                f"{{value}} (est|sont) {_MY} {{attribute}}",
            ),
            asks=(
                f"{_WHAT} {_MY} {{attribute}}",
                f"(qui|quand|où) (est|sont) {_MY} {{attribute}}",
                f"(c'est quoi|c'est quand|c'est où|c'est qui) {_MY} {{attribute}}",
                f"{_WHAT} (le|la|l'|les) {{attribute}}",
                "(quand|où) (est|sont) (le|la|l'|les) {attribute}",
                "c'est quoi (le|la|l'|les) {attribute}",
                f"{_MY} {{attribute}}",
            ),
            checks=(f"est-ce que {_MY} {{attribute}} (est|sont) {{value}}",),
        ),
        Frame(
            attribute="has",
            person=False,
            many=True,
            says=(f"{{subject}} {_HAVE} {_NOW} {{value}}", "{subject} (possède|possèdes) {value}"),
            asks=(
                f"combien (de|d') {{thing}} {_HAVE}-(je|t-il|t-elle)",
                f"combien (de|d') {{thing}} est-ce (que|qu') {{subject}} {_HAVE}",
                f"{{subject}} {_HAVE} combien (de|d') {{thing}}",
                f"(quel|quelle|quels|quelles) {{thing}} {_HAVE}-je",
                f"(quel|quelle|quels|quelles) {{thing}} est-ce (que|qu') {{subject}} {_HAVE}",
            ),
            checks=(
                f"[est-ce que|est-ce qu'] {{subject}} {_HAVE} [encore] {{value}}",
                f"{_HAVE}-je [encore] {{value}}",
            ),
        ),
        Frame(
            attribute="is",
            person=False,
            many=True,
            general=True,
            says=(f"{{subject}} {_BE} {_NOW} [un|une] {{value}}",),
            checks=(f"[est-ce que|est-ce qu'] {{subject}} {_BE} [un|une] {{value}}", f"{_BE}-je [un|une] {{value}}"),
        ),
    ),
    subject=(
        r"je|j'|nous|on|il|elle|(?:mon|ma|mes|notre)\s[\w-]+(?:\s(?-i:[A-ZÉ])[\w'-]+)?"
        r"|(?-i:[A-ZÉ])[\w-]+(?:\s(?-i:[A-ZÉ])[\w-]+)?"
    ),
    me=frozenset({"je", "j'", "nous", "on", "moi"}),
    pronouns=frozenset({"il", "elle"}),
    somebody=r"[Ee]lle|[Ii]l(?!\s(?:y|fait|faut|pleut|neige|est\s(?:\d|tard|midi)))",
    owned=(
        r"(?:mon|ma|mes|notre)\s+(?:(?:petit|petite|grand|grande|meilleur|meilleure|nouveau|nouvelle)\s+)?"
        r"(?P<noun>[\w-]+)(?:[\s,]+(?P<name>(?-i:[A-ZÉ])[\w'-]+))?"
    ),
    relations=RELATIONS["fr"],
    number=(
        r"\d{1,3}|un|une|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize"
        r"|(?:vingt|trente|quarante|cinquante|soixante|quatre-vingt)[\w-]*(?: et un)?"
    ),
    negations=re.compile(
        r"\bn(?:e\s|')(?=.*\b(?:pas|plus|jamais)\b)|(?<=\s)(?:pas|plus|jamais)\s(?:de\s|d')?", re.IGNORECASE
    ),
    also=re.compile(r"\b(?:aussi|également|encore un\w*|en plus)\b", re.IGNORECASE),
    fillers=re.compile(
        r"[\s,]+(?:maintenant|aussi|actuellement|désormais|également|d'ailleurs|déjà|encore|beaucoup|en ce moment|avant)$",
        re.IGNORECASE,
    ),
    goes_on=re.compile(r"\s*,\s.*$|\s+(?:et|mais|car|parce|où|avec|depuis|jusqu)\s+(?-i:[a-zéàê]).*$", re.IGNORECASE),
    clause=re.compile(
        r"\s*;\s*|\s*[,]?\s+(?:et|mais)\s+(?=(?:je|j'|mon|ma|mes|nous|notre|il|elle)\b)|\s*,\s+(?=(?:je|j'|mon|ma|mes|il|elle)\b)",
        re.IGNORECASE,
    ),
    conjunction=re.compile(
        r"\s*,\s*(?:et|ou)\s+|\s*,\s*|\s+et\s+(?:aux?\s|à\sla\s|à\sl'|l[ae]s?\s|l')?|\s+ou\s+|\s*&\s*", re.IGNORECASE
    ),
    before_value=re.compile(
        r"^(?:c'est|ce\s+sont|il\s+est|elle\s+est|il\s+s'appelle|elle\s+s'appelle)\s+(?:en\s+fait\s+)?(?:plutôt\s+)?(?:le\s+|à\s+)?",
        re.IGNORECASE,
    ),
    before_dates=re.compile(r"(?:\b(?:depuis|le|en|à|au|dès|vers|du|de))?[\s,]*$", re.IGNORECASE),
)
