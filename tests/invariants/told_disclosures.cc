#include <google/protobuf/message.h>

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <tuple>
#include <unordered_set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "tests/invariants/audit_reading.h"
#include "tests/invariants/invariants.h"

// The validator of I8, of the record of disclosures.

namespace switchboard::invariants {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using Line = v1::DisclosureLine;
using Fields = std::set<int>;  // ShownField

// Of a sum or a day the message; of a number or an address what it is decides.
const std::map<std::string, v1::ShownField>& FieldsByPath() {
  static const auto& fields = *new std::map<std::string, v1::ShownField>{
      {"person.person_token", v1::SHOWN_FIELD_PERSON_TOKEN},
      {"person.name", v1::SHOWN_FIELD_NAME},
      {"person.name_reading", v1::SHOWN_FIELD_NAME_READING},
      {"person.birth_date", v1::SHOWN_FIELD_BIRTH_DATE},
      {"person.language", v1::SHOWN_FIELD_LANGUAGE},
      {"person.address.country", v1::SHOWN_FIELD_COUNTRY},
      {"person.address.postal_code", v1::SHOWN_FIELD_POSTAL_CODE},
      {"person.address.region", v1::SHOWN_FIELD_REGION},
      {"person.address.city", v1::SHOWN_FIELD_CITY},
      {"person.address.district", v1::SHOWN_FIELD_DISTRICT},
      {"person.address.street", v1::SHOWN_FIELD_STREET},
      {"person.contact_points.value", v1::SHOWN_FIELD_PHONE},
      {"account.account_token", v1::SHOWN_FIELD_ACCOUNT_TOKEN},
      {"account.product", v1::SHOWN_FIELD_PRODUCT},
      {"account.amount_due", v1::SHOWN_FIELD_AMOUNT_DUE},
      {"account.amount_due_band", v1::SHOWN_FIELD_AMOUNT_DUE},
      {"account.balance", v1::SHOWN_FIELD_BALANCE},
      {"account.balance_band", v1::SHOWN_FIELD_BALANCE},
      {"account.credit_limit", v1::SHOWN_FIELD_CREDIT_LIMIT},
      {"account.credit_limit_band", v1::SHOWN_FIELD_CREDIT_LIMIT},
      {"account.grade", v1::SHOWN_FIELD_GRADE},
      {"account.due_date", v1::SHOWN_FIELD_DUE_DATE},
      {"account.days_past_due", v1::SHOWN_FIELD_DAYS_PAST_DUE},
      {"account.bucket", v1::SHOWN_FIELD_BUCKET},
      {"account.card_number", v1::SHOWN_FIELD_CARD_NUMBER},
      {"promise.amount", v1::SHOWN_FIELD_PROMISED_AMOUNT},
      {"promise.amount_band", v1::SHOWN_FIELD_PROMISED_AMOUNT},
      {"promise.due_date", v1::SHOWN_FIELD_PROMISED_DAY},
      {"handed_over.note", v1::SHOWN_FIELD_NOTE},
  };
  return fields;
}

// A plan that is proposed says what a promise does, and so does each part of either.
std::string PathOf(std::string path) {
  if (path.starts_with("proposed_plan.")) path = "promise." + path.substr(path.find('.') + 1);
  const std::string parts = "promise.instalments.";
  if (path.starts_with(parts)) path = "promise." + path.substr(parts.size());
  return path;
}

void AddFields(const Message& message, const std::string& prefix, Fields& fields) {
  const auto& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> present;
  reflection.ListFields(message, &present);
  for (const FieldDescriptor* field : present) {
    const std::string path = prefix + field->name();
    const auto found = FieldsByPath().find(PathOf(path));
    const bool text = field->cpp_type() == FieldDescriptor::CPPTYPE_STRING;
    if (found != FieldsByPath().end()) {
      const std::string value =
          text && !field->is_repeated() ? reflection.GetString(message, field) : "";
      if (text && value.empty()) continue;
      const bool mailbox =
          found->second == v1::SHOWN_FIELD_PHONE && value.find('@') != std::string::npos;
      fields.insert(mailbox ? v1::SHOWN_FIELD_EMAIL : found->second);
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
      for (int i = 0; i < count; ++i) {
        AddFields(field->is_repeated() ? reflection.GetRepeatedMessage(message, field, i)
                                       : reflection.GetMessage(message, field),
                  path + ".", fields);
      }
    }
  }
}

Fields FieldsIn(const Message& row) {
  Fields fields;
  AddFields(row, "", fields);
  return fields;
}

Fields FieldsOf(const Line& line) {
  Fields fields;
  for (const Line::Field& one : line.fields()) fields.insert(one.field());
  return fields;
}

// Of what the record knows no more: all about work that was erased, pages and answers that were.
class Forgotten {
 public:
  explicit Forgotten(const Ledger& ledger) : erasures_(FindErasures(ledger)) {
    ForEachEvent(ledger, [&](const Logged& logged) {
      const v1::AuditEvent& event = logged.event;
      int64_t sequence = 0;
      const bool numbered = absl::SimpleAtoi(event.subject_id(), &sequence);
      if (event.kind() == v1::AuditEvent::KIND_DISCLOSED && erasures_.disclosures > 0 && numbered &&
          sequence <= erasures_.disclosures_through)
        vendors_.insert(event.vendor_id());
      answers_ = answers_ || (event.kind() == v1::AuditEvent::KIND_ERASED && !numbered &&
                              event.erased().what() == v1::AuditEvent::Erased::WHAT_DISCLOSURE);
    });
  }

  bool Row(const std::string& vendor_id, const std::string& assignment_id) const {
    return vendors_.contains(vendor_id) || erasures_.assignments.contains(assignment_id);
  }
  bool Answer(const std::string& assignment_id) const {
    return answers_ || erasures_.assignments.contains(assignment_id);
  }

 private:
  const Erasures erasures_;
  std::unordered_set<std::string> vendors_;
  bool answers_ = false;
};

// To whom, of which assignment, which fields and which bytes.
using Shown = std::tuple<std::string, std::string, Fields, std::string>;

void CheckRows(const Ledger& ledger, const Forgotten& forgotten, Violations& violations) {
  if (ledger.shown_digests.size() != ledger.shown.size()) return;
  std::map<Shown, int64_t> untold;
  for (size_t i = 0; i < ledger.shown.size(); ++i) {
    const auto& [vendor_id, row] = ledger.shown[i];
    if (forgotten.Row(vendor_id, row.assignment_id())) continue;
    ++untold[{"vendor/" + vendor_id, row.assignment_id(), FieldsIn(row), ledger.shown_digests[i]}];
  }
  for (const Line& line : ledger.disclosure_lines) {
    if (line.kind() != Line::KIND_FEED) continue;
    const auto row =
        untold.find({line.shown_to(), line.assignment_id(), FieldsOf(line), line.digest()});
    if (row != untold.end()) --row->second;
  }
  for (const auto& [shown, count] : untold) {
    if (count <= 0) continue;
    violations.push_back(absl::StrCat("assignment ", std::get<1>(shown), " was shown to ",
                                      std::get<0>(shown), " ", count,
                                      " times more than the record of disclosures says"));
  }
}

void CheckEnds(const Ledger& ledger, Violations& violations) {
  const PlacementIndex placements(ledger);
  for (const Line& line : ledger.disclosure_lines) {
    if (line.kind() != Line::KIND_FEED) continue;
    const auto* placement = placements.Find(line.assignment_id());
    if (placement == nullptr) continue;
    if (line.shown_to() != "vendor/" + placement->vendor_id()) {
      violations.push_back(absl::StrCat("assignment ", line.assignment_id(), " was shown to ",
                                        line.shown_to(), ", who never had it"));
    }
    if (placement->has_withdraw_time() && line.time() > placement->withdraw_time()) {
      violations.push_back(absl::StrCat("assignment ", line.assignment_id(), " was shown to ",
                                        line.shown_to(), " when it had ended"));
    }
  }
}

void CheckNumbers(const Ledger& ledger, const Forgotten& forgotten, Violations& violations) {
  std::map<std::string, std::vector<const Line*>> by_permit;
  for (const Line& line : ledger.disclosure_lines) {
    if (line.kind() == Line::KIND_PERMIT) by_permit[line.subject_id()].push_back(&line);
  }
  for (const ReceivedPermit& permit : ledger.permits) {
    if (permit.number.empty() || forgotten.Answer(permit.assignment_id)) continue;
    const std::vector<const Line*>& lines = by_permit[permit.permit_id];
    const bool told = lines.size() == 1 && lines[0]->shown_to() == "vendor/" + permit.vendor_id &&
                      lines[0]->assignment_id() == permit.assignment_id &&
                      FieldsOf(*lines[0]) == Fields{v1::SHOWN_FIELD_DIAL};
    if (told) continue;
    violations.push_back(absl::StrCat("permit ", permit.permit_id, " showed a number, and ",
                                      lines.size(), " lines tell of it"));
  }
}

void CheckUnmasked(const Ledger& ledger, const Forgotten& forgotten, Violations& violations) {
  using Answer = std::tuple<std::string, std::string, Fields>;
  std::map<Answer, int64_t> untold;
  // Who may see something until a time and asks again is shown the same.
  std::set<std::pair<std::string, std::string>> answers;
  for (const UnmaskedAnswer& one : ledger.unmasked) {
    if (forgotten.Answer(one.assignment_id)) continue;
    if (!answers.emplace(one.assignment_id, one.answer.SerializeAsString()).second) continue;
    v1::Assignment shown;
    *shown.mutable_person() = one.answer.person();
    *shown.mutable_account() = one.answer.account();
    ++untold[{"vendor/" + one.vendor_id, one.assignment_id, FieldsIn(shown)}];
  }
  for (const Line& line : ledger.disclosure_lines) {
    if (line.kind() != Line::KIND_UNMASKED) continue;
    const auto answer = untold.find({line.shown_to(), line.assignment_id(), FieldsOf(line)});
    if (answer != untold.end()) --answer->second;
  }
  for (const auto& [answer, count] : untold) {
    if (count <= 0) continue;
    violations.push_back(absl::StrCat("more of assignment ", std::get<1>(answer), " was shown to ",
                                      std::get<0>(answer), " ", count,
                                      " times more than the record of disclosures says"));
  }
}

}  // namespace

Violations ToldDisclosures(const Ledger& ledger) {
  Violations violations;
  if (ledger.shown_digests.empty()) return violations;
  const Forgotten forgotten(ledger);
  CheckRows(ledger, forgotten, violations);
  CheckEnds(ledger, violations);
  CheckNumbers(ledger, forgotten, violations);
  CheckUnmasked(ledger, forgotten, violations);
  return violations;
}

}  // namespace switchboard::invariants
