#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "clients/demo/people/account_rows.h"
#include "clients/demo/people/name_material.h"
#include "switchboard/v1/account.pb.h"

namespace switchboard::demo {

struct PopulationOptions {
  std::string data_folder;    // clients/demo/data
  std::string accounts_file;  // empty: the one in data_folder
  uint64_t seed = 1;
  int64_t accounts = 0;  // 0: as many as the file has rows; at most 1,000,000
};

// The issuer's book: real accounts with synthetic owners. Record i is a pure function of the
// options and i, so that every process of the demo can make any of them again. Immutable, hence
// thread-safe.
//
// From a row: the limit, balance (the newest statement), sex and age as they stand, in NT$; days
// past due within the 30 days that the newest repayment status names; the amount due from the
// minimum payments missed; payments. Drawn: everything that identifies. Of twenty persons eleven
// speak Japanese, six Chinese (four of them in traditional script), three English.
class Population {
 public:
  // Errors: those of ReadAccountRows; INVALID_ARGUMENT, ACCOUNTS_INVALID for a count out of range.
  static absl::StatusOr<Population> Load(const PopulationOptions& options);

  int64_t size() const { return size_; }

  // index: 0 to size() - 1. The record's sequence is index + 1; ids are "SYN-A-000001",
  // "SYN-P-000001".
  v1::AccountRecord Record(int64_t index) const;

  // What the row says was paid since its newest statement; 0 for nothing.
  v1::Money NewestPayment(int64_t index) const;

  // The id of that account, without making the whole record.
  static std::string AccountId(int64_t index);

  // The index of the account with that id; -1 when the id is not one of this population's.
  int64_t IndexOf(std::string_view account_id) const;

 private:
  Population() = default;

  NameMaterial material_;
  std::vector<AccountRow> rows_;
  uint64_t seed_ = 0;
  int64_t size_ = 0;
};

// The day on which the book stands: 2026-11-02. Due dates and ages count from here.
inline constexpr int kBookYear = 2026;
inline constexpr int kBookMonth = 11;
inline constexpr int kBookDay = 2;

}  // namespace switchboard::demo
