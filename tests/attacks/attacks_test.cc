// Every attack in turn on a real daemon, each bounded in bytes and by itself, while a core posts
// stops and another vendor asks for permits: nobody of them is refused, and what the attack costs
// the hub has bounds.
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "tests/attacks/attack.h"
#include "tests/attacks/attacked_fixture.h"

namespace switchboard::attacks {

// For the output of a test that fails.
void PrintTo(const Attack& attack, std::ostream* out) { *out << attack.name; }

namespace {

class EachAttack : public AttackedFixture, public ::testing::WithParamInterface<Attack> {};

TEST_P(EachAttack, LeavesTheOthersServed) {
  const Attack& attack = GetParam();
  Suffer([&] { return attack.run({hub_->address(), hub_->TlsOf("vendor-beni"), clock_}); });
}

INSTANTIATE_TEST_SUITE_P(Attacks, EachAttack, ::testing::ValuesIn(AllAttacks()),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace switchboard::attacks
