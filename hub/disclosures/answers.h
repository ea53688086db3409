#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/types/span.h"
#include "hub/base/ids.h"
#include "hub/storage/sealer.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/disclosure.pb.h"

namespace switchboard::disclosures {

// Something of one person that is about to be shown in an answer.
struct Answer {
  v1::DisclosureLine::Kind kind = v1::DisclosureLine::KIND_UNSPECIFIED;
  std::string shown_to;            // the caller: "vendor/sakura", "operator/ito"
  std::string person_id;           // whose
  std::string account_id = {};     // empty: of no one account
  std::string assignment_id = {};  // empty: not by one
  std::string subject_id = {};     // as DisclosureLine.subject_id
  int64_t fields = 0;              // ShownBits of what stands in it
  int64_t contract_version = 0;    // by which it is masked; 0: by none
  int64_t until_us = 0;            // when it is to be deleted; 0: with the assignment
  std::string shown = {};          // bytes of what is shown; a keyed digest of them is kept
};

// Writes down what is shown in answers, before these leave: whoever answers does so in a unit, and
// sends nothing until that is committed. Pages of feeds are in disclosure_book.h. Owns the table
// disclosed_answer. Thread-safe apart from the transactions passed in.
class Answers {
 public:
  // Both outlive it.
  Answers(const storage::Sealer& sealer, IdMint& ids) : sealer_(sealer), ids_(ids) {}

  absl::Status Write(storage::Transaction& transaction, const Answer& answer) const {
    return Write(transaction, absl::MakeConstSpan(&answer, 1));
  }
  // Unless the same was written down of the same subject since then: who may see something for a
  // time learns nothing by asking again.
  absl::Status WriteOnce(storage::Transaction& transaction, const Answer& answer,
                         int64_t since_us) const;
  // Several in one statement.
  absl::Status Write(storage::Transaction& transaction, absl::Span<const Answer> answers) const;

 private:
  const storage::Sealer& sealer_;
  IdMint& ids_;
};

// The keyed digest that is kept of what was shown: 16 bytes.
std::string ShownDigest(const storage::Sealer& sealer, std::string_view shown);

}  // namespace switchboard::disclosures
