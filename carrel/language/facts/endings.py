"""How people say that a job or a partnership is over, or that an animal or a person has died, in five languages."""

from collections.abc import Mapping
from types import MappingProxyType

from carrel.language.facts.fact import JOB, LIFE, PARTNER, STUDIES
from carrel.language.facts.vocabulary import Frame
from carrel.language.languages import Language

_HAVE = "[have|has|'ve|'s|had]"
_BE = "(am|'m|is|'s|are|'re|was|were)"
_JUST = "[just|finally|sadly|recently|now|also|then]"
_MY = "(my|his|her|the|that|their|our)"
_FIRED = "(fired|sacked|dismissed|laid off|made redundant|let go|axed)"

_FRENCH_MY = "(mon|son|le|ce)"
_FRENCH_WORK = "(travail|boulot|emploi|job|poste|taf)"
_ICH = "[{subject}] [(hab|habe|hat)] [(habe|hab|hat|haben)]"

ENDINGS: Mapping[Language, tuple[Frame, ...]] = MappingProxyType(
    {
        "en": (
            Frame(
                attribute=JOB,
                ends=(
                    f"[{{subject}}] {_HAVE} {_JUST} (quit|quitted|left|lost|resigned from|given up|gave up|walked out of) {_MY} [old] job [(at|from|with) {{old}}]",
                    f"[{{subject}}] {_HAVE} {_JUST} (quit|quitted|resigned|retired)",
                    f"[{{subject}}] {_JUST} (handed in|gave in|gave|put in) {_MY} (notice|resignation|two weeks notice)",
                    f"[{{subject}}] {_HAVE} {_JUST} (got|gotten|been|was|were|getting) {_FIRED} [(at|from|by) {{old}}]",
                    "(they|my boss|the company|work) (let me go|fired me|sacked me|laid me off)",
                    f"[{{subject}}] {_BE} {_JUST} (unemployed|jobless|out of work|between jobs|retired)",
                ),
            ),
            Frame(
                attribute=PARTNER,
                ends=(
                    "{value} and (I|me) [have|just|'ve] (broke up|broken up|split up|split|separated|divorced|got divorced|are divorced|are getting divorced|are no longer together)",
                    "we [have|just|'ve|'re|are] (broke up|broken up|split up|separated|divorced|got divorced|no longer together|not together)",
                    f"[{{subject}}] {_HAVE} {_JUST} (broke up|broken up|split up|split) with {{value}}",
                    "my {relation} [just|has] (left|dumped|divorced) me",
                    f"[{{subject}}] {_HAVE} {_JUST} (got|gotten) divorced",
                    f"[{{subject}}] {_BE} {_JUST} (single|divorced|widowed)",
                ),
            ),
            Frame(
                attribute=STUDIES,
                ends=(
                    f"[{{subject}}] {_HAVE} {_JUST} (dropped out|graduated|dropped out of (school|college|university|uni) [{{old}}])",
                    f"[{{subject}}] {_HAVE} {_JUST} (quit|finished|left) {_MY} (studies|degree|course)",
                ),
            ),
            Frame(
                attribute=LIFE,
                ends=(
                    f"{_JUST} {{subject}} {_HAVE} {_JUST} (died|passed away|passed|was put down|put down|was put to sleep|had to be put down)",
                    "(we|I) [just|sadly] (had to put|put|lost) {subject} [down|to sleep]",
                ),
            ),
        ),
        "de": (
            Frame(
                attribute=JOB,
                ends=(
                    f"{_ICH} [(meinen|meine|den|die|seinen|ihren)] [(job|stelle|arbeit|arbeitsplatz)] [bei {{old}}] (gekündigt|geschmissen|verloren|aufgegeben|hingeschmissen)",
                    f"{_ICH} [(meinen|meine|den|die)] (job|stelle|arbeit|arbeitsplatz) [bei {{old}}] (gekündigt|geschmissen|verloren|aufgegeben)",
                    "(mir wurde|man hat mir|die haben mir|sie haben mir) [der job] gekündigt",
                    "[{subject}] (wurde|bin|ist) [(entlassen|gefeuert|rausgeworfen|gekündigt|rausgeflogen)] (entlassen|gefeuert|gekündigt|worden|rausgeflogen)",
                    "[{subject}] (bin|ist) [(jetzt|gerade|nun|seit)] (arbeitslos|in rente|im ruhestand|pensioniert|rentner|rentnerin|auf jobsuche)",
                    "{subject} (kündigte|ging in rente)",
                ),
            ),
            Frame(
                attribute=PARTNER,
                ends=(
                    "{value} und ich (haben|hab) uns [(leider|gerade)] (getrennt|scheiden lassen)",
                    "{value} und ich sind [(nicht mehr zusammen|geschieden|getrennt|auseinander)]",
                    "wir (haben uns|sind) [(leider|gerade)] (getrennt|scheiden lassen|geschieden|auseinander|nicht mehr zusammen)",
                    "[ich] (habe|hab) [ich] mich von {value} getrennt",
                    "(mit {value}|zwischen {value} und mir) ist (schluss|es aus|aus)",
                    "ich (habe|hab) mit {value} schluss gemacht",
                    "(mein|meine) {relation} hat (mich verlassen|sich von mir getrennt|mit mir schluss gemacht)",
                    "[ich] bin [(jetzt|wieder|nun)] [(jetzt|wieder|nun)] (single|geschieden|verwitwet)",
                ),
            ),
            Frame(
                attribute=STUDIES,
                ends=(
                    "[{subject}] (hab|habe|hat) [(mein|das|ihr|sein)] studium [(leider|jetzt)] (abgebrochen|abgeschlossen|geschmissen|beendet)",
                    "[ich] (hab|habe) [ich] (mein|das) studium (abgebrochen|abgeschlossen|geschmissen|beendet)",
                ),
            ),
            Frame(
                attribute=LIFE,
                ends=(
                    "{subject} ist [(leider|gerade)] (gestorben|verstorben|tot|eingeschläfert worden)",
                    "wir (mussten|haben) {subject} [(leider)] (einschläfern|einschläfern lassen|eingeschläfert|verloren)",
                ),
            ),
        ),
        "fr": (
            Frame(
                attribute=JOB,
                ends=(
                    "{subject} (ai|a|avons) [(enfin|juste|finalement)] (démissionné|été licencié|été licenciée|été viré|été virée|pris [ma|sa] retraite)",
                    f"{{subject}} (ai|a) [(enfin|juste)] (quitté|perdu|plaqué|lâché) {_FRENCH_MY} {_FRENCH_WORK}",
                    "{subject} (suis|est|me suis fait|s'est fait) [(maintenant|désormais)] (virer|licencier|au chômage|à la retraite|retraité|retraitée|chômeur)",
                    "(on m'a|ils m'ont) (viré|virée|licencié|licenciée)",
                ),
            ),
            Frame(
                attribute=PARTNER,
                ends=(
                    "{value} et moi (on|nous) (s'est|nous sommes|s'est|sommes) [(enfin|juste)] (séparés|quittés|divorcés|séparées|quittées)",
                    "(on s'est|nous nous sommes|on a|nous avons) [(enfin|juste)] (séparés|quittés|séparées|divorcé|rompu)",
                    "j'ai [(enfin|juste)] (rompu avec|quitté|largué) (mon|ma) {relation}",
                    "j'ai rompu avec {value}",
                    "(mon|ma) {relation} m'a (quitté|quittée|largué|larguée|plaqué|plaquée)",
                    "je suis [(de nouveau|maintenant|à nouveau)] (célibataire|divorcé|divorcée|veuf|veuve)",
                ),
            ),
            Frame(
                attribute=STUDIES,
                ends=("{subject} (ai|a) [(enfin|juste)] (arrêté|abandonné|fini|terminé) (mes|ses|les) études",),
            ),
            Frame(
                attribute=LIFE,
                ends=(
                    "{subject} (est|a été) [(malheureusement)] (mort|morte|décédé|décédée|euthanasié|euthanasiée)",
                    "(on a|nous avons) (perdu|dû faire piquer) {subject}",
                ),
            ),
        ),
        "es": (
            Frame(
                attribute=JOB,
                ends=(
                    "[ya] [{subject}] (dejé|he dejado|perdí|he perdido|renuncié a|abandoné|dejó|perdió) (mi|el|su|ese) (trabajo|empleo|puesto|curro)",
                    "[ya] [{subject}] (renuncié|dimití|he dimitido|he renunciado|me jubilé|me he jubilado|renunció|se jubiló)",
                    "[{subject}] (me|le|lo) (despidieron|han despedido|echaron|han echado) [del (trabajo|curro)]",
                    "[{subject}] (estoy|está) [ahora] (en paro|en el paro|desempleado|desempleada|sin trabajo|jubilado|jubilada)",
                ),
            ),
            Frame(
                attribute=PARTNER,
                ends=(
                    "{value} y yo [(ya|lo)] (dejamos|lo dejamos|lo hemos dejado|hemos roto|rompimos|cortamos|nos separamos|nos hemos separado|nos divorciamos|hemos terminado|terminamos|no estamos juntos)",
                    "(nos separamos|nos hemos separado|nos divorciamos|lo hemos dejado|lo dejamos|hemos roto|rompimos)",
                    "(rompí|he roto|corté|he cortado|terminé|lo dejé) con {value}",
                    "mi {relation} me (dejó|ha dejado)",
                    "(estoy|soy) [(otra vez|ahora|de nuevo)] (soltero|soltera|divorciado|divorciada|viudo|viuda)",
                ),
            ),
            Frame(
                attribute=STUDIES,
                ends=(
                    "[ya] (dejé|he dejado|terminé|he terminado|abandoné) (la carrera|los estudios|mis estudios|la universidad)",
                    "[ya] me (gradué|he graduado)",
                ),
            ),
            Frame(
                attribute=LIFE,
                ends=(
                    "(se murió|murió|ha muerto|falleció|se ha muerto|ha fallecido) {subject}",
                    "{subject} (se murió|murió|ha muerto|falleció|se ha muerto|ha fallecido)",
                ),
            ),
        ),
        "zh": (
            Frame(
                attribute=JOB,
                ends=(
                    "[{subject}][刚刚|刚|已经|终于|最近](辞职|离职|失业|退休|下岗|辞工|裸辞)[了]",
                    "[{subject}][刚刚|刚|已经|最近]被[公司|老板|单位](裁|裁员|辞退|解雇|开除|炒|炒鱿鱼)[掉|了]",
                    "[{subject}][刚刚|刚|已经|最近](辞掉|辞了|丢了|没了)[我的|原来的](工作|饭碗)[了]",
                    "[{subject}][现在|已经](不干|没工作|没有工作|待业)[了]",
                ),
            ),
            Frame(
                attribute=PARTNER,
                ends=(
                    "(我和|我跟|和|跟){value}[已经|刚刚|刚](分手|离婚|分开|散)[了]",
                    "(我们|我)[已经|刚刚|刚|又](分手|离婚|单身|分开)[了]",
                    "我[的]{relation}(和|跟|把)我(分手|离婚|甩)[了]",
                ),
            ),
            Frame(
                attribute=STUDIES,
                ends=("[{subject}][刚刚|刚|已经|终于](毕业|退学|休学)[了]",),
            ),
            Frame(
                attribute=LIFE,
                ends=("{subject}[已经|昨天|前几天](去世|死|走|过世|没)[了]",),
            ),
        ),
    }
)
