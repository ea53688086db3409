#include "hub/redaction/chinese_weights.h"

// The assembler finds the file where the build made it.
asm(".section .rodata\n"
    ".balign 64\n"
    ".global switchboard_chinese_weights\n"
    "switchboard_chinese_weights:\n"
    ".incbin \"chinese_tagger.bin\"\n"
    ".previous\n");

extern "C" const switchboard::redaction::ChineseWeights switchboard_chinese_weights;

namespace switchboard::redaction {

// What the script writes, which checks it too.
static_assert(sizeof(ChineseWeights) == 6594880);

const ChineseWeights& LinkedChineseWeights() { return switchboard_chinese_weights; }

}  // namespace switchboard::redaction
