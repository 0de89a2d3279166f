"""Chinese facts."""

import re

from carrel.language.facts.vocabulary import FactWords, Frame

_NOW = "[现在|目前|一直|还|仍然|也|刚|刚刚|已经|今年|最近]"
_WHERE = "(哪里|哪儿|哪|什么地方|哪个城市|哪座城市|哪个国家|哪个区)"
_WHAT = "(什么|啥|哪些|哪个|哪种)"

CHINESE = FactWords(
    spaced=False,
    frames=(
        Frame(
            attribute="home",
            brief=True,
            says=(
                f"{{subject}}{_NOW}(住在|居住在|定居在|生活在|搬到了|搬到|搬去了|搬去){{value}}",
                f"{{subject}}{_NOW}(从|由){{old}}(搬到了|搬到|搬去了|搬去|搬来了|搬来){{value}}",
                "{subject}(的家|家)在{value}",
                f"{{subject}}{_NOW}在{{value}}(住|生活|定居)",
            ),
            denies=("{subject}(以前|曾经|过去)(住在|住){value}",),
            asks=(
                f"{{subject}}{_NOW}(住在|住|居住在|生活在|搬到了|搬到|搬去了|搬到哪里|搬去){_WHERE}[了|呢]",
                f"{{subject}}(的家|家)在{_WHERE}",
                f"{{subject}}{_NOW}在{_WHERE}(住|生活)",
            ),
            checks=(f"{{subject}}{_NOW}[是不是](住在|住){{value}}(吗|么)",),
        ),
        Frame(
            attribute="birthday",
            says=(
                "{subject}[的](生日|出生日期)(是|在|：|:|为){value}",
                "{value}是{subject}[的]生日",
                "{subject}(出生于|生于|是){value}(出生的|出生|生的)",
                "{subject}(出生于|生于){value}",
                "{subject}[是]{year}年(出生的|出生|生的)",
                "{subject}{value}(过生日|生日)",
            ),
            asks=(
                "{subject}[的](生日|出生日期)是[在](什么时候|哪天|哪一天|几月几号|几月几日|几号|多少)",
                "{subject}(什么时候|哪天)(过生日|生日|出生[的])",
                "{subject}是(什么时候|哪天|哪年|哪一年)(出生的|出生|生的)",
                "{subject}[的]生日",
            ),
            checks=("{subject}[的]生日(是不是|是)[在]{value}(吗|么)",),
        ),
        Frame(
            attribute="origin",
            brief=True,
            says=(
                "{subject}(来自|出生在|出生于|老家是|老家在|老家){value}",
                "{subject}是{value}人",
                "{subject}从{value}来",
            ),
            asks=(
                f"{{subject}}(来自|出生在|老家在|老家是|是从|从){_WHERE}[来的|来]",
                f"{{subject}}(是|老家是){_WHERE}人",
                f"{{subject}}是{_WHERE}人",
            ),
            checks=("{subject}(来自|是){value}[人](吗|么)",),
        ),
        Frame(
            attribute="name",
            person=False,
            says=(
                "{subject}[的](名字叫做|名字叫|名字是|名叫|名为|姓名是){value}",
                "{subject}(叫做|叫作|叫){value}",
                "(请叫我|叫我){value}",
                "(我有|我们有|我家有|我养了|我们养了|养了)[一](只|条|个|位|匹){relation}[，](名叫|名字叫|叫){value}",
                "我[的]{relation}是{person}",
            ),
            asks=(
                "{subject}[的]名字(叫什么|是什么|是啥|叫啥)[名字]",
                "{subject}(叫做什么|叫什么|叫啥)[名字|来着]",
                "(谁是我[的]{relation}|我[的]{relation}是谁)",
                "{subject}[的]名字",
            ),
            checks=("{subject}[的](名字是不是|名字是|名字叫|是不是叫|叫){value}(吗|么)",),
        ),
        Frame(
            attribute="age",
            says=(
                "{subject}[今年|现在|已经|快](是|有|满)[了]{number}岁[了]",
                "{subject}[今年|现在|已经|快]{number}岁[了]",
            ),
            asks=("{subject}[今年|现在](几岁|多大|多少岁)[了|呢]", "{subject}[的]年龄[是多少|是多大]"),
            checks=("{subject}[今年|现在]{value}岁[了](吗|么)",),
        ),
        Frame(
            attribute="allergy",
            many=True,
            split=True,
            says=(
                "{subject}[也|还](会对|对){value}[严重|很|有点|也|会|都][严重]过敏",
                "{subject}{value}过敏",
                "{subject}[也](有){value}过敏[症]",
            ),
            asks=(
                f"{{subject}}[都](会对|对){_WHAT}[东西|食物|食品][会|都]过敏",
                "{subject}[都]有(什么|哪些|没有)过敏[的|源|史]",
                "{subject}(不能吃|不可以吃)(什么|哪些东西)",
            ),
            checks=("{subject}[是不是|会不会](会对|对){value}[会]过敏(吗|么)", "{subject}(是不是|会不会)对{value}过敏"),
        ),
        Frame(
            attribute="employer",
            brief=True,
            says=(
                f"{{subject}}{_NOW}(在|就职于|任职于|供职于|给){{value}}(工作|上班|任职|做事)[了]",
                f"{{subject}}{_NOW}(就职于|任职于|供职于){{value}}",
            ),
            asks=(
                f"{{subject}}{_NOW}在{_WHERE}(工作|上班|任职)",
                f"{{subject}}{_NOW}在(哪家公司|什么公司|哪个公司)(工作|上班)",
            ),
            checks=(f"{{subject}}{_NOW}(是不是在|在){{value}}(工作|上班)(吗|么)",),
        ),
        Frame(
            attribute="job",
            brief=True,
            says=(
                "{subject}[的](工作|职业)是{value}",
                f"{{subject}}{_NOW}是(一名|一个|一位|名|个){{value}}",
                f"{{subject}}{_NOW}(当|做|从事){{value}}[的工作|工作]",
            ),
            asks=(
                f"{{subject}}[的](工作|职业)是{_WHAT}",
                f"{{subject}}{_NOW}(是做|做|从事){_WHAT}[工作|职业][的|呢]",
            ),
            checks=("{subject}是[一名|一个|不是]{value}(吗|么)",),
        ),
        Frame(
            attribute="studies",
            many=True,
            says=(f"{{subject}}{_NOW}[正在|在]学[习]{{value}}", f"{{subject}}{_NOW}(读|主修|学的是){{value}}专业"),
            asks=(f"{{subject}}{_NOW}[正在|在](学习|学|读){_WHAT}[专业]",),
            checks=(f"{{subject}}{_NOW}[正在|在](学习|学){{value}}(吗|么)",),
        ),
        Frame(
            attribute="speaks",
            many=True,
            split=True,
            says=("{subject}[也|还](会说|会讲|能说){value}",),
            asks=(
                "{subject}(会说|会讲|能说)(什么|哪些|几种|多少种|几门)(语言|外语|话)",
                "{subject}(会|懂)(哪些|几门|几种)语言",
            ),
            checks=("{subject}(会说|会讲|会不会说){value}(吗|么)",),
        ),
        Frame(
            attribute="favourite",
            person=False,
            says=("{subject}最(喜欢|爱)的{favourite}是{value}", "{value}是{subject}最(喜欢|爱)的{favourite}"),
            asks=(
                f"{{subject}}最(喜欢|爱)的{{favourite}}是({_WHAT[1:-1]}|谁|什么颜色|什么菜)",
                "{subject}最(喜欢|爱)(什么|哪种|哪个|哪位){favourite}",
                "{subject}最(喜欢|爱)的{favourite}",
            ),
            checks=("{subject}最(喜欢|爱)的{favourite}(是不是|是){value}(吗|么)",),
        ),
        Frame(
            attribute="likes",
            many=True,
            split=True,
            says=("{subject}[也|还|很|最|特别|非常|真的|一直|挺](喜欢|爱|热爱|喜爱|迷上了|爱上了){value}",),
            denies=("{subject}[也|很|最|特别|非常](讨厌|厌恶|反感|受不了){value}",),
            asks=(
                f"{{subject}}[都|最](喜欢|爱){_WHAT}[东西|呢]",
                f"{{subject}}(喜欢|爱)(做|吃|喝|看|听|玩){_WHAT}[呢|东西]",
            ),
            asks_not=(f"{{subject}}[最|都](不喜欢|讨厌){_WHAT}",),
            checks=(
                "{subject}(喜欢|爱|喜不喜欢|爱不爱|是不是喜欢){value}(吗|么)",
                "{subject}(喜不喜欢|爱不爱|是不是喜欢){value}",
            ),
        ),
        Frame(
            attribute="eats",
            many=True,
            split=True,
            says=("{subject}[只|常|也|经常|平时|能](吃|喝){value}",),
            asks=(f"{{subject}}[都|平时](吃|喝){_WHAT}",),
            asks_not=(f"{{subject}}(不吃|不喝){_WHAT}",),
            checks=("{subject}[能](吃不吃|喝不喝|吃|喝){value}(吗|么)",),
        ),
        Frame(
            attribute="drives",
            says=(f"{{subject}}{_NOW}(开的是|开着|开)[的是][一](辆|台){{value}}", f"{{subject}}{_NOW}开的是{{value}}"),
            asks=(f"{{subject}}{_NOW}(开的是|开着|开){_WHAT}[样的]车", f"{{subject}}的车是{_WHAT}[样的]"),
        ),
        Frame(
            attribute="earns",
            says=("{subject}[每个月|每月|一个月|每年|一年](挣|赚|收入){value}", "{subject}[的](工资|收入)是{value}"),
            asks=(
                "{subject}[每个月|每月|一个月|每年|一年](挣|赚|收入)[了]多少[钱]",
                "{subject}[的](工资|收入)[是]多少",
            ),
        ),
        Frame(
            attribute="plays",
            many=True,
            split=True,
            says=("{subject}[也|会|常|经常](弹|拉|打|踢|玩){value}",),
            asks=(f"{{subject}}[会](弹|拉|打|踢|玩|演奏){_WHAT}[乐器|球]",),
            checks=("{subject}[会](弹|拉|打|踢|玩){value}(吗|么)",),
        ),
        Frame(
            attribute="",
            person=False,
            says=(
                "(我们的|我的|咱们的){attribute}(是|叫|在|为|：|:){value}",
                "{subject}的{attribute}(是|叫|在|为){value}",
                "{value}是(我的|我们的){attribute}",
                "{attribute}(是|为|：|:){value}",
            ),
            asks=(
                f"(我们的|我的|咱们的){{attribute}}(是|叫|在){_WHAT}[来着|呢]",
                "(我们的|我的|咱们的){attribute}(是|在)(谁|多少|几号|什么时候|哪里|哪儿|哪天|几点)[来着|呢]",
                f"{{subject}}的{{attribute}}(是|叫|在){_WHAT}",
                "{subject}的{attribute}(是|在)(谁|多少|几号|什么时候|哪里|哪儿|哪天)",
                "{attribute}是(什么|多少|谁|几号|什么时候)[来着]",
                "(我的|我们的){attribute}",
            ),
            checks=("(我的|我们的){attribute}(是不是|是){value}(吗|么)",),
        ),
        Frame(
            attribute="has",
            person=False,
            many=True,
            says=(
                f"{{subject}}{_NOW}(养了|养着|养|有了|有|拥有|买了){{value}}",
                f"{{subject}}家{_NOW}(养了|养着|养|有){{value}}",
            ),
            asks=(
                f"{{subject}}{_NOW}[一共|总共](养了|养|有)(几|多少)[个|只|条|位|本|辆|套|台|匹]{{thing}}",
                f"{{subject}}{_NOW}(养了|养|有)(什么|哪些){{thing}}",
            ),
            checks=(
                f"{{subject}}{_NOW}(有没有|养没养|养了|养|有){{value}}(吗|么)",
                f"{{subject}}{_NOW}(有没有|是不是有|是不是养了){{value}}",
            ),
        ),
        Frame(
            attribute="is",
            person=False,
            many=True,
            general=True,
            says=(f"{{subject}}{_NOW}是[一个|一名|个]{{value}}",),
            checks=(f"{{subject}}{_NOW}是[一个|一名|不是]{{value}}(吗|么)",),
        ),
    ),
    subject=(
        "我们|咱们|我(?:家)?(?:的)?(?:<relation>)(?:[^，,的是叫在住对有喜会不今也养了很还从去上下明后昨前来为说讲家最]{1,3})?|我|他|她|它"
        "|[^，,。的我你他她它是叫在住对有喜会不今也养了很还从去上下明后昨前来为说讲家最这那什哪谁]{2,4}"
    ),
    me=frozenset({"我", "我们", "咱们"}),
    pronouns=frozenset({"他", "她", "它"}),
    somebody=r"她|他",
    owned=("我(?:家)?(?:的)?(?P<noun><relation>)(?P<name>.{1,4})?"),
    relations={
        **dict.fromkeys(("妈妈", "母亲", "妈"), "mother"),
        **dict.fromkeys(("爸爸", "父亲", "爸"), "father"),
        **dict.fromkeys(("妹妹", "姐姐", "妹", "姐"), "sister"),
        **dict.fromkeys(("哥哥", "弟弟", "哥", "弟"), "brother"),
        **dict.fromkeys(("妻子", "老婆", "丈夫", "老公", "太太", "爱人", "男朋友", "女朋友", "对象"), "partner"),
        "女儿": "daughter",
        "儿子": "son",
        **dict.fromkeys(("奶奶", "外婆", "姥姥"), "grandmother"),
        **dict.fromkeys(("爷爷", "外公", "姥爷"), "grandfather"),
        **dict.fromkeys(("阿姨", "姑姑", "姨妈"), "aunt"),
        **dict.fromkeys(("叔叔", "舅舅"), "uncle"),
        **dict.fromkeys(("表哥", "表弟", "表姐", "表妹", "堂哥", "堂弟", "堂姐", "堂妹"), "cousin"),
        **dict.fromkeys(("好朋友", "最好的朋友", "朋友"), "friend"),
        **dict.fromkeys(("老板", "上司"), "boss"),
        **dict.fromkeys(("医生", "家庭医生"), "doctor"),
        "牙医": "dentist",
        "老师": "teacher",
        "邻居": "neighbour",
        "同事": "colleague",
        "室友": "roommate",
        **dict.fromkeys(("狗", "小狗", "狗狗"), "dog"),
        **dict.fromkeys(("猫", "小猫", "猫咪"), "cat"),
        "马": "horse",
        "鹦鹉": "parrot",
        "兔子": "rabbit",
        "仓鼠": "hamster",
        "宝宝": "baby",
    },
    number="[0-9]{1,3}|[一二两三四五六七八九十百]{1,4}",
    negations=re.compile("不再|再也不|并不|从不|不|没(?=有|养)"),
    also=re.compile("也|还(?!是)|另外|以及"),
    fillers=re.compile("(?:了|呢|啊|哦|呀|哟|的)$"),
    goes_on=re.compile("[，,].*$"),
    clause=re.compile(
        "[；;]|[，,](?=(?:我|他|她|它|咱|现在|目前|住在|今年|也))|[，,]?(?:而且|但是|并且)(?=(?:我|他|她|它))"
    ),
    conjunction=re.compile("[、，,]|和|跟|以及|还有"),
    before_value=re.compile(r"^(?:其实|应该)?(?:是|叫|在)", re.IGNORECASE),
    before_dates=re.compile("(?:从|自|在|于|自从|到)?[，,]?$"),
)
