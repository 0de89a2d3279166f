"""English phrases."""

from carrel.language.phrases.vocabulary import Phrases

ENGLISH = Phrases(
    noted="Noted.",
    noted_replacing="Noted. It replaces {old}.",
    corrected="Corrected: {new}",
    what_is_right="What is right, then? Say it in a sentence, and I will correct it.",
    known="I know: you told me before.",
    reminder="Noted{when}: {what}. I cannot ring, but ask me what you have planned and I will say so.",
    when=" for {day}",
    forgotten="Forgotten: {what}.",
    undo="/undo brings it back.",
    kept="All right: I keep it.",
    nothing_to_forget="I found nothing to forget about {what}.",
    not_removable="It also stands in what was said before; `carrel memory forget` removes it there.",
    yes="Yes.",
    no="No.",
    unknown="I don't know: you have not told me.",
    not_told_so="You have not told me so.",
    nearest="The nearest I have:",
    you="you",
    said="— {who}, {day}: {quote}",
    attributed="— {who}, {day}",
    said_undated="— {who}: {quote}",
    value_line="{value}{since} ({said}){before}.",
    since_day=", since {since}",
    from_day=", from {since}",
    said_on="you said so {day}",
    before="; before that {value}",
    corrected_on="corrected {day}",
    conjunction=" and ",
    comma=", ",
    stop=".",
    count="{number}: {values}.",
    about_head="This is what you told me:",
    about_empty="Nothing yet: you have not told me anything about yourself.",
    list_head="I found:",
    list_empty="I found nothing to list: you have not told me of any.",
    summary_head="What was said:",
    summary_empty="We have not talked about anything yet.",
    recent="You said: {quote}",
    recent_empty="You have not said anything before this.",
    more="… and {count} more.",
    topics=("You", "People and animals", "Dates and plans", "More"),
    greeting="Hello! Tell me something to remember, or ask what you told me.",
    farewell="Goodbye! I will remember.",
    thanks="You're welcome.",
    reply="All right.",
    who_i_am=(
        "I am Carrel, a companion with a memory that outlasts our conversations. No language model is connected, so I "
        "remember, find and quote what you tell me, and invent nothing. Try:"
    ),
    what_to_type=(
        "My sister Ada was born on 3 May. (I note it, with the day)",
        "When is Ada's birthday? (I look it up and quote you)",
        "What do you know about me? · Forget Ada's birthday. · /help",
    ),
    cannot=(
        "I cannot do that: no language model is connected. I remember what you tell me and answer by quoting it; "
        "carrel help models says how to connect one."
    ),
    quotes=('"', '"'),
)
