#include <vector>

#include "tests/bench/benchmarks.h"
#include "tests/bench/raw_sqlite.h"
#include "tests/bench/records.h"

namespace switchboard::bench {
namespace {

constexpr int64_t kBatch = 1'000;

struct Payloads {
  std::vector<std::string> accounts;
  std::vector<std::string> outcomes;
};

Payloads Prepare(int64_t count) {
  Payloads payloads;
  v1::AccountRecord record;
  v1::Outcome outcome;
  for (int64_t i = 0; i < count; ++i) {
    FillAccount(i, &record);
    payloads.accounts.push_back(record.SerializeAsString());
    FillOutcome(static_cast<int>(i % kVendors), i, AccountId(i), &outcome);
    payloads.outcomes.push_back(outcome.SerializeAsString());
  }
  return payloads;
}

void KeepFront(size_t bytes, std::string* text) {
  if (text->size() > bytes) text->resize(bytes);
}

void StarsButLastFour(std::string* text) {
  for (size_t i = 0; i + 4 < text->size(); ++i) (*text)[i] = '*';
}

// Ten fields, in place: the least that masking could cost.
void MaskInPlace(v1::AccountRecord* record) {
  v1::Person* person = record->mutable_person();
  v1::Account* account = record->mutable_account();
  StarsButLastFour(account->mutable_card_number());
  StarsButLastFour(account->mutable_account_id());
  StarsButLastFour(person->mutable_person_id());
  for (auto& point : *person->mutable_contact_points()) {
    if (point.has_phone()) StarsButLastFour(point.mutable_phone());
    if (point.has_email()) point.mutable_email()->erase(0, point.email().find('@'));
  }
  KeepFront(3, person->mutable_given_name());
  KeepFront(3, person->mutable_address()->mutable_postal_code());
  person->mutable_address()->clear_street();
  person->mutable_birth_date()->clear_day();
  account->clear_internal_reason();
}

class Path {
 public:
  Path(const std::string& file, const Payloads& payloads) : database_(file), payloads_(payloads) {}

  void RunBatch(int64_t from) {
    from_ = from;
    for (int64_t i = 0; i < kBatch; ++i) records_[i].ParseFromString(Of(payloads_.accounts, i));
    Commit([this] {
      for (int64_t i = 0; i < kBatch; ++i) {
        database_.Insert(false, records_[i].account().account_id(), static_cast<int>(i % kVendors),
                         Of(payloads_.accounts, i));
      }
    });
    for (int64_t i = 0; i < kBatch; ++i) {
      MaskInPlace(&records_[i]);
      records_[i].SerializeToString(&out_);
    }
    Commit([this] {
      for (int vendor = 0; vendor < kVendors; ++vendor) database_.SetCursor(vendor, from_ + kBatch);
    });
    for (int64_t i = 0; i < kBatch; ++i) outcomes_[i].ParseFromString(Of(payloads_.outcomes, i));
    Commit([this] {
      for (int64_t i = 0; i < kBatch; ++i) {
        database_.Insert(true, outcomes_[i].outcome_id(), static_cast<int>(i % kVendors),
                         Of(payloads_.outcomes, i));
      }
    });
    for (int64_t i = 0; i < kBatch; ++i) outcomes_[i].SerializeToString(&out_);
    Commit([this] { database_.SetCursor(kVendors, from_ + kBatch); });
  }

 private:
  const std::string& Of(const std::vector<std::string>& payloads, int64_t i) const {
    return payloads[static_cast<size_t>(from_ + i)];
  }
  template <typename Work>
  void Commit(Work work) {
    database_.Run("BEGIN IMMEDIATE");
    work();
    database_.Run("COMMIT");
  }

  RawSqlite database_;
  const Payloads& payloads_;
  std::vector<v1::AccountRecord> records_{kBatch};
  std::vector<v1::Outcome> outcomes_{kBatch};
  std::string out_;
  int64_t from_ = 0;
};

}  // namespace

Cost PathWithoutGrpc(const std::string& folder, int64_t count) {
  const Payloads payloads = Prepare(count);
  Path path(folder + "/path.db", payloads);
  const Meter meter({});
  for (int64_t from = 0; from + kBatch <= count; from += kBatch) path.RunBatch(from);
  return meter.Stop();
}

}  // namespace switchboard::bench
