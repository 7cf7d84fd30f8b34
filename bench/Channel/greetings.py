#!/usr/bin/env python3
"""greetings.py COUNT: a collection of invented greetings as JSON lines, the same on every machine; of ordinary words, so that it folds as such texts do."""
import json, random, sys

count = int(sys.argv[1])
dice = random.Random(7)
who = "my friend,dear neighbour,grandmother,old fellow,dear colleague,little brother,my love,dear teacher,dear doctor,cousin,aunt,captain,boss,dear all".split(",")
wish = ("may this day bring you,I wish you from the heart,today I raise my cup to,let the year give you,here is a song about,somebody told me of,we all hope for,do not forget,"
        "the best thing about winter is,under the tree there lies,behind the door waits,on the table stands").split(",")
what = ("a quiet morning,warm bread,good news from far away,a letter without bills,three days of sun,snow that stays white,an open window,the smell of coffee,a dog that listens,"
        "time for each other,new shoes and old friends,a train on time,laughter in the kitchen,a garden without slugs,light in every room,a song that nobody knows the end of,"
        "health and a little luck,more cake than guests,a story with a good ending,sleep until ten").split(",")
end = "and much joy.,and stay as you are!,from all of us.,until we meet again.,- and a hug.,and come by soon!,with love.,as every year.".split(",")
occasions = "birthday,new-year,wedding,exam,christmas,spring-festival,diwali,eid-al-fitr,easter".split(",")
seen = set()
while len(seen) < count:
    name = dice.choice(who)
    text = f"{name[0].upper()}{name[1:]}, {dice.choice(wish)} {dice.choice(what)}, {dice.choice(what)} and {dice.choice(what)} {dice.choice(end)} ({dice.randrange(10000)})"
    if text in seen:
        continue
    seen.add(text)
    print(json.dumps({"text": text, "kind": dice.choice(["greeting", "joke", "poem"]), "language": "en", "occasion": dice.choice(occasions), "tone": dice.choice(["family", "friend", "formal"]), "licence": "CC0-1.0"}))
