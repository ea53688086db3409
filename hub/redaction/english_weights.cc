#include "hub/redaction/english_weights.h"

// The assembler finds the file among the data.
asm(".section .rodata\n"
    ".balign 64\n"
    ".global switchboard_english_weights\n"
    "switchboard_english_weights:\n"
    ".incbin \"english_tagger.bin\"\n"
    ".previous\n");

extern "C" const switchboard::redaction::EnglishWeights switchboard_english_weights;

namespace switchboard::redaction {

// What the training writes.
static_assert(sizeof(EnglishWeights) == 1'900'636);

const EnglishWeights& LinkedEnglishWeights() { return switchboard_english_weights; }

}  // namespace switchboard::redaction
