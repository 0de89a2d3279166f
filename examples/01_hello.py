"""Tell an agent something, and ask about it in another session."""

from carrel import Carrel

with Carrel.open() as carrel:
    ada = carrel.agent("ada")
    with ada.session() as chat:
        print(chat.send("I'm allergic to peanuts.").text)
    with ada.session() as chat:
        print(chat.send("What am I allergic to?").text)
    print(ada.core["human"].value)
