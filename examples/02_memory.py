"""Put memories into the three tiers from code, and search them."""

from datetime import UTC, datetime

from carrel import Carrel, NewMessage

with Carrel.open() as carrel:
    ada = carrel.agent("ada")
    ada.core.append("human", "Name: Ada.")
    ada.archival.insert("Ada moved from Bonn to Porto in March 2025.", tags=["places"])
    ada.recall.load(
        [
            NewMessage("user", "Where do you work now?", datetime(2025, 5, 1, 9, tzinfo=UTC), "Ben", "may"),
            NewMessage("assistant", "At the marine institute.", datetime(2025, 5, 1, 9, 1, tzinfo=UTC), "Ada", "may"),
        ]
    )
    for hit in ada.recall.search("Where does Ada work?", limit=1).hits:
        print(f"{hit.at:%Y-%m-%d} {hit.speaker}: {hit.text}")
    for hit in ada.archival.search("Where does Ada live?", tags=["places"]).hits:
        print(f"{hit.tier}: {hit.text}")
