"""English speech acts."""

from carrel.language.acts.vocabulary import Act, ActWords, Ask, act, asks

_PLEASE = "[please] [(can|could|would|will) you|I want you to|I'd like you to|I would like you to|you (can|should)] [please|just]"
_KNOW = "(know|remember|learn|learned|learnt|recall|have|store|stored|saved|have learned|have stored)"
_SAY = "(say|said|tell you|told you|ask|asked|mention|mentioned|write|wrote|type|typed)"
_WRONG = "(wrong|not right|not correct|incorrect|not true|mistaken|false|outdated)"
_KEEP = "(remember|note|memorise|memorize|keep in mind|write down|make a note|don't forget|do not forget|bear in mind)"
_WONDER = "I'd like to know|I would like to know|I want to know|I wonder|I'm wondering|I am wondering"
_YES = "yes|yeah|yep|no|nope|ok|okay|sure|exactly|I see|got it|alright|all right|of course|maybe|hmm|oh|wow|lol|haha"
_FINE = "fine|great|cool|good|nice|perfect|right|correct|true|awesome|super|interesting|funny|all"
_TELL_ME = "[(can|could|would) you] [please] (tell|remind|show|give) me [everything|all] [again]"

_POLITE = (
    "[please] [(can|could|would|will) you [please|just|kindly]|would you mind|do you mind|I want you to|I'd like you to"
    "|you (can|should)|(can|could) we|let's] [please|just|kindly]"
)
_NO = "(no|nope|nah|wait|oops|correction|wrong|hang on|hold on|my bad|my mistake|typo|sorry no|sorry wait|actually no)"

ENGLISH = ActWords(
    lead=(
        "good news|great news|bad news|quick question|just wondering|just curious|guess what|never mind|anyway|anyways|sadly|unfortunately"
        "|luckily|wait|sorry|ah|aha|lol|haha|hm|question|also|p.s.|ps|oh no|oh yeah|on second thought|come to think of it|hey there|hi there|hello there|hey|hi|hello|ok|okay|so|and|but|well|please|carrel|oh|actually|by the way|btw|um|uh|alright|right|hmm|listen"
        "|also|now|then|great|thanks|thank you|one more thing|fyi|good morning|good evening|good afternoon|sure"
    ),
    trail=(
        "again|please|btw|by the way|then|exactly|for me|thanks|thank you|mate|though|right now|nowadays|anyway|if you remember"
        "|if you know|do you know|do you remember|remind me|buddy|carrel|lol"
    ),
    rows=(
        asks(
            Ask.ABOUT_ME,
            f"what (do|did|can|have) you [already] {_KNOW} (about|on) me [so far]",
            "(what|what all) (have you|you|do you) [already] (got|have|have got) (about|on) me [so far]",
            "what (do|does) [you|carrel] [actually] know about me [(by now|so far|already)]",
            "everything you (know|have|have got|remember) (about|on) me",
            f"[what|which|list|show|tell] [me] [all|everything|anything] [things|facts] [that] [do] you [already] {_KNOW} about me [so far]",
            f"{_TELL_ME} what you (know|remember) about me [so far]",
            f"{_TELL_ME} about (myself|me)",
            "what have I (told|said to) you [about (me|myself)] [so far|until now]",
            "what (do you know|have you learned|do you remember) [so far]",
            "(describe|summarise|summarize) me",
            "who am I",
            "do you (know|remember) [(anything|something|who)] [about] (me|I am)",
            "what is in your memory [about me]",
            "what's in your memory [about me]",
        ),
        asks(
            Ask.COMING,
            "what('s| is) coming up [(next|soon|this week|for me)]",
            "what('s| is| do I have|have I got) (on|planned|scheduled|lined up|going on|in my calendar|in my diary|on my calendar|on my agenda|on my plate) [(soon|next|now|coming up)]",
            "what are my [upcoming|next] (plans|appointments|events)",
            "what (plans|appointments|events) (do I have|have I got) [coming up|soon|next]",
            "(do I have|have I got) [any] (plans|appointments|anything planned|anything coming up) [coming up|soon]",
            "(show|tell|list) [me] my (agenda|schedule|calendar|plans|upcoming plans|upcoming appointments)",
        ),
        asks(
            Ask.RECENT,
            f"what (did|have) I [just|last] {_SAY} [last|just now|before [that]|a moment ago|to you]",
            "what was (the last thing|it) [that] I [just] (said|told you|asked|wrote)",
            "(repeat|quote) [(what I [just] said|my last (message|sentence)|that)] [back to me]",
            "what did you [just] say [last|just now|before [that]]",
        ),
        act(
            Act.META,
            "(who|what) are you [exactly|really]",
            "what('s| is) your name",
            "what can you do [for me]",
            "what are you (able to do|capable of|for|good at)",
            "how do(es)? (you|this|it) work",
            "how do (you|this|it|I use (you|this)) [work]",
            "how does (this|it) work",
            "are you [(a|an)] {topic}",
            "(do you have|have you got) (a|any) [(good|long-term|real|own)] (memory|feelings|name|body|brain)",
            "help [me]",
            "what [model|language model|llm] (are you|is this) [(based on|running|using)] [it|on]",
            "(tell me about|introduce) yourself",
            "(can|do) you remember (things|what I (say|tell you))",
        ),
        act(
            Act.RETRACTION,
            f"{_PLEASE} (scratch|strike|ignore|forget|disregard|delete|erase|remove) (that|it|this|what I [just] {_SAY}|my last (message|sentence)|the last (thing|message|sentence|one|bit|part) [I [just] {_SAY}]) [(again|just now|please|now)]",
            "never mind [that]",
            "I take (that|it) back",
            "(that|it|this) was (wrong|a mistake|not true|a lie|a joke)",
            "(that|this|it)('s| is| isn't| is not|'s not) [(no longer|not)] (true|right|correct|the case) (anymore|any more|now)",
            "(that|this|it)('s| is) no longer (true|right|correct|the case)",
            "I was (wrong|joking|kidding|lying) [about {topic}]",
        ),
        act(
            Act.INTENTION,
            f"{_PLEASE} remind me [(to|that|about|of)] {{topic}}",
            "[please] (don't|do not) (let me forget|forget) to {topic}",
            "[please] (don't|do not) let me forget {topic}",
            "[please] remember to {topic}",
            f"{_PLEASE} set [up] (a|an) (reminder|alarm|timer) [(to|for|that|about)] {{topic}}",
        ),
        act(
            Act.FORGET,
            f"{_POLITE} (forget|forgetting|delete|deleting|erase|erasing|remove|removing|unlearn|drop|wipe|wiping|get rid of) (what|everything|all|anything|the (thing|things|stuff|part)) [that] (I|I've|I have) [just] {_SAY} [you] about {{topic}}",
            f"{_POLITE} (forget|forgetting|delete|deleting|erase|erasing|remove|removing|unlearn|drop|wipe|wiping|get rid of) [about] [the (fact|thing|part)] [that|how|where|when|what|who] {{topic}}",
            "[please] (don't|do not|stop) (remember|remembering|store|storing|keep|keeping|save|saving) [that] {topic}",
        ),
        act(
            Act.CORRECTION,
            f"[no|nope|sorry|wait|oops] [,] (that's|that is|it's|it is|this is|you're|you are|that was) [all] {_WRONG} [.|,|;|:|!|-] [{{topic}}]",
            f"{_NO} [,|.|!|:] [{_NO}] [,|.|!|:|-] [{_NO}] [,|.|!] {{topic}}",
            "(sorry|oops) [,|:|.] I (meant|mean|said|misspoke) {topic}",
            "I (meant|mean|misspoke) [,|:|.] {topic}",
            "(sorry|actually|oops) [,|:] (it's|it is|that's|he's|she's|they're) {topic}",
            "(it's|it is) [actually|really|in fact] {topic} [,] not {old}",
            "(it's|it is) not {old} [,|but|;|.] [it's|it is|but] {topic}",
        ),
        act(
            Act.SUMMARISE,
            "(sum|summing) (it|this|everything|all that) up [for me]",
            f"{_PLEASE} (summarise|summarize|sum up|recap|condense) {{topic}}",
            f"{_PLEASE} (give|write|show) [me] (a|the) [short|brief|quick] (summary|recap|overview) [of {{topic}}]",
            "what (did|have) we (talk|talked|discuss|discussed|speak|spoken|chat|chatted) [about] [{topic}]",
            "what was [(this|our|the [last]) (conversation|chat|session|talk)] about",
            "(tl;dr|summary|recap) [please]",
        ),
        act(
            Act.LIST,
            f"{_PLEASE} (make|write|give|show|create|compile|draw up) [me] (a|the) list of [all] {{topic}}",
            f"{_PLEASE} (list|enumerate) [me] [all] [of] {{topic}}",
            f"{_PLEASE} (show|give|tell) me all [of] [(the|my)] {{topic}}",
            "what are all [of] {topic}",
        ),
        act(
            Act.COMMAND,
            "[please] (can|could|would|will) you [please|also|maybe] (write|translate|draw|calculate|compute|explain|play|open|call|book|order|send|google|sing|code|fix|generate|recommend|suggest|buy|cook|pick|choose|solve|define|spell|print|rewrite|search|turn|wake|help) {topic}",
        ),
        act(
            Act.GREETING,
            "(hi|hello|hey|hiya|howdy|yo|greetings|good (morning|afternoon|evening|day)) [there|again|carrel|you|everyone]",
            "how are you [doing] [today]",
            "how('s| is) it going",
            "what's up",
            "nice to meet you [too|carrel]",
        ),
        act(
            Act.FAREWELL,
            "(bye|goodbye|bye bye|see you|see ya|good night|cheers|take care|later) [then|later|soon|tomorrow|carrel]",
        ),
        act(
            Act.THANKS,
            "[many] (thanks|thank you|thx|ty|cheers|much appreciated) [so much|very much|a lot|again|carrel|for {topic}]",
            "(that's|that is|that was) [very|really|so] (helpful|kind|nice) [of you]",
        ),
        act(
            Act.REPLY,
            f"({_YES}|{_FINE}) [then|indeed|please]",
            f"(that's|that is|sounds|it's) [very|really|so] ({_FINE}) [then|thanks]",
        ),
    ),
    remember=(
        f"{_PLEASE} {_KEEP} [this] [that|:|,] {{topic}}",
        "(for your information|just so you know|for the record|I want you to know|you should know) [that|:|,] {topic}",
        "{topic}(,|;|:) [and|so] [please|pls] (remember|note|memorise|memorize|don't forget|do not forget) (that|this|it) [please|well|for (me|later)]",
        "{topic}(,|;|:) [and|so] [please|pls] (keep (that|this|it) in mind|write (that|this|it) down|make a note of (that|this|it))",
    ),
    about=(
        f"{_PLEASE} tell me [(again|more|something|everything)] about {{topic}}",
        "what (do|can) you (know|remember|tell me) about {topic}",
        "do you (know|remember) (anything|something) about {topic}",
    ),
    whether=(
        f"{_PLEASE} (tell|remind) me [again] (if|whether) {{topic}}",
        "(do|can|did) you [still|happen to] (know|remember|recall|tell) [me] (if|whether) {topic}",
        f"({_WONDER}|I was wondering|just wondering|wondering) (if|whether) {{topic}}",
    ),
    indirect=(
        f"{_PLEASE} tell me [again] {{topic}}",
        "(do|can|did) you [still|happen to] (know|remember|recall|tell) [me] {topic}",
        "you [still|happen to|can|might|could] (know|remember|recall|tell me) {topic}",
        f"({_WONDER}|I forgot|I forget|I can't remember|I don't remember) {{topic}}",
        "(any idea|remind me) {topic}",
    ),
    question_words={
        "how many": Ask.HOW_MANY,
        "how much": Ask.HOW_MANY,
        "how old": Ask.HOW_MANY,
        "how often": Ask.HOW_MANY,
        "how long": Ask.HOW_LONG,
        "what time": Ask.WHEN,
        "what day": Ask.WHEN,
        "what date": Ask.WHEN,
        "what year": Ask.WHEN,
        "what month": Ask.WHEN,
        "which day": Ask.WHEN,
        "which year": Ask.WHEN,
        "when's": Ask.WHEN,
        "when": Ask.WHEN,
        "where's": Ask.WHERE,
        "where": Ask.WHERE,
        "who's": Ask.WHO,
        "who": Ask.WHO,
        "whom": Ask.WHO,
        "whose": Ask.WHO,
        "why": Ask.WHY,
        "how": Ask.HOW,
        "what's": Ask.WHAT,
        "what": Ask.WHAT,
        "which": Ask.WHAT,
    },
    openings=(
        "(who|what|when|where|which|why|how|whose|whom)('s|'re|'d|'ll)",
        "(who|what|when|where|which|why|how|whose|whom) [(many|much|old|long|often|far|time|day|kind of|sort of)]",
        "(do|does|did|is|are|was|were|am|can|could|will|would|have|has|had|should|shall|may|isn't|aren't|don't|didn't|haven't)",
    ),
    no_question=(
        "(when|what|where|why|how|whatever|whenever|who|which) (i|we|they|he|she|it|you|my|our|people) [(really|just|always|also)] [\\w]",
        "(when|where) (the|my|our|his|her)",
        "what (a|an)",
        "how (nice|lovely|cool|sad|funny|great|sweet|kind)",
        "(may|will|have) (is|was|has|and)",
        "have (a|fun)",
        "do (not|it)",
        "don't",
    ),
    imperatives=(
        "tell|write|translate|draw|calculate|compute|explain|play|open|call|book|order|send|search|google|find|sing"
        "|code|fix|generate|describe|compare|convert|turn|set|show|give|make|create|help|read|look up|solve|count|check"
        "|recommend|suggest|buy|start|stop|run|cook|pick|choose|let's|define|spell|wake|export|import|print|rewrite"
    ),
    advice="(should|shall|may|can|could|must|would|ought|might) (I|we|he|she|they|one|my|it)|is it (ok|okay|safe|wise|dangerous|good|bad)",
    planning=frozenset(
        "do done have plan plans planned scheduled schedule happen happening happened agenda calendar up going get need should must".split()
    ),
    secrets="password|passcode|passphrase|pin|pin code|pincode|api key|secret|access code|security code|combination|credit card|iban|ssn|cvv",
    first_person="I|I'm|I've|I'd|I'll|me|my|mine|myself|we|we're|we've|us|our|ours",
)
