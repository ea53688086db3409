// What people typed, cleaned: the four kinds of notes, and the slowest one that a vendor may send.

#include <memory>
#include <string>
#include <string_view>

#include "hub/redaction/clean_text.h"
#include "hub/redaction/own_data.h"
#include "tests/bench/benchmarks.h"
#include "tests/bench/records.h"

namespace switchboard::bench {
namespace {

struct Note {
  const char* name;
  std::string text;
  std::string_view language;
  int64_t rounds;
};

std::string Repeated(std::string_view text, size_t bytes_max) {
  std::string repeated;
  while (repeated.size() + text.size() <= bytes_max) repeated += text;
  return repeated;
}

}  // namespace

void RunRedaction(Place& place) {
  const auto cleaner = redaction::Cleaner::Load("");
  Require(cleaner.status(), "cleaner");
  v1::AccountRecord record;
  FillAccount(0, &record);
  const redaction::OwnData own(record.person(), {});
  const Note notes[] = {
      {"note with nothing in it", "promised to pay on Friday", "en", 200'000},
      {"note in English, all kinds",
       "Spoke with Robert Hayes, 1420 Maple Street, Denver, CO 80203; call (217) 555-0134 or write "
       "to r.hayes@example.com; card 4242 4242 4242 4242, SSN 536-22-8741",
       "en", 5'000},
      {"note in Japanese, 60 characters",
       "母親の渡邉さんより、本人は転居し東京都渋谷区神南1-19-"
       "11に住んでいると聞いた。連絡先は長男の健一氏 "
       "090-3345-6781。",
       "ja", 5'000},
      {"note in Chinese, 30 characters",
       "客户王小明的妻子李女士来电，说下周一还款，电话13812345678。", "zh", 500},
      {"note in Chinese, 2,000 bytes",
       Repeated("客户王小明的妻子李女士来电，说下周一还款三千元。", 2000), "zh", 50},
  };
  for (const Note& note : notes) {
    Row row{.name = std::string("clean a ") + note.name, .unit = "CPU us"};
    const int64_t rounds = place.quick ? note.rounds / 10 : note.rounds;
    for (int run = 0; run < place.runs(); ++run) {
      const double begin = CpuSeconds(0);
      for (int64_t i = 0; i < rounds; ++i) {
        if ((*cleaner)->WorkOf(note.text).has_candidate) {
          (void)(*cleaner)->Clean(note.text, &own, note.language);
        }
      }
      row.ours.Add((CpuSeconds(0) - begin) * 1e6 / static_cast<double>(rounds));
    }
    place.rows.push_back(row);
  }
  Row prepare{.name = "  what is known of a person, made ready", .unit = "CPU us"};
  const int64_t rounds = place.quick ? 1'000 : 10'000;
  for (int run = 0; run < place.runs(); ++run) {
    const double begin = CpuSeconds(0);
    for (int64_t i = 0; i < rounds; ++i) (void)redaction::OwnData(record.person(), {});
    prepare.ours.Add((CpuSeconds(0) - begin) * 1e6 / static_cast<double>(rounds));
  }
  place.rows.push_back(prepare);
}

}  // namespace switchboard::bench
