#include "hub/disclosures/answers.h"

#include <deque>

#include "hub/base/error.h"

namespace switchboard::disclosures {
namespace {

using storage::Rows;
using storage::Value;
using enum Value::Kind;

constexpr char kInsert[] =
    "INSERT INTO disclosed_answer (answer_id, kind, shown_to, person_id, account_id, "
    "assignment_id, subject_id, fields, contract_version, show_time, until_time, digest) SELECT "
    "c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12 FROM rows($1)";

constexpr char kSelectSame[] =
    "SELECT answer_id FROM disclosed_answer WHERE person_id = $1 AND show_time >= $2 AND "
    "subject_id = $3 AND shown_to = $4 AND contract_version = $5 AND digest = $6 LIMIT 1";

}  // namespace

std::string ShownDigest(const storage::Sealer& sealer, std::string_view shown) {
  constexpr size_t kDigestBytes = 16;
  return sealer.Digest(shown).substr(0, kDigestBytes);
}

absl::Status Answers::WriteOnce(storage::Transaction& transaction, const Answer& answer,
                                int64_t since_us) const {
  const std::string digest = ShownDigest(sealer_, answer.shown);
  bool written = false;
  RETURN_IF_ERROR(transaction.Query(kSelectSame,
                                    {answer.person_id, since_us, answer.subject_id, answer.shown_to,
                                     answer.contract_version, Value::Blob(digest)},
                                    [&](const storage::Row&) {
                                      written = true;
                                      return absl::OkStatus();
                                    }));
  return written ? absl::OkStatus() : Write(transaction, answer);
}

absl::Status Answers::Write(storage::Transaction& transaction,
                            absl::Span<const Answer> answers) const {
  Rows rows({kText, kInteger, kText, kText, kText, kText, kText, kInteger, kInteger, kInteger,
             kInteger, kBlob},
            answers.size());
  std::deque<std::string> kept;  // what the rows refer to
  for (const Answer& answer : answers) {
    const std::string& answer_id = kept.emplace_back(ids_.Next());
    const std::string& digest = kept.emplace_back(ShownDigest(sealer_, answer.shown));
    rows.Add({answer_id, static_cast<int64_t>(answer.kind), answer.shown_to, answer.person_id,
              answer.account_id, answer.assignment_id, answer.subject_id, answer.fields,
              answer.contract_version, transaction.now_us(), storage::TimeOrNull(answer.until_us),
              Value::Blob(digest)});
  }
  return transaction.Execute(kInsert, {rows}).status();
}

}  // namespace switchboard::disclosures
