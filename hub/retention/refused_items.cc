#include "hub/retention/refused_items.h"

#include <memory>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "google/protobuf/message.h"
#include "hub/audit/quarantine.h"
#include "hub/base/error.h"
#include "switchboard/v1/core_service.pb.h"
#include "switchboard/v1/operator_records.pb.h"
#include "switchboard/v1/outcome.pb.h"

namespace switchboard::retention {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

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

absl::StatusOr<Names> NamesIn(storage::Connection& connection, const Message& content,
                              const Them& them) {
  bool named = false;
  std::vector<std::string> assignment_ids;
  ForEachText(content, [&](std::string_view field, const std::string& text) {
    named = named || them.id(text);
    if (field == "assignment_id") assignment_ids.push_back(text);
  });
  for (const std::string& id : assignment_ids) {
    if (named) break;
    ASSIGN_OR_RETURN(const auto found, assignments::FindAssignment(connection, id));
    named = found.has_value() && them.assignment(*found);
  }
  return named ? Names::kThem : Names::kNobody;
}

}  // namespace

absl::StatusOr<Names> NamesThem(storage::Connection& connection, storage::Sealer& sealer,
                                const std::string& quarantine_id, const Them& them) {
  const auto item = audit::FindQuarantined(connection, sealer, quarantine_id);
  if (absl::IsDataLoss(item.status())) return Names::kUnread;
  RETURN_IF_ERROR(item.status());
  if (!item->has_value() || !(*item)->content_kept) return Names::kNobody;
  const auto content = ContentOf(**item);
  return content == nullptr ? absl::StatusOr<Names>(Names::kUnread)
                            : NamesIn(connection, *content, them);
}

}  // namespace switchboard::retention
