"""Words in every script, by SQLite's full-text index alone: what readers take for the same word is found, no other."""

from collections.abc import Callable

import pytest

from carrel.memory.store import Memory
from carrel.memory.values import NewMessage
from carrel.text import clean_text

Say = Callable[..., NewMessage]

SAME = (
    # the cases: one table over scripts
    ("قَالَ مُحَمَّدٌ شَيْئًا", "محمد"),  # Arabic with vowel points
    ("محمد قال شيئا", "مُحَمَّد"),
    ("جاء أحمد أمس", "احمد"),  # alef with hamza
    ("جاء احمد أمس", "أحمد"),
    ("سافر إلى القاهرة", "الى"),
    ("آمال جديدة", "امال"),  # alef with madda
    ("كبيــــر جدا", "كبير"),  # tatweel
    ("مدرسة قريبة", "مدرسه"),  # taa marbuta
    ("مستشفى كبير", "مستشفي"),  # alef maqsura
    ("مؤتمر صحفي", "موتمر"),  # hamza on waw
    ("سنة ٢٠٢٦", "2026"),  # Arabic digits
    ("שָׁלוֹם עוֹלָם", "שלום"),  # Hebrew with niqqud
    ("שלום עולם", "שָׁלוֹם"),
    ("Ο ΟΔΥΣΣΕΑΣ γύρισε", "Οδυσσέας"),  # Greek capitals and the final sigma
    ("ο Οδυσσέας γύρισε", "ΟΔΥΣΣΕΑΣ"),
    ("καλημέρα κόσμε", "καλημερα"),  # Greek accents
    ("Фёдор пришёл", "федор"),  # Cyrillic ё
    ("Федор пришел", "Фёдор"),
    ("йод и йога", "ЙОД"),  # й stays
    ("замо́к на двери", "замок"),  # a stress mark
    ("Die Hauptstraße", "hauptstrasse"),
    ("DIE HAUPTSTRASSE", "Hauptstraße"),
    ("GROẞE STRAẞE", "große"),
    ("Zimmer ０１２３", "0123"),  # full width
    ("Zimmer 0123", "０１２３"),
    ("Ｃａｒｒｅｌ starts", "carrel"),
    ("ﾃｽﾄを始める", "テスト"),  # half-width katakana
    ("テストを始める", "ﾃｽﾄ"),
    ("ｶﾞｽが来た", "ガス"),  # … with a voicing mark of its own
    ("the exam\u00adple of it", "example"),  # soft hyphen
    ("the zero\u200bwidth one", "zerowidth"),  # zero-width space
    ("a wo\u2060rd joiner", "word"),
    ("Łódź is far", "lodz"),  # strokes
    ("Ørsted sang", "orsted"),
    ("İstanbul'da", "istanbul"),  # Turkish
    ("ISPANAK aldım", "ıspanak"),
    ("Crème brûlée", "creme brulee"),
    ("cafe\u0301 au lait", "café"),  # decomposed
    # our own
    ("مکتب جدید", "مكتب"),  # Persian kaf
    ("ایران زیبا", "ايران"),  # Persian yeh
    ("می‌خواهم بروم", "میخواهم"),  # zero-width non-joiner
    ("سال ۱۴۰۵", "1405"),  # Persian digits
    ("ٱلسلام عليكم", "السلام"),  # alef wasla
    ("هٰذا الكتاب", "هذا"),  # superscript alef
    ("ﻣﺮﺣﺒﺎ بك", "مرحبا"),  # presentation forms
    ("בְּרֵאשִׁית בָּרָא", "בראשית"),
    ("א ייִדיש בוך", "יידיש"),  # Yiddish
    ("ᾳδω ποίημα", "αδω"),  # iota subscript
    ("προϊόν νέο", "προιον"),  # dialytika
    ("Ѐто дом", "ето"),
    ("їжак спить", "їжак"),  # Ukrainian, as it is
    ("мʼяч летить", "м’яч"),  # apostrophe letter and sign
    ("Müller kam", "Mueller"),  # umlauts as they are written without one
    ("Mueller kam", "Müller"),
    ("Goethe und Göthe", "Goethe"),
    ("Aarhus havn", "Århus"),
    ("Oersted sang", "Ørsted"),
    ("Ærø ligger der", "aeroe"),
    ("Þór kom", "thor"),
    ("Đà Nẵng đẹp", "da nang"),  # Vietnamese
    ("Ștefan cel Mare", "stefan"),  # comma below
    ("Şeker ve çay", "seker"),
    ("ﬁne ﬂowers", "fine"),  # ligatures
    ("𝐇𝐞𝐥𝐥𝐨 there", "hello"),  # mathematical letters
    ("Ⅳ century", "iv"),  # Roman numeral
    ("Lego™ bricks", "lego"),
    ("x² plus one", "x2"),
    ("Hawaiʻi trip", "hawaii"),
    ("the Qurʾān", "quran"),
    ("Tōkyō station", "tokyo"),
    ("ज़मीन अच्छी है", "जमीन"),  # nukta
    ("हिन्दी बोलो", "हिंदी"),  # nasal before its own class
    ("चाँद निकला", "चांद"),  # candrabindu
    ("कमरा २५", "25"),  # Devanagari digits
    ("বাংলা ভাষা", "ভাষা"),
    ("தமிழ் மொழி", "தமிழ்"),
    ("ฉันมีแมวสองตัว", "แมว"),  # Thai, no spaces
    ("ฉันดื่มน้ำทุกวัน", "นํ้า"),  # am, typed in two ways
    ("ห้อง ๒๕", "25"),
    ("ខ្ញុំស្រឡាញ់ភាសាខ្មែរ", "ភាសា"),  # Khmer
    ("ຂ້ອຍຮັກພາສາລາວ", "ພາສາ"),  # Lao
    ("မြန်မာဘာသာစကား", "ဘာသာ"),  # Burmese
    ("我住在臺灣", "台湾"),  # traditional and simplified
    ("我住在台湾", "台灣"),
    ("佐々木さんが来た", "佐々木"),
    ("ジョン・レノン", "レノン"),
    ("한글을 배워요", "한글"),  # decomposed by clean_text's reader or not
    ("ᄒ\u1161ᆫ글", "한글"),
    ("ქართული ენა", "ᲥᲐᲠᲗᲣᲚᲘ"),  # Georgian capitals
    ("եւ ինչ", "և"),  # Armenian ligature
    ("ڭوزل كتاب", "كوزل"),  # Ottoman Turkish
    ("ا\u0654حمد هنا", "احمد"),  # hamza as a mark of its own
    ("ፀሐይ ወጣች", "ጸሀይ"),  # Amharic letters that sound alike
    ("ein Evaskostüm", "Evaskostuem"),
    ("步2 重跑gen-itgc后50条", "itgc"),  # Latin within Chinese
    ("步2 重跑gen-itgc后50条", "重跑"),
    ("👍🏽 gut", "👍"),  # skin tone
    ("मुम्बई शहर", "मुंबई"),
    ("\u202bשלום\u202c", "שלום"),  # marks of direction
    ("I ❤\ufe0f you", "❤"),  # variation selector
    # written in one or in parts
    ("Call Pat O'Brien", "o’brien"),
    ("Call Pat O’Brien", "obrien"),
    ("Call Pat OBrien", "O'Brien"),
    ("D'Angelo sang", "dangelo"),
    ("rock'n'roll is here", "rocknroll"),
    ("Hawai'i trip", "hawaii"),
    ("the Quran", "Qur'an"),
    ("l’école est finie", "ecole"),
    ("send an e-mail", "email"),
    ("send an email", "e-mail"),
    ("send an e\u2011mail", "email"),  # a hyphen that does not break
    ("the wifi is down", "Wi-Fi"),
    ("a T-shirt", "tshirt"),
    ("they cooperate", "co-operate"),
    ("covid-19 again", "covid19"),
    ("Jean-Luc came", "jeanluc"),
    ("die Schiff-Fahrt", "Schifffahrt"),
    ("コーヒーを飲む", "コーヒ"),  # the long vowel at the end
    ("コーヒを飲む", "コーヒー"),
    ("新しいサーバ", "サーバー"),
    ("ｺｰﾋｰを飲む", "コーヒー"),
    ("می‌خواهم بروم", "می خواهم"),  # Persian, in three ways
    ("می خواهم بروم", "می‌خواهم"),
    ("می خواهم بروم", "میخواهم"),
    ("میخواهم بروم", "می خواهم"),
    ("کتاب‌ها رسید", "کتاب ها"),
    ("کتاب ها رسید", "کتابها"),
    ("کتابها رسید", "کتاب‌ها"),
    ("بزرگ‌ترین شهر", "بزرگترین"),
    ("ὈΔΥΣΣΕΎΣ γύρισε", "οδυσσευς"),
    ("H₂O is wet", "h2o"),
    ("ﷺ في النص", "صلى"),
    ("ŞIK bir gün", "şık"),
    ("Smørrebrød med sild", "smoerrebroed"),
    ("œuvre complète", "oeuvre"),
)

OTHER = (
    ("йод лежит", "иод"),  # й is not и
    ("їжак спить", "іжак"),
    ("かき を食べる", "がぎ"),  # か is not が
    ("ハハ", "パパ"),
    ("दिन अच्छा", "दान"),  # another vowel sign
    ("कमल खिला", "कमला"),
    ("ฉันมีแมว", "หมา"),
    ("ปลา", "ปลี"),
    ("இல்லை", "இலை"),
    ("ভাষা", "ভিষা"),
    ("قلب كبير", "كلب"),  # another letter
    ("שלום", "שולם"),
    ("Οδυσσέας", "Οδύσσεια"),
    ("Hauptstraße", "Hauptstrabe"),
    ("Łódź", "wodz"),
    ("exam\u00adple", "exam"),  # a part of the word
    ("zero\u200bwidth", "width"),
    ("example text", "exam ple"),
    ("台湾", "湾台"),
    ("テスト", "ラジオ"),
    ("Müller", "Mller"),
    ("Фёдор", "фодор"),
    ("١٢٣", "321"),
    ("Lego™", "tmlego"),
    ("ភាសា", "ភូសូ"),
    ("a well-known-to-everybody-here thing", "thewellknown"),
    ("کتاب بزرگ", "کتابها"),
)


@pytest.mark.parametrize(("text", "query"), SAME)
def test_the_same_word_is_found(memory: Memory, say: Say, text: str, query: str) -> None:
    """Among others, and first; each query finds the text of its row, and nothing else."""
    memory.recall.load([say("Nothing of this."), say("Ничего, 什么也没有, لا شيء"), say(text)])
    assert [hit.text for hit in memory.recall.search(query, mode="words").hits] == [clean_text(text)]


@pytest.mark.parametrize(("text", "query"), OTHER)
def test_another_word_is_not_found(memory: Memory, say: Say, text: str, query: str) -> None:
    """A letter that is another one to its readers, and a part of a word, find nothing."""
    memory.recall.load([say(text)])
    assert memory.recall.search(query, mode="words").total == 0
