"""Words for people and animals that are somebody's, and to which kinds they belong."""

from collections.abc import Mapping
from types import MappingProxyType

from carrel.language.languages import LANGUAGES, Language

FRIEND_OR_PARTNER = "friend or partner"
"""What a German friend may be; the other languages have a word for each."""

_ROWS = (
    ("mother", "mother|mom|mum|mama", "妈妈|母亲|妈", "mutter|mama|mutti", "mère|maman", "madre|mamá"),
    ("father", "father|dad|papa", "爸爸|父亲|爸", "vater|papa|vati", "père|papa", "padre|papá"),
    ("parent", "parent|parents", "父母|爸妈", "eltern", "parents", "padres"),
    (
        "sister",
        "sister|sisters|sis",
        "妹妹|姐姐|妹|姐|姐妹",
        "schwester|schwestern",
        "sœur|soeur|sœurs|soeurs",
        "hermana|hermanas",
    ),
    (
        "brother",
        "brother|brothers",
        "哥哥|弟弟|哥|弟|兄弟",
        "bruder|bruders|brüder",
        "frère|frères",
        "hermano|hermanos",
    ),
    ("sibling", "sibling|siblings", "兄弟姐妹", "geschwister", "frères et sœurs", "hermanitos"),
    (
        "partner",
        "wife|husband|partner|spouse|girlfriend|boyfriend|fiancé|fiancée|fiance",
        "妻子|老婆|媳妇|丈夫|老公|太太|爱人|男朋友|女朋友|男友|女友|对象",
        "frau|mann|partner|partnerin|ehefrau|ehemann|verlobte|verlobter",
        "femme|mari|conjoint|compagnon|compagne|copine|copain|fiancé|fiancée",
        "mujer|esposa|marido|esposo|pareja|novio|novia",
    ),
    ("daughter", "daughter|daughters", "女儿|闺女", "tochter|töchter", "fille|filles", "hija|hijas"),
    ("son", "son|sons", "儿子", "sohn|sohnes|söhne", "fils", "hijo|hijos"),
    (
        "child",
        "child|children|kid|kids",
        "孩子|小孩|子女",
        "kind|kinder",
        "enfant|enfants|gosse|gosses",
        "niño|niña|niños|niñas",
    ),
    (
        "grandmother",
        "grandmother|grandma|granny|nana",
        "奶奶|外婆|姥姥",
        "oma|großmutter",
        "grand-mère|mamie",
        "abuela",
    ),
    ("grandfather", "grandfather|grandpa", "爷爷|外公|姥爷", "opa|großvater", "grand-père|papi|papy", "abuelo"),
    ("aunt", "aunt", "阿姨|姑姑|姨妈", "tante", "tante", "tía"),
    ("uncle", "uncle", "叔叔|舅舅", "onkel", "oncle", "tío"),
    (
        "cousin",
        "cousin|cousins",
        "表哥|表弟|表姐|表妹|堂哥|堂弟|堂姐|堂妹",
        "cousin|cousine",
        "cousin|cousine",
        "primo|prima",
    ),
    ("niece", "niece", "侄女|外甥女", "nichte", "nièce", "sobrina"),
    ("nephew", "nephew", "侄子|外甥", "neffe", "neveu", "sobrino"),
    (
        "friend",
        "friend|best friend|buddy",
        "好朋友|最好的朋友|朋友|闺蜜",
        "kumpel|freunde|freundinnen",
        "ami|amie|pote",
        "amigo|amiga",
    ),
    (FRIEND_OR_PARTNER, "", "", "freund|freundin", "", ""),
    ("boss", "boss|manager", "老板|上司|经理", "chef|chefin", "chef|patron|patronne", "jefe|jefa"),
    (
        "doctor",
        "doctor",
        "医生|家庭医生",
        "arzt|ärztin|hausarzt|hausärztin",
        "médecin|docteur",
        "médico|médica|doctor|doctora",
    ),
    ("dentist", "dentist", "牙医", "zahnarzt|zahnärztin", "dentiste", "dentista"),
    ("teacher", "teacher", "老师", "lehrer|lehrerin", "professeur|prof", "profesor|profesora"),
    ("neighbour", "neighbour|neighbor", "邻居", "nachbar|nachbarin", "voisin|voisine", "vecino|vecina"),
    ("landlord", "landlord|landlady", "房东", "vermieter|vermieterin", "propriétaire|proprio", "casero|casera"),
    ("colleague", "colleague|coworker|co-worker", "同事", "kollege|kollegin", "collègue", "compañero|compañera"),
    ("roommate", "roommate|flatmate", "室友", "mitbewohner|mitbewohnerin", "colocataire|coloc", "compañero de piso"),
    (
        "dog",
        "dog|dogs|puppy|poodle|beagle|labrador|retriever|terrier|dachshund|collie|bulldog|husky|spaniel|corgi|greyhound",
        "狗|小狗|狗狗|柯基|泰迪|金毛|哈士奇|拉布拉多|柴犬|贵宾犬",
        "hund|hündin|hundes|hunde|welpe|dackel|pudel|schäferhund|labrador|mops|terrier|beagle",
        "chien|chienne|chiens|chiot|caniche|labrador|teckel|épagneul|bouledogue",
        "perro|perra|perrito|perros|cachorro|caniche|labrador|galgo",
    ),
    (
        "cat",
        "cat|cats|kitten|kitty|tomcat|tabby",
        "猫|小猫|猫咪|橘猫|布偶|布偶猫|英短|狸花猫|黑猫|白猫",
        "katze|kater|katzen|kätzchen",
        "chat|chatte|chats|chaton",
        "gato|gata|gatito|gatos",
    ),
    ("horse", "horse|pony", "马", "pferd|pony", "cheval|poney", "caballo|yegua"),
    (
        "bird",
        "bird|parrot|budgie|canary|cockatiel",
        "鸟|鹦鹉",
        "vogel|papagei|wellensittich",
        "oiseau|perroquet",
        "pájaro|loro",
    ),
    ("rabbit", "rabbit|bunny", "兔子", "kaninchen|hase", "lapin", "conejo"),
    ("hamster", "hamster|guinea pig", "仓鼠", "hamster|meerschweinchen", "hamster", "hámster"),
    ("fish", "fish|goldfish", "金鱼", "fische|goldfisch", "poisson rouge", "pez|peces"),
    ("turtle", "turtle|tortoise", "乌龟", "schildkröte", "tortue", "tortuga"),
    ("pet", "pet|pets|animal|animals", "宠物", "haustier|haustiere|tier|tiere", "animal|animaux", "mascota|mascotas"),
    ("baby", "baby", "宝宝", "baby", "bébé", "bebé"),
)
_COLUMNS: tuple[Language, ...] = ("en", "zh", "de", "fr", "es")

RELATIONS: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        language: {word: row[0] for row in _ROWS for word in row[1 + _COLUMNS.index(language)].split("|") if word}
        for language in LANGUAGES
    }
)
"""Each word with its key, which is the same in all languages."""

KINDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "partner": frozenset({FRIEND_OR_PARTNER}),
        "friend": frozenset({FRIEND_OR_PARTNER}),
        "child": frozenset({"son", "daughter", "baby"}),
        "sibling": frozenset({"sister", "brother"}),
        "parent": frozenset({"mother", "father"}),
        "pet": frozenset({"dog", "cat", "horse", "bird", "rabbit", "hamster", "fish", "turtle"}),
    }
)
"""Which keys belong to another: who has a son has a child."""


def belongs_to(key: str, wanted: str) -> bool:
    """Return whether whoever has what one key stands for also has what another does."""
    return key == wanted or key in KINDS.get(wanted, ())


def relations_in(text: str, language: Language) -> list[str]:
    """Return the keys of the people and animals that a text names, in its order, the longest words first."""
    words = RELATIONS[language]
    lowered = text.casefold()
    if language == "zh":
        longest = sorted((word for word in words if word in lowered), key=len, reverse=True)
        return [words[word] for word in longest]
    return [words[word] for word in lowered.replace(",", " ").replace(".", " ").split() if word in words]
