#include "hub/retention/not_held.h"

#include <algorithm>
#include <memory>
#include <string_view>
#include <unordered_set>

#include "absl/functional/function_ref.h"
#include "google/protobuf/message.h"
#include "hub/assignments/assignments.h"
#include "hub/assignments/erasure.h"
#include "hub/audit/quarantine.h"
#include "hub/base/error.h"
#include "hub/promises/erasure.h"
#include "hub/stops/erasure.h"
#include "switchboard/v1/core_service.pb.h"
#include "switchboard/v1/operator_records.pb.h"
#include "switchboard/v1/outcome.pb.h"

namespace switchboard::retention {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using legal_holds::Held;

std::vector<std::string> Without(const std::vector<std::string>& ids,
                                 const std::unordered_set<std::string>& held_ids) {
  std::vector<std::string> others;
  for (const std::string& id : ids) {
    if (!held_ids.contains(id)) others.push_back(id);
  }
  return others;
}

bool LiesOnHeld(const stops::StopSubject& subject, const Held& held) {
  using Kind = stops::StopSubject::Kind;
  switch (subject.kind) {
    case Kind::kPerson:
      return held.Person(subject.id);
    case Kind::kAccount:
      return held.Account(subject.id);
    case Kind::kContactPoint:
    case Kind::kNumberOfPerson:
    case Kind::kChannel:
      return held.Person(std::string_view(subject.id).substr(0, subject.id.find('/')));
    case Kind::kVendor:
    case Kind::kWorkType:
    case Kind::kNumber:
      return false;
  }
  return false;
}

template <typename Content>
std::unique_ptr<Message> Parsed(const std::string& bytes) {
  auto content = std::make_unique<Content>();
  return content->ParseFromString(bytes) ? std::move(content) : nullptr;
}

// Null: nobody can read it.
std::unique_ptr<Message> ContentOf(const audit::QuarantinedItem& item) {
  if (item.kind == "account") return Parsed<v1::AccountRecord>(item.bytes);
  if (item.kind == "event") return Parsed<v1::CoreEvent>(item.bytes);
  if (item.kind == audit::kShownKind) return Parsed<v1::WithheldRow>(item.bytes);
  return Parsed<v1::Outcome>(item.bytes);
}

// Visits every text in the message, at whatever depth, with its field's name.
void ForEachText(const Message& message,
                 absl::FunctionRef<void(std::string_view, const std::string&)> visit) {
  const auto& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const bool text = field->cpp_type() == FieldDescriptor::CPPTYPE_STRING;
    if (!text && field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      if (text) {
        visit(field->name(), field->is_repeated() ? reflection.GetRepeatedString(message, field, i)
                                                  : reflection.GetString(message, field));
      } else {
        ForEachText(field->is_repeated() ? reflection.GetRepeatedMessage(message, field, i)
                                         : reflection.GetMessage(message, field),
                    visit);
      }
    }
  }
}

// Whether what was refused names somebody who is held, by any id that stands in it.
absl::StatusOr<bool> NamesHeld(storage::Connection& connection, const Held& held,
                               const Message& content) {
  bool named = false;
  std::vector<std::string> assignment_ids;
  ForEachText(content, [&](std::string_view field, const std::string& text) {
    named = named || held.Person(text) || held.Account(text);
    if (field == "assignment_id") assignment_ids.push_back(text);
  });
  for (const std::string& id : assignment_ids) {
    if (named) break;
    ASSIGN_OR_RETURN(const auto found, assignments::FindAssignment(connection, id));
    named = found.has_value() && (held.Person(found->person_id) || held.Account(found->account_id));
  }
  return named;
}

absl::StatusOr<bool> ItemIsHeld(storage::Connection& connection, storage::Sealer& sealer,
                                const Held& held, const std::string& quarantine_id) {
  const auto item = audit::FindQuarantined(connection, sealer, quarantine_id);
  if (absl::IsDataLoss(item.status())) return true;
  RETURN_IF_ERROR(item.status());
  if (!item->has_value() || !(*item)->content_kept) return false;
  const auto content = ContentOf(**item);
  return content == nullptr ? absl::StatusOr<bool>(true) : NamesHeld(connection, held, *content);
}

}  // namespace

absl::StatusOr<std::vector<std::string>> StopsNotHeld(storage::Connection& connection,
                                                      const Held& held,
                                                      const std::vector<std::string>& stop_ids) {
  if (held.empty()) return stop_ids;
  ASSIGN_OR_RETURN(const auto lying, stops::SubjectsOf(connection, stop_ids));
  std::unordered_set<std::string> held_ids;
  for (const stops::StopLying& stop : lying) {
    if (LiesOnHeld(stop.subject, held)) held_ids.insert(stop.stop_id);
  }
  return Without(stop_ids, held_ids);
}

absl::StatusOr<std::vector<std::string>> EventsNotHeld(storage::Connection& connection,
                                                       const Held& held,
                                                       const std::vector<std::string>& event_ids) {
  if (held.empty()) return event_ids;
  ASSIGN_OR_RETURN(const auto paid, promises::PaidBy(connection, event_ids));
  std::unordered_set<std::string> held_ids;
  for (const auto& [event_id, account_id] : paid) {
    if (held.Account(account_id)) held_ids.insert(event_id);
  }
  return Without(event_ids, held_ids);
}

absl::StatusOr<std::vector<std::string>> ItemsNotHeld(
    storage::Connection& connection, storage::Sealer& sealer, const Held& held,
    const std::vector<std::string>& quarantine_ids) {
  if (held.empty()) return quarantine_ids;
  std::vector<std::string> others;
  for (const std::string& id : quarantine_ids) {
    ASSIGN_OR_RETURN(const bool is_held, ItemIsHeld(connection, sealer, held, id));
    if (!is_held) others.push_back(id);
  }
  return others;
}

absl::StatusOr<int64_t> PagesNotHeld(storage::Connection& connection, const Held& held,
                                     int64_t until_us) {
  if (held.empty()) return until_us;
  ASSIGN_OR_RETURN(const auto first_us, assignments::FirstPlaced(connection, held.PersonRows()));
  return first_us.has_value() ? std::min(until_us, *first_us - 1) : until_us;
}

}  // namespace switchboard::retention
