"""Test your own agent without a language model and without an API key."""

from carrel import Carrel, FrozenClock, ScriptedModel
from carrel.models.chat.scripted import call, say

clock = FrozenClock("2026-01-05T09:00:00+01:00")
model = ScriptedModel([call("archival_insert", text="Ada's boat is called Heron."), say("Noted."), say("It is Heron.")])

with Carrel.open(model=model, clock=clock) as carrel:
    ada = carrel.agent("ada")
    with ada.session() as chat:
        chat.send("My boat is called Heron.")
    clock.advance(days=30)
    with ada.session() as chat:
        answer = chat.send("What is my boat called?")

sent = model.requests[-1].messages[-1].text
print("recalled:", "Ada's boat is called Heron." in sent)
print("answered:", answer.text)
