"""Spanish facts. The subject is mostly in the verb ("Vivo en Madrid")."""

import re

from carrel.language.facts.endings import ENDINGS
from carrel.language.facts.relations import RELATIONS
from carrel.language.facts.vocabulary import FactWords, Frame

_NOW = "[ahora|actualmente|también|todavía|aún|ya]"
_MY = "(mi|mis|nuestro|nuestra|nuestros|nuestras)"
_LIVE = "(vivo|vive|vivimos|resido|reside)"
_HAVE = "(tengo|tiene|tenemos)"
_BE = "(soy|es|somos|estoy|está|estamos|era)"
_TO = "(a la|a los|a las|al|a)"
_WHAT = "(cuál|cual|cuáles|qué) (es|son)"
_S = "[{subject}]"
_FAVOURITE = "(favorito|favorita|favoritos|favoritas|preferido|preferida)"


def _said(first: str, third: str, rest: str) -> tuple[str, str]:
    """Return what is said of the speaker, whose subject may be missing, and of others, whose may not."""
    return f"[yo|nosotros] {first} {rest}", f"{{subject}} {third} {rest}"


SPANISH = FactWords(
    language="es",
    frames=(
        *ENDINGS["es"],
        Frame(
            attribute="home",
            brief=True,
            says=(
                *_said(f"{_NOW} (vivo|vivimos|resido)", f"{_NOW} (vive|reside)", f"{_NOW} en {{value}}"),
                *_said("(me he|nos hemos) mudado", "se ha mudado", "[de {old}] a {value}"),
                *_said("(me mudé|nos mudamos|me mudo)", "(se mudó|se muda)", "[de {old}] a {value}"),
            ),
            denies=(f"{_S} (vivía|antes vivía) en {{value}} [antes]",),
            asks=(
                f"[a|en] (dónde|donde) {_LIVE} {_NOW} {_S}",
                f"(dónde|donde) {_NOW} {_LIVE} {_S}",
                f"en qué (ciudad|país|barrio|pueblo) {_LIVE} {_NOW} {_S}",
                "(adónde|a dónde) (me|se) (mudé|mudó) {subject}",
                "(adónde|a dónde) me mudé",
            ),
            checks=(f"{_NOW} {_LIVE} {_S} en {{value}}", f"{{subject}} {_LIVE} en {{value}}"),
        ),
        Frame(
            attribute="birthday",
            says=(
                "mi cumpleaños (es|cae) [el] {value}",
                "el cumpleaños de mi {relation} es [el] {value}",
                *_said("nací", "nació", "el {value}"),
                *_said("nací", "nació", "en {year}"),
                "cumplo años el {value}",
            ),
            asks=(
                "(cuándo|cuando) es mi cumpleaños",
                "(cuándo|cuando) es el cumpleaños de mi {relation}",
                "(qué día|en qué fecha) es mi cumpleaños",
                "(cuándo|cuando) (nací|nació {subject}|cumplo años)",
                f"{_WHAT} mi fecha de nacimiento",
                "mi cumpleaños",
            ),
            checks=("(mi cumpleaños es|es mi cumpleaños) [el|en] {value}",),
        ),
        Frame(
            attribute="origin",
            brief=True,
            says=(
                *_said("(soy|vengo)", "(es|viene)", "[originalmente] de {value}"),
                *_said("(nací|crecí)", "(nació|creció)", "en {value}"),
            ),
            asks=(
                "de (dónde|donde) (soy|es|vengo|viene) [{subject}]",
                "(dónde|donde) (nací|nació|crecí) [{subject}]",
            ),
            checks=("(soy|es) [{subject}] de {value}",),
        ),
        Frame(
            attribute="name",
            person=False,
            says=(
                "me llamo {value}",
                "{subject} se llama {value}",
                "mi nombre es {value}",
                "el nombre de mi {relation} es {value}",
                "(llámame|puedes llamarme) {value}",
                "mi {relation} es {person}",
                "tengo (un|una) {relation} (que se llama|llamado|llamada) {value}",
            ),
            asks=(
                "(cómo|como) me llamo",
                "(cómo|como) se llama {subject}",
                "(cómo|como) {subject} se llama",
                f"{_WHAT} mi nombre",
                f"{_WHAT} el nombre de {{subject}}",
                "(quién|quien) es mi {relation}",
                "mi nombre",
            ),
            checks=("{subject} se llama {value}", "se llama {subject} {value}", "me llamo {value}"),
        ),
        Frame(
            attribute="age",
            says=(
                *_said("tengo", "tiene", "{number} años"),
                *_said("(cumplo|cumplí)", "(cumple|cumplió)", "{number} [años]"),
            ),
            asks=(f"(cuántos|cuantos) años {_HAVE} {_S}", "qué edad (tengo|tiene) [{subject}]", f"{_WHAT} mi edad"),
            checks=(f"{_HAVE} {_S} {{value}} años",),
        ),
        Frame(
            attribute="allergy",
            many=True,
            split=True,
            says=(
                *_said("[también] soy", "[también] es", f"[muy|también] (alérgico|alérgica) {_TO} {{value}}"),
                *_said("tengo", "tiene", f"alergia {_TO} {{value}}"),
            ),
            asks=(
                "a qué (soy|es) [{subject}] (alérgico|alérgica) [{subject}]",
                f"(qué alergias|alguna alergia) {_HAVE} {_S}",
                f"{_HAVE} {_S} (alguna alergia|alergias)",
                "(cuáles son mis alergias|mis alergias)",
            ),
            checks=(
                f"(soy|es) {_S} (alérgico|alérgica) {_TO} {{value}}",
                f"{_HAVE} {_S} alergia {_TO} {{value}}",
            ),
        ),
        Frame(
            attribute="job",
            brief=True,
            says=(
                *_said("trabajo", "trabaja", f"{_NOW} (de|como) {{value}}"),
                "mi (trabajo|profesión|oficio) es {value}",
                *_said("soy", "es", "{value} de profesión"),
            ),
            asks=(
                "(de|en) qué (trabajo|trabaja) [{subject}]",
                f"{_WHAT} mi (trabajo|profesión|oficio)",
                "a qué me dedico",
                "a qué se dedica {subject}",
            ),
            checks=("(trabajo|trabaja) [{subject}] (de|como) {value}",),
        ),
        Frame(
            attribute="employer",
            brief=True,
            says=_said("trabajo", "trabaja", f"{_NOW} (en|para|con) {{value}}"),
            asks=("[en|para] (dónde|donde|quién|qué empresa) (trabajo|trabaja) [ahora] [{subject}]",),
            checks=("(trabajo|trabaja) [{subject}] (en|para) {value}",),
        ),
        Frame(
            attribute="studies",
            many=True,
            says=_said(
                "(estudio|estoy estudiando|aprendo|estoy aprendiendo)", "(estudia|aprende)", f"{_NOW} {{value}}"
            ),
            asks=("qué (estudio|estudia|estoy estudiando|aprendo) [{subject}]",),
            checks=("(estudio|estudia) [{subject}] {value}",),
        ),
        Frame(
            attribute="speaks",
            many=True,
            split=True,
            says=_said("hablo", "habla", "[también|un poco de|algo de] {value}"),
            asks=("(qué|cuántos) (idiomas|lenguas) (hablo|habla|sé hablar) [{subject}]",),
            checks=("(hablo|habla) [{subject}] {value}",),
        ),
        Frame(
            attribute="favourite",
            person=False,
            says=(
                f"{_MY} {{favourite}} {_FAVOURITE} (es|son) [el|la|los|las] {{value}}",
                f"[el|la|los|las] {{value}} (es|son) {_MY} {{favourite}} {_FAVOURITE}",
            ),
            asks=(
                f"({_WHAT[1:-1]}|quién) (es|son) {_MY} {{favourite}} {_FAVOURITE}",
                f"{_WHAT} {_MY} {{favourite}} {_FAVOURITE}",
                f"{_MY} {{favourite}} {_FAVOURITE}",
            ),
            checks=(f"(es|son) {_MY} {{favourite}} {_FAVOURITE} [el|la|los|las] {{value}}",),
        ),
        Frame(
            attribute="likes",
            many=True,
            split=True,
            says=(
                "[también] [a mí] me (gusta|gustan|encanta|encantan) [mucho|también] [el|la|los|las] {value}",
                "a {subject} le (gusta|gustan|encanta|encantan) [mucho] [el|la|los|las] {value}",
                "(adoro|amo) [el|la|los|las|a] {value}",
            ),
            denies=("(odio|detesto|no soporto) [el|la|los|las] {value}",),
            asks=(
                "qué (me gusta|me encanta|cosas me gustan) [hacer]",
                "qué le (gusta|gustan) a {subject}",
            ),
            asks_not=("qué no me (gusta|gustan)", "qué (odio|detesto)"),
            checks=(
                "me (gusta|gustan|encanta|encantan) [el|la|los|las] {value}",
                "le (gusta|gustan) a {subject} [el|la|los|las] {value}",
            ),
        ),
        Frame(
            attribute="eats",
            many=True,
            split=True,
            says=_said("(como|bebo)", "(come|bebe)", "{value}"),
            asks=("qué (como|come|bebo|bebe) [{subject}]",),
            checks=("(como|come|bebo|bebe) [{subject}] {value}",),
        ),
        Frame(
            attribute="drives",
            says=_said("conduzco", "conduce", "[ahora] (un|una) {value}"),
            asks=("qué (coche|carro|auto) (conduzco|tengo|conduce) [{subject}]",),
        ),
        Frame(
            attribute="partner",
            says=_said("estoy", "está", "(casado|casada|prometido|prometida) con {value}"),
            asks=("con quién (estoy|está) [{subject}] (casado|casada)",),
        ),
        Frame(
            attribute="plays",
            many=True,
            split=True,
            person=False,
            says=_said("(toco|juego)", "(toca|juega)", "[también] [al|a la|el|la|a] {value}"),
            asks=("qué (instrumento|instrumentos|deporte|deportes) (toco|toca|juego|practico) [{subject}]",),
            checks=("(toco|toca|juego|juega) [{subject}] [al|a la|el|la|a] {value}",),
        ),
        Frame(
            attribute="shopping",
            many=True,
            split=True,
            says=(
                "[también] (tengo que|tenemos que|hay que|debo|necesito|quiero) [también] (comprar|coger) {value}",
                "(pon|añade|apunta|agrega) {value} (en|a) (la|mi) lista [de la compra|de compras]",
            ),
            asks=(
                "qué (tengo que|debo|tenemos que|hay que|necesito) comprar",
                "qué hay en (mi|la) lista [de la compra|de compras]",
                "(mi|la) lista (de la compra|de compras)",
            ),
        ),
        Frame(
            attribute="",
            person=False,
            says=(
                f"{_MY} {{attribute}} (es|son) {{value}}",
                "(el|la|los|las) {attribute} (es|son) {value}",
                f"{{value}} (es|son) {_MY} {{attribute}}",
            ),
            asks=(
                f"{_WHAT} {_MY} {{attribute}}",
                f"(cuándo|dónde|quién|cómo) (es|son|está) {_MY} {{attribute}}",
                f"{_WHAT} (el|la|los|las) {{attribute}}",
                "(cuándo|dónde) (es|son|está) (el|la|los|las) {attribute}",
                f"{_MY} {{attribute}}",
            ),
            checks=(f"(es|son) {_MY} {{attribute}} {{value}}",),
        ),
        Frame(
            attribute="has",
            person=False,
            many=True,
            says=_said(f"{_NOW} (tengo|tenemos)", f"{_NOW} tiene", f"{_NOW} {{value}}"),
            asks=(
                f"(cuántos|cuántas|cuantos|cuantas) {{thing}} {_HAVE} {_S}",
                f"qué {{thing}} {_HAVE} {_S}",
            ),
            checks=(f"[todavía|aún] {_HAVE} {_S} [todavía] {{value}}",),
        ),
        Frame(
            attribute="is",
            person=False,
            many=True,
            general=True,
            says=_said("(soy|somos|estoy|estamos)", "(es|está|era)", f"{_NOW} [un|una] {{value}}"),
            checks=(f"{_BE} {_S} [un|una] {{value}}",),
        ),
    ),
    subject=(
        r"yo|nosotros|nosotras|él|ella|(?:mi|mis|nuestro|nuestra)\s[\w-]+(?:\s(?:mayor|menor|pequeño|pequeña))?"
        r"(?:\s(?-i:[A-ZÁÉÍÓÚÑ])[\w'-]+)?|(?-i:[A-ZÁÉÍÓÚÑ])[\w-]+(?:\s(?-i:[A-ZÁÉÍÓÚÑ])[\w-]+)?"
    ),
    me=frozenset({"yo", "nosotros", "nosotras", "mí"}),
    pronouns=frozenset({"él", "ella"}),
    somebody=r"[Éé]l|[Ee]lla",
    owned=(
        r"(?:mi|mis|nuestro|nuestra)\s+(?:(?:mejor|nuevo|nueva)\s+)?(?P<noun>[\w-]+)(?:\s(?:mayor|menor|pequeño|pequeña))?"
        r"(?:[\s,]+(?P<name>(?-i:[A-ZÁÉÍÓÚÑ])[\w'-]+))?"
    ),
    relations=RELATIONS["es"],
    number=(
        r"\d{1,3}|un|uno|una|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|trece|catorce|quince|dieciséis"
        r"|diecisiete|dieciocho|diecinueve|veint\w+|(?:treinta|cuarenta|cincuenta|sesenta|setenta|ochenta)(?: y \w+)?"
    ),
    negations=re.compile(r"\bya no\s|\bno\s|\bnunca\s", re.IGNORECASE),
    also=re.compile(r"\b(?:también|además|otro|otra)\b", re.IGNORECASE),
    fillers=re.compile(
        r"[\s,]+(?:ahora|también|actualmente|ya|todavía|mucho|por cierto|además|en este momento|antes)$", re.IGNORECASE
    ),
    goes_on=re.compile(r"\s*,\s.*$|\s+(?:y|pero|porque|donde|con|desde|hasta)\s+(?-i:[a-záéí]).*$", re.IGNORECASE),
    clause=re.compile(
        r"\s*;\s*|\s*[,]?\s+(?:y|pero)\s+(?=(?:yo|mi|mis|me|soy|vivo|tengo|trabajo|él|ella|nuestro|nuestra)\b)"
        r"|\s*,\s+(?=(?:yo|mi|mis|soy|vivo|tengo|trabajo)\b)",
        re.IGNORECASE,
    ),
    conjunction=re.compile(
        r"\s*,\s*(?:y|e|o)\s+|\s*,\s*|\s+[ye]\s+(?:al\s|a\sla\s|a\slos\s|a\slas\s|el\s|la\s|los\s|las\s)?|\s+[ou]\s+|\s*&\s*",
        re.IGNORECASE,
    ),
    before_value=re.compile(
        r"^(?:es|son|está|se\s+llama|era)\s+(?:en\s+realidad\s+)?(?:el\s+|en\s+|a\s+)?", re.IGNORECASE
    ),
    before_dates=re.compile(r"(?:\b(?:desde|el|en|a|de|hasta|sobre|por))?[\s,]*$", re.IGNORECASE),
)
