#include "hub/contracts/contract_days.h"

#include <optional>
#include <string>
#include <vector>

#include "tests/testing.h"

namespace switchboard::contracts {
namespace {

using absl::CivilDay;

constexpr CivilDay kReleased(2026, 11, 10);
constexpr CivilDay kToday(2026, 11, 20);

struct Days {
  std::optional<CivilDay> from, to;
};

std::vector<ContractVersion> VersionsOf(const std::vector<Days>& all) {
  std::vector<ContractVersion> versions;
  for (const Days& days : all) {
    ContractVersion one;
    one.days = {static_cast<int64_t>(versions.size()) + 1, days.from, days.to};
    one.release.time = absl::FromCivil(kReleased, absl::UTCTimeZone()) + absl::Hours(15);
    versions.push_back(one);
  }
  return versions;
}

TEST(FirstDayWithout, FollowsTheVersionOfEachDay) {
  const std::optional<CivilDay> none;
  const CivilDay past(2026, 3, 1), summer(2026, 6, 1), december(2026, 12, 1), january(2027, 1, 1),
      february(2027, 2, 1), march(2027, 3, 1);
  const struct {
    const char* name;
    std::vector<Days> versions;
    std::optional<CivilDay> day;
  } rows[] = {
      {"open", {{none, none}}, none},
      {"its last day", {{none, december}}, december},
      {"ends today", {{none, kToday}}, kToday},
      {"ended", {{none, past}}, past},
      {"a newer one replaces it at once", {{none, december}, {none, none}}, none},
      {"a newer one shortens it", {{none, none}, {none, december}}, december},
      {"a gap before the next", {{none, december}, {january, none}}, december},
      {"the next begins in time", {{none, january}, {december, none}}, none},
      {"the next begins on that day", {{none, december}, {december, march}}, march},
      {"the newest has begun and ended, whatever is older", {{none, none}, {past, summer}}, summer},
      {"the newest will end, whatever is older", {{none, none}, {december, january}}, january},
      {"one before the newest is left out",
       {{none, none}, {march, none}, {december, january}},
       january},
      {"not begun", {{december, none}}, kReleased},
      {"not begun, ended before", {{none, past}, {december, none}}, past},
      {"between two", {{past, summer}, {december, none}}, summer},
      {"never begins", {{december, december}}, kReleased},
      {"several gaps", {{none, december}, {january, february}, {march, none}}, december},
  };
  for (const auto& row : rows)
    EXPECT_EQ(FirstDayWithout(VersionsOf(row.versions), kToday), row.day) << row.name;
}

TEST(OutSince, IsTheEndOfWhatWasInForceUntilThen) {
  const std::optional<CivilDay> none;
  const CivilDay past(2026, 3, 1), begun(2026, 11, 12), ended(2026, 11, 18);
  const CivilDay december(2026, 12, 1), january(2027, 1, 1);
  const struct {
    const char* name;
    std::vector<Days> versions;
    std::optional<CivilDay> day;
  } rows[] = {
      {"in force", {{none, none}}, none},
      {"will end", {{none, december}}, none},
      {"a short one", {{begun, ended}}, ended},
      {"a short one after a pause", {{none, past}, {begun, ended}}, ended},
      {"had ended when it was released", {{none, none}, {none, past}}, kReleased},
      {"not begun", {{december, january}}, kReleased},
      {"ends today", {{none, kToday}}, kToday},
  };
  for (const auto& row : rows)
    EXPECT_EQ(OutSince(VersionsOf(row.versions), kToday), row.day) << row.name;
}

}  // namespace
}  // namespace switchboard::contracts
