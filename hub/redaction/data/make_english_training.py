#!/usr/bin/env python3
"""Makes what train_english.cc reads: a dictionary of English words, and sentences with their names.

usage: make_english_training.py LABELLED COMPLAINTS ADDRESSES NAME_PARTS FAKER WORDS OUT

README.md names the sources and their licences. LABELLED: a folder with the two sets of
presidio-research and that of WNUT 17, each a *.jsonl.gz; COMPLAINTS, ADDRESSES, NAME_PARTS: CSV;
FAKER: the folder of the Python package faker; WORDS: a list of English words. OUT is a folder for
words.tsv, and a *.jsonl for each set and for the notes that are made up here.
"""

import csv
import gzip
import importlib
import json
import pkgutil
import random
import re
import sys
from pathlib import Path

LABELLED, COMPLAINTS, ADDRESSES, NAME_PARTS, FAKER, WORDS, OUT = map(Path, sys.argv[1:])
rng = random.Random(20261201)

# Bits of a word, as english_words.h has them.
GIVEN, FAMILY, WORD, PLACE, STREET, TITLE, DAY, GATE = (1 << i for i in range(8))

STREETS = """street st avenue ave road rd boulevard blvd lane ln drive dr court ct place pl square
sq terrace ter way parkway pkwy highway hwy circle cir trail trl crescent cres close row walk alley
loop turnpike mews gardens grove""".split()
TITLES = "mr mrs ms miss mx dr prof professor sir madam mister attorney atty judge officer".split()
DAYS = """monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs
fri sat sun january february march april may june july august september october november december
jan feb mar apr jun jul aug sep sept oct nov dec""".split()
# Words that pass the gate although somebody may be called so.
COMMON = set("""will may can the be in an so do see her long early case day week call back bank pay
paid money time out ask and at to he she on no is it as by of but line good way was were
i""".split())


def letters(word):
    return re.fullmatch(r"[A-Za-zÀ-ɏ' -]+", word) and 1 < len(word) < 25


def names():
    given, family = set(), set()
    for row in csv.DictReader(NAME_PARTS.open()):
        if letters(row["name"]):
            (family if row["part"] == "last_name" else given).add(row["name"])
    sys.path.insert(0, str(FAKER.parent))
    people = importlib.import_module("faker.providers.person")
    for _, name, _ in pkgutil.iter_modules(people.__path__):
        try:
            provider = importlib.import_module("faker.providers.person." + name).Provider
        except (ImportError, AttributeError):
            continue
        for key in sorted(dir(provider)):
            value = getattr(provider, key)
            if not isinstance(value, (dict, tuple, list)):
                continue
            for one in value:
                if isinstance(one, str) and "{" not in one and letters(one):
                    if "first_name" in key:
                        given.add(one)
                    elif "last_name" in key:
                        family.add(one)
    return sorted(given), sorted(family)


def english_names():
    person = importlib.import_module("faker.providers.person.en_US").Provider
    return sorted(person.first_names), sorted(person.last_names)


def rows(path):
    opened = gzip.open(path, "rt") if path.suffix == ".gz" else path.open()
    with opened as lines:
        yield from csv.DictReader(lines)


def places():
    found = set()
    address = importlib.import_module("faker.providers.address")
    for name in ("en_US", "en_GB", "en_CA", "en_AU", "en"):
        try:
            provider = importlib.import_module("faker.providers.address." + name).Provider
        except ImportError:
            continue
        for key in ("countries", "states", "provinces", "cities"):
            for one in getattr(provider, key, ()):
                if isinstance(one, str):
                    found.add(one)
    assert address
    found.update(row["city"] for row in rows(ADDRESSES))
    found.update("London Paris Mumbai Boston Chicago Houston Denver Dallas Miami Toronto".split())
    return sorted(p for p in found if letters(p))


KINDS = {"PERSON": "N", "person": "N", "ADDRESS": "A", "STREET_ADDRESS": "A", "ZIP_CODE": "A",
         "LOCATION": "P", "GPE": "P", "location": "P", "ORGANIZATION": "X", "corporation": "X",
         "group": "X", "product": "X", "creative-work": "X"}


def write(name, texts):
    with (OUT / name).open("w") as out:
        for text, spans in texts:
            out.write(json.dumps({"text": text, "spans": spans}, ensure_ascii=False) + "\n")


def labelled(name):
    for line in gzip.open(LABELLED / (name + ".jsonl.gz"), "rt"):
        row = json.loads(line)
        yield row["text"], [[s["start"], s["end"], KINDS[s["label"]]] for s in row["spans"]
                            if s["label"] in KINDS]


def complaints():
    """Sentences of complaints in which whoever published them had nothing to take out."""
    for row in rows(COMPLAINTS):
        for sentence in re.split(r"(?<=[.!?])\s+", row["narrative"]):
            if "XX" not in sentence and 20 < len(sentence) < 300:
                yield sentence


# {N} somebody's whole name, {F} given, {L} family name, {A} address, {S} street, {C} town,
# {O} firm, {M} day or month, {W} a product or other word in capitals, {D} an amount, {#} a number.
NOTES = (Path(__file__).parent / "english_note_forms.txt").read_text().splitlines()
FIRMS = """Capital One|Chase|Wells Fargo|Bank of America|Citibank|Midland Credit|Amex|Synchrony|
Discover|Equifax|Experian|TransUnion|Walmart|Target|Amazon|Best Buy|PayPal|Western Union|
Portfolio Recovery Associates|Verizon|AT&T|Comcast|Barclays|HSBC|Lloyds|Santander|US Bank|
Home Depot|Macy's|Costco|Legal Aid|Citizens Advice|StepChange|Social Security|Medicare|the IRS|
Apple|FedEx|UPS""".replace("\n", "")
FIRMS = [f.strip() for f in FIRMS.split("|")] * 20
FIRMS += sorted({row["company"].title() if row["company"].isupper() else row["company"]
                 for row in rows(COMPLAINTS) if row["company"]})
THINGS = """Visa|MasterCard|Direct Debit|Gold Card|Platinum|Chapter 7|Chapter 13|Zelle|Venmo|
Cash App|WhatsApp|iPhone|Final Notice|FDCPA|FCRA|ACH|PTP|RPC|SMS|ID|OK|Christmas|Thanksgiving|
Easter|New Year|Spanish|English|Amex|Cease and Desist|Power of Attorney|Covid|Labor Day|
Credit Karma|Statement|Plan B|Rewards Card|Level 2|Team Lead|Supervisor|Customer Service|
Collections|Legal|Hardship""".replace("\n", "")
THINGS = [t.strip() for t in THINGS.split("|")]


class Notes:
    """Draws notes from the forms."""

    def __init__(self, given, family, common, towns):
        self.given, self.family, self.common, self.towns = given, family, common, towns
        self.addresses = list(rows(ADDRESSES))

    def strange(self, name):
        """One that is in no list."""
        at = rng.randrange(len(name))
        return name[:at] + rng.choice(["a", "en", "o", "iv", "ra", "sh"]) + name[at + 1:].lower()

    def one(self, part):
        names = self.common[part] if rng.random() < 0.5 else (self.given, self.family)[part]
        name = rng.choice(names)
        return self.strange(name).capitalize() if rng.random() < 0.25 else name

    def whole(self):
        form = rng.random()
        first, last = self.one(0), self.one(1)
        if form < 0.72:
            return f"{first} {last}"
        if form < 0.80:
            return f"{first} {rng.choice('ABCDEFGHJKLMNPRSTW')}. {last}"
        if form < 0.85:
            return f"{first} {self.one(0)} {last}"
        if form < 0.90:
            return f"{first} {last}-{self.one(1)}"
        if form < 0.94:
            return f"{last}, {first}"
        return f"{first[0]}. {last}"

    def street(self):
        if rng.random() < 0.5:
            return rng.choice(self.addresses)["address1"].strip()
        name = rng.choice([self.one(1), self.one(0), rng.choice(self.towns), rng.choice(
            "Oak Maple Elm High Park Main Church Mill Station King Queen Cedar Lake Hill".split())])
        kind = rng.choice(STREETS[:40])
        kind = kind.capitalize() + ("." if len(kind) <= 4 and rng.random() < 0.3 else "")
        side = rng.choice(["", "", "", "N ", "W. ", "South ", "NE "])
        return f"{rng.randrange(1, 9999) if rng.random() < .6 else rng.randrange(1, 99)} {side}" \
               f"{name} {kind}"

    def address(self):
        text = self.street()
        if rng.random() < 0.35:
            text += rng.choice([", ", " "]) + rng.choice(["Apt ", "Apt. ", "Unit ", "Suite ", "#",
                                                          "Flat ", "Apartment "])
            text += rng.choice([str(rng.randrange(1, 900)), "3B", "12C", "A", "4-D"])
        row = rng.choice(self.addresses)
        town = row["city"] or rng.choice(self.towns)
        form = rng.random()
        if form < 0.55:
            text += f", {town}, {row['state']} {row['postal_code']}"
        elif form < 0.7:
            text += f", {town}, {row['state']}"
        elif form < 0.8:
            text += f", {rng.choice(['London', 'Leeds', 'Bristol', town])} " \
                    f"{rng.choice(['SW1A 2AA', 'LS1 4AP', 'BS8 1TH', 'M1 1AE', 'E14 5HP'])}"
        elif form < 0.9:
            text += f" in {town}" if rng.random() < 0.5 else f", {town}"
        return text

    def note(self, form):
        text, spans = "", []
        makers = {"N": self.whole, "F": lambda: self.one(0), "L": lambda: self.one(1),
                  "A": self.address, "S": self.street, "C": lambda: rng.choice(self.towns),
                  "O": lambda: rng.choice(FIRMS), "M": lambda: rng.choice(DAYS[:7] + DAYS[14:26])
                  .capitalize(), "W": lambda: rng.choice(THINGS),
                  "D": lambda: rng.choice(["$", ""]) + str(rng.randrange(5, 5000)),
                  "#": lambda: str(rng.randrange(1, 31))}
        for piece in re.split(r"(\{.\})", form):
            if not re.fullmatch(r"\{.\}", piece):
                text += piece
                continue
            value = makers[piece[1]]()
            kind = dict(N="N", F="N", L="N", A="A", S="A", C="P", O="X").get(piece[1])
            if kind:
                spans.append([len(text), len(text) + len(value), kind])
            text += value
        dress = rng.random()
        if dress < 0.18:
            text = text.lower() if len(text.lower()) == len(text) else text
        elif dress < 0.26:
            text = text.upper() if len(text.upper()) == len(text) else text
        elif dress < 0.34 and spans:
            text = text[0].lower() + text[1:] if spans[0][0] > 0 else text
        return text, spans


def main():
    OUT.mkdir(exist_ok=True)
    given, family = names()
    common = english_names()
    towns = places()
    plain = [w.strip() for w in WORDS.open()]
    words = {}

    def add(word, bit):
        word = word.lower().replace("’", "'")
        words[word] = words.get(word, 0) | bit

    for word in plain:
        if re.fullmatch(r"[a-z]+(?:'[a-z]+)?", word) and not word.endswith("'s"):
            add(word, WORD)
    for one, bit in [(given, GIVEN), (family, FAMILY), (towns, PLACE)]:
        for name in one:
            for part in re.split(r"[ -]", name):
                if len(part) > 1:
                    add(part, bit)
    for one, bit in [(STREETS, STREET), (TITLES, TITLE), (DAYS, DAY)]:
        for word in one:
            add(word, bit)
    add("i", WORD)
    sentences = sorted(set(complaints()))
    rng.shuffle(sentences)
    seen = {}
    for sentence in sentences + [re.sub(r"\{.\}", " ", note) for note in NOTES]:
        for word in re.findall(r"[a-z]+(?:'[a-z]+)?", sentence.lower()):
            seen[word] = seen.get(word, 0) + 1
    for word, bits in words.items():
        if bits & WORD and seen.get(word, 0) > 0 and (not bits & (GIVEN | FAMILY | PLACE)
                                                      or word in COMMON):
            words[word] |= GATE
        if bits & DAY and not bits & (GIVEN | FAMILY):
            words[word] |= GATE
    with (OUT / "words.tsv").open("w") as out:
        for word in sorted(words):
            out.write(f"{word}\t{words[word]}\n")
    for name in ("en_presidio_generated_large", "en_presidio_synth_v2", "en_wnut17"):
        write(name + ".jsonl", labelled(name))
    half = len(sentences) // 2
    write("complaints.jsonl", [(s, []) for s in sentences[:half]])
    write("complaints_held.jsonl", [(s, []) for s in sentences[half:]])
    notes = Notes(given, family, common, towns)
    forms = [f for f in NOTES if f and not f.startswith("#")]
    write("notes.jsonl", [notes.note(form) for form in forms for _ in range(
        20 if "{" in form else 3)])
    # Without a fifth of the forms, to try whether the others tell of those.
    kept = [f for i, f in enumerate(forms) if i % 5]
    write("notes_most.jsonl", [notes.note(f) for f in kept for _ in range(20 if "{" in f else 3)])
    write("notes_held.jsonl", [notes.note(f) for f in forms[::5] for _ in range(5)])


main()
