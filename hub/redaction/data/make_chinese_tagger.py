#!/usr/bin/env python3
"""Makes the Chinese tagger's weights from the model lac_small of Debian's package python3-jieba.

usage: make_chinese_tagger.py MODEL_FOLDER OUT

The build runs this once. OUT is what ../chinese_weights.h lays out, in little endian: all weights
as integers with ten binary places, so that every processor comes to the same tags. Of the package
only its files of numbers and its two lists are read, none of its code."""

import array
import math
import os
import struct
import sys
import unicodedata

PLACES = 10  # binary, of weights and states; biases and scores have twice as many
ONE = 1 << PLACES
WIDTH = 128  # of a character and of a state
TAGS = 57
PADDED_TAGS = 64
CHARACTERS = 20941
CODE_POINTS = 1 << 16  # the list has no character beyond
BYTES = 6594880  # of the whole, as the header adds them up

# Signs that the list has in another form only.
SIGNS = {"。": ".", "“": '"', "”": '"', "‘": "'", "’": "'", "《": "<", "》": ">", "、": ",",
         "【": "[", "】": "]", "…": ".", "—": "-", "‧": "·", "・": "·", "「": "'", "」": "'",
         "『": '"', "』": '"', "〈": "<", "〉": ">"}
NOTHING, NAME, PLACE, ORGANIZATION = range(4)
KINDS = {"PER": NAME, "nr": NAME, "LOC": PLACE, "ns": PLACE, "ORG": ORGANIZATION,
         "nt": ORGANIZATION}
CONTINUES = 4  # beside a kind: the tag goes on with the entity before
NOUN = 8  # beside a kind
NOUNS = {"n", "nz", "nw", "f", "s", "nr", "ns", "nt", "PER", "LOC", "ORG"}


class Model:
    """The package's files."""

    def __init__(self, folder):
        self.folder = folder
        self.characters = {text: number for number, text in self.pairs("word.dic")}
        self.tags = [text for _, text in sorted(self.pairs("tag.dic"))]
        if len(self.tags) != TAGS or max(self.characters.values()) != CHARACTERS - 1:
            sys.exit(f"{folder}: not the model that the tagger was written for")

    def pairs(self, name):
        with open(os.path.join(self.folder, name), encoding="utf-8") as file:
            rows = (line.rstrip("\n").split("\t") for line in file)
            return [(int(row[0]), row[1]) for row in rows if len(row) == 2]

    def numbers(self, name, count):
        """A tensor by its file: 16 bytes, the size of a description, this, the floats."""
        path = os.path.join(self.folder, "model_baseline", name)
        with open(path, "rb") as file:
            raw = file.read()
        (size,) = struct.unpack_from("<i", raw, 16)
        values = array.array("f")
        values.frombytes(raw[20 + size:])
        if sys.byteorder != "little":
            values.byteswap()
        if len(values) != count:
            sys.exit(f"{path}: {len(values)} numbers where {count} were expected")
        return values

    def number_of(self, character):
        """Which one of the list's a character is, or the one that stands for its like."""
        whole = unicodedata.normalize("NFKC", character)
        for form in (SIGNS.get(character), whole.lower(), whole, character):
            if form in self.characters:
                return self.characters[form]
        if "\u4e00" <= character <= "\u9fff":
            return self.characters["OOV_HANZ"]
        return self.characters["OOV_ALNUM" if character.isalnum() else "OOV"]


class Out:
    """The file that is made."""

    def __init__(self):
        self.data = bytearray()

    def put(self, code, values):
        packed = array.array(code, values)
        if sys.byteorder != "little":
            packed.byteswap()
        self.data += packed.tobytes()

    def put_weights(self, values):
        self.put("h", (max(-32768, min(32767, round(value * ONE))) for value in values))

    def put_sums(self, values):
        self.put("i", (round(value * ONE * ONE) for value in values))


def transposed(values, inputs, outputs):
    """Rows of outputs, each with its inputs, of rows of inputs."""
    return [values[i * outputs + o] for o in range(outputs) for i in range(inputs)]


def put_layer(model, number, inputs, out):
    """What one direction of a layer of gated recurrent units takes."""
    gates = 2 * WIDTH * WIDTH
    hidden = model.numbers(f"gru_{number}.w_0", gates + WIDTH * WIDTH)
    into = model.numbers(f"fc_{number}.w_0", inputs * 3 * WIDTH)
    out.put_weights(transposed(into, inputs, 3 * WIDTH))
    out.put_weights(transposed(hidden[:gates], WIDTH, 2 * WIDTH))
    out.put_weights(transposed(hidden[gates:], WIDTH, WIDTH))
    out.put_sums(a + b for a, b in zip(model.numbers(f"fc_{number}.b_0", 3 * WIDTH),
                                       model.numbers(f"gru_{number}.b_0", 3 * WIDTH)))


def put_scores(model, out):
    """From states to tags: what a state says of each, and how they follow each other."""
    rows = transposed(model.numbers("fc_4.w_0", 2 * WIDTH * TAGS), 2 * WIDTH, TAGS)
    out.put_weights(rows + [0] * ((PADDED_TAGS - TAGS) * 2 * WIDTH))
    out.put_sums(list(model.numbers("fc_4.b_0", TAGS)) + [0] * (PADDED_TAGS - TAGS))
    steps = model.numbers("crfw", (TAGS + 2) * TAGS)
    for row in range(TAGS + 2):  # at the begin, at the end, behind each tag
        out.put_sums(list(steps[row * TAGS:(row + 1) * TAGS]) + [0] * (PADDED_TAGS - TAGS))


def kind_of(tag):
    name, _, part = tag.partition("-")
    noun = NOUN if name in NOUNS else 0
    return KINDS.get(name, NOTHING) | (CONTINUES if part == "I" else 0) | noun


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    model, out = Model(sys.argv[1]), Out()
    out.put("H", (model.number_of(chr(code)) for code in range(CODE_POINTS)))
    out.put_weights(model.numbers("word_emb", CHARACTERS * WIDTH))
    for number, inputs in enumerate((WIDTH, WIDTH, 2 * WIDTH, 2 * WIDTH)):
        put_layer(model, number, inputs, out)
    put_scores(model, out)
    steps = range(-8 * ONE, 8 * ONE)
    out.put("h", (round(ONE / (1 + math.exp(-step / ONE))) for step in steps))
    out.put("h", (round(ONE * math.tanh(step / ONE)) for step in steps))
    out.put("B", [kind_of(tag) for tag in model.tags] + [NOTHING] * (PADDED_TAGS - TAGS))
    if len(out.data) != BYTES:
        sys.exit(f"{len(out.data)} bytes where {BYTES} were expected")
    with open(sys.argv[2], "wb") as file:
        file.write(out.data)


if __name__ == "__main__":
    main()
