"""The stems and combinations of words by which the sorts of errors are told apart, in small letters.

Every server has its own wording and changes it, so a rule looks for words near each other and never for a sentence.
"""


def near(first: str, second: str, distance: int = 40) -> str:
    """Return a pattern for two patterns in either order, with at most `distance` characters of a sentence between."""
    return f"(?:{then(first, second, distance)}|{then(second, first, distance)})"


def then(first: str, second: str, distance: int = 40) -> str:
    """Return a pattern for one pattern and, at most `distance` characters later in the sentence, another.

    A dot within a word, as in the name of a model, ends no sentence.
    """
    return rf"(?:{first})(?:[^.;\n]|\.(?=\S)){{0,{distance}}}(?:{second})"


def any_of(*patterns: str) -> str:
    """Return the pattern for any of these patterns; it is compiled at the first error, since that takes a while."""
    return "|".join(f"(?:{pattern})" for pattern in patterns)


_CREDENTIAL = (
    r"(?:api[ _-]?key|access[ _-]?token|auth\w*[ _-]token|bearer[ _-]token|credentials?|auth\w* header"
    r"|密钥|令牌)"
)
_NOT_VALID = (
    r"(?:not[ _](?:valid|found|provided|set|active)|invalid|incorrect|expired|missing|required|revoked|disabled|wrong"
    r"|malformed|unknown|无效|错误|过期|不正确|失效)"
)
KEY = any_of(
    then(_CREDENTIAL, _NOT_VALID, 60),
    then(rf"(?:{_NOT_VALID}|\bno)[ _]", _CREDENTIAL, 20),
    then(r"provide|supply|specify|\bneeds?\b|requires?", _CREDENTIAL, 20),
    r"invalid_api_key|authentication[ _](?:error|failed|fails)|unauthenticated|unauthori[sz]ed|身份验证|鉴权失败",
)

TOKEN = near(r"\btoken\b", _NOT_VALID)
"""What a 401 or 403 may say of the key; elsewhere this could as well be about text."""

QUOTA = any_of(
    r"(?:insufficient|not enough|\bno)[ _](?:\w+[ _])?(?:quota|balance|credit|funds)|(?:credit|account) balance",
    r"out of credits?|\btop[ -]?up\b|recharge|add funds|billing (?:is )?(?:not enabled|disabled|account)",
    then("quota", "exhausted|used up|depleted", 30),
    then(r"(?:reached|exceeded|hit) (?:your|the|its)", r"(?:usage|spend\w*|credit|plan|key) (?:limit|cap)", 20),
    r"(?:more|add) credits?|payment[ _]required|billing (?:hard )?limit|\barrear|\boverdue|good standing|freetieronly",
    r"exceeded[ _](?:your )?current[ _]quota",
    near(r"\b(?:daily|weekly|monthly)\b", "exceed|limit reached", 30),
    near(
        r"\b(?:key|spend(?:ing)?|budget|usage|monthly|daily|credit|cost)\b",
        r"limit[ _]?(?:of \S+ )?(?:has been |was )?(?:exceeded|reached|hit)",
        12,
    ),
    then(
        r"\b(?:(?<!token )(?<!thinking )budget|allowance|credits?|free[ _](?:tier|quota)|trial|subscription|balance)\b",
        r"exceeded|exhausted|used up|expired|depleted|ended|too low|negative",
        30,
    ),
    r"余额|欠费|充值|资源包|(?:额度|配额|套餐)[^。]{0,10}(?:不足|用完|用尽|耗尽|超|到期)",
)
PASSING_QUOTA = r"per[ _-]?(?:second|minute|min|hour|day)|retry in \d|retrydelay|\b[tr]p[md]\b|每分钟"
"""A quota that time alone restores."""

RATE = (
    r"rate[ _-]?limit|too many requests|throttl|concurren\w* (?:requests? )?limit|slow down|please wait before trying"
    r"|请求过于频繁|频率|速率|限流|并发"
)

_ACCOUNT = r"\b(?:accounts?|organi[sz]ation|workspace|project|access|api[ _-]?keys?)\b"
_CLOSED = r"(?:suspended|deactivated|disabled|banned|terminated|restricted|not (?:active|verified|whitelisted)|blocked)"
ACCOUNT = any_of(
    rf"{_ACCOUNT}[^.;]{{0,30}}\b(?:is|are|was|has been|have been|been) (?:\w+ )?{_CLOSED}|must be verified",
    near("账号|账户|帐户|帐号", "封禁|冻结|禁用|停用|认证|实名|审核|异常|风险", 12),
)

REGION = any_of(
    near(
        r"\b(?:location|region|country|countries|territor\w+|geograph\w+)\b|地区|区域|国家",
        r"not?[ _-](?:supported|available|allowed|permitted|served|eligible)|n't (?:supported|available|allowed)"
        r"|unsupported|unavailable|restrict\w*|blocked|prohibited|forbidden|不支持|不可用|限制|禁止",
    ),
    "unsupported_country",
)
FORBIDDEN = any_of(
    r"permission[ _]?denied|access[ _]?denied|(?:not|n't) (?:have|has) (?:\w+ )?(?:access|permission)",
    near(r"insufficient|missing|lacks?|without|\bno\b", r"permissions?|scopes?|privileges?|entitlements?", 20),
    near(r"data polic|privacy polic", "match|endpoint|setting", 60),
    near(r"\bip\b|network", r"allow[ -]?list|white[ -]?list|not allowed|block|polic"),
)
FORBIDDEN_MODELS = (
    r"data policy|privacy|guardrail|moderation|not allowed|forbidden|your region|territory|allowed providers"
)
"""What a 404 may say that leaves no model to use."""

_PROMPT = r"(?:\bprompts?\b|\bcontent\b|\bcompletion|\bcandidates?\b|\binputs?\b|\boutputs?\b|输入|输出|内容|提示)"
_TEXT = rf"(?:{_PROMPT}|\brequests?\b|\bmessages?\b|\bresponses?\b|\btext\b|\bquer(?:y|ies)\b|\bconversation|文本|请求)"
_STOPPED = (
    r"(?:\bblock(?:ed|s|ing)?\b|\bflag(?:ged|s)?\b|\bfilter(?:ed|s)?\b|reject\w*|refus\w*|\bden(?:y|ied)\b|declin\w*"
    r"|classified|considered|deemed"
    r"|intervene\w*|violat\w*|detect\w*|contain\w*|disallow\w*|trigger\w*|prohibit\w*|not (?:allowed|permitted)"
    r"|拦截|屏蔽)"
)
_HARM = (
    r"(?:\bsafety\b|\bharm(?:ful)?\b|\bunsafe\b|inappropriate|(?<!case[- ])\bsensitive\b|explicit (?:content|material)"
    r"|\bnsfw\b|toxic|offensive|\bhate|violence|violent|sexual|self[-_ ]harm|jailbreak|prompt[ _]injection|\bpii\b"
    r"|profan|personal(?:ly)? (?:data|information|identif\w+)|prohibited[ _](?:content|material|topic|use|word)"
    r"|high[ -]risk|guardrail|\bdlp\b|blocklist"
    r"|copyright|recitation"
    r"|(?:content|usage|use|safety|community|moderation|policy) (?:polic|guideline|rule|filter|standard|violation))"
)
CONTENT = any_of(
    r"content[ _-]?(?:filter|polic|management|moderation|exists risk|violat|restrict)|responsible_?ai|\bmoderation\b",
    r"data_?inspection|invalid_?prompt|prohibited[ _]content|safety[ _](?:system|filter|reason|violation|check)",
    then(r"(?:violat|breach|contraven|infring)\w*", "polic|guideline|terms of", 30),
    r"harm[ _]category|(?:llama|prompt)[ _-]?guard\b|(?:safety|community|usage|acceptable use) guideline",
    then(_PROMPT, then(_STOPPED, "polic|guideline", 30), 30),
    r"policy[ _]violation|(?:^|\. )(?:safety|spii|blocklist|recitation)(?:\.|$)",
    near(r"sensitive (?:information|data|words?|topics?)|personal data|\bpii\b|toxic|profanity", _STOPPED),
    near(r"prompt injection|jailbreak|\bnsfw\b|\bviolence\b|\bhate\b|self[- ]harm", _STOPPED),
    near(r"(?:blocked|banned|forbidden|disallowed|prohibited) (?:terms?|words?|phrases?|content|topics?)", _TEXT),
    then(_PROMPT, r"\b(?:blocked|flagged|filtered|censored)", 20),
    then(r"\b(?:blocked|flagged|filtered|rejected|refused)\b", _HARM, 40),
    near("guardrails?", _STOPPED),
    near(_TEXT, then(_STOPPED, _HARM, 60), 60),
    near(_TEXT, then(_HARM, _STOPPED, 60), 60),
    then(_HARM, then(_STOPPED, _TEXT, 30), 30),
    then(_STOPPED, then(_TEXT, _HARM, 60), 60),
    near(_PROMPT, r"(?<!case[- ])sensitive\b|\bunsafe\b|\bharmful\b|\binappropriate\b|\btoxic\w*", 30),
    r"敏感|违规|违禁|违法|不安全|不合规|不当内容|内容不当|违反|审核|内容[^。]{0,10}(?:风险|安全)",
)

BAD_CALL = r"tool_use_failed|failed to call a function|tool call validation failed|failed_generation"
"""The model made a call that its server could not read: another attempt may do better."""

_MISSING = (
    r"(?:not[ _-]?(?:found|exist\w*|available|deployed|loaded|accessible|(?:a )?valid|recogni[sz]ed|installed|hosted)"
    r"|exist\b|unknown|invalid|no longer|deprecated|decommission\w*|retired|removed|sunset|end[ -]of[ -]life"
    r"|inaccessible|discontinued|unrecogni[sz]ed|not supported(?! (?:with|for|in|when|together|as))"
    r"|不存在|未找到|下线|无可用|无效)"
)
_NOT_A_NAME = (
    r"(?!(?:outputs?|responses?|inputs?|config\w*|requests?|types?|tokens?|calls?|tools?|roles?|param\w*|kwargs"
    r"|produced|returned|generated|made|wrote|gave)\b|_)"
)
_MODEL = (
    r"(?:\bmodel(?:s|_?id)?\b|\bdeployment\b|模型)[\s'\"`:=(\[]*(?:id|name|identifier|version)?[\s'\"`:=(\[]*"
    rf"(?:['\"`][^'\"`]{{1,200}}['\"`]|{_NOT_A_NAME}[\w./:@+-]+)?[\s'\"`)\],]*"
)
_HELPING = (
    r"(?:(?:is|was|has|have|been|does|doesn't|did|could|can|will|either|currently|be|not|you|requested|specified|for|this"
    r"|resource|already|reached|provided)\s+|已|暂){0,6}"
)
NO_MODEL = any_of(
    r"model_?(?:not_?found|not_?exist|decommissioned|deprecated|not_?supported|not_?available)|deployment_?not_?found",
    rf"{_MODEL}{_HELPING}{_MISSING}",
    r"not a (?:valid|supported|known|recogni[sz]ed) model|no model (?:named|called)",
    r"no models? (?:is |are |was )?(?:currently )?(?:loaded|found|available)",
    r"(?:invalid|unknown|unsupported|unrecogni[sz]ed|no such|(?:unable to|not|n't) (?:access|find|load)) (?:the )?"
    rf"model\b\W*{_NOT_A_NAME}",
)
NO_MODEL_HERE = any_of(
    then("model|deployment", f"{_MISSING}|n't", 80),
    then(r"\b(?:no|unknown|invalid)\b", " model", 40),
    r"no endpoints? (?:found|available) for\b",
    "^model: |not_found_error",
)
"""What a 404 may say of a model; elsewhere this could as well be about another field."""

NO_PATH = r"unexpected endpoint|no route|cannot post|page not found|unknown (?:path|url)"
