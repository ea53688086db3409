#pragma once

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/hub/fake_stream.h"

namespace switchboard::testing {

// A day in the life of sakura, which has all work: four new accounts, of which one is called with a
// permit, one may be, one is paid and one is disputed; the vendor reads its feed, and something
// that cannot be read is refused. `round`: 1, 2 …
inline void TellRowStory(HubWorld& world, int round) {
  const auto name = [&](const char* of, int i) { return absl::StrCat(of, "-", round, "-", i); };
  std::vector<v1::AccountRecord> records;
  for (int i = 1; i <= 4; ++i) {
    records.push_back(
        MakeRecord(round * 100 + i, {.account_id = name("A", i), .person_id = name("P", i)}));
  }
  EXPECT_OK(world.Import(records));
  for (int i = 1; i <= 2; ++i) {
    const std::string id = world.Live(name("A", i)).assignment_id();
    const auto answer = world.Ask("sakura", name("r", i), id);
    EXPECT_OK(answer);
    if (i == 2 || !answer.ok()) continue;
    EXPECT_TRUE(answer->has_permit()) << answer->DebugString();
    v1::Outcome outcome = MakeOutcome(name("o", i), id);
    outcome.set_permit_id(answer->permit().permit_id());
    EXPECT_OK(world.Report("sakura", {outcome}));
  }
  EXPECT_OK(
      world.Post({Payment(name("e", 1), name("A", 3)), AccountStop(name("e", 2), name("A", 4))}));
  EXPECT_OK(world.Import({MakeRecord(round * 100 + 9, {.account_id = "", .person_id = "P-none"})}));
  const OpenStream stream(world);
}

}  // namespace switchboard::testing
