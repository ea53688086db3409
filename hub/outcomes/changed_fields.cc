#include "hub/outcomes/changed_fields.h"

#include <set>
#include <utility>

#include <google/protobuf/message.h>

#include "google/protobuf/util/message_differencer.h"
#include "hub/base/error.h"
#include "hub/core_feed/sealed_tables.h"
#include "hub/outcomes/recorded_item.h"

namespace switchboard::outcomes {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::util::MessageDifferencer;

// These are what names the outcome; of them a correction changes the version alone, and always.
constexpr int kNames[] = {v1::Outcome::kOutcomeIdFieldNumber, v1::Outcome::kVersionFieldNumber,
                          v1::Outcome::kAssignmentIdFieldNumber};

// The fields that either of them sets, by number.
std::map<int, const FieldDescriptor*> FieldsOf(const Message& before, const Message& after) {
  std::map<int, const FieldDescriptor*> fields;
  for (const Message* message : {&before, &after}) {
    std::vector<const FieldDescriptor*> set;
    message->GetReflection()->ListFields(*message, &set);
    for (const FieldDescriptor* field : set) fields.emplace(field->number(), field);
  }
  return fields;
}

// Whether a field is named by its parts: what is one value, an amount or a day, is not.
bool HasParts(const FieldDescriptor& field) {
  if (field.is_repeated() || field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return false;
  const auto* type = field.message_type();
  return type->file()->package() == v1::Outcome::descriptor()->file()->package() &&
         type != v1::Money::descriptor() && type != v1::Date::descriptor();
}

bool Same(const Message& before, const Message& after, const FieldDescriptor* field) {
  // What is absent is not the same as a nought.
  if (field->has_presence() && before.GetReflection()->HasField(before, field) !=
                                   after.GetReflection()->HasField(after, field)) {
    return false;
  }
  MessageDifferencer differencer;
  const std::vector<const FieldDescriptor*> only = {field};
  return differencer.CompareWithFields(before, after, only, only);
}

void AddChanges(const Message& before, const Message& after, const std::string& path,
                std::vector<std::string>& changed) {
  const auto& reflection = *after.GetReflection();
  for (const auto& [number, field] : FieldsOf(before, after)) {
    if (Same(before, after, field)) continue;
    const std::string at = path + field->name();
    const bool in_both = HasParts(*field) && before.GetReflection()->HasField(before, field) &&
                         reflection.HasField(after, field);
    if (in_both) {
      AddChanges(before.GetReflection()->GetMessage(before, field),
                 reflection.GetMessage(after, field), at + ".", changed);
    } else {
      changed.push_back(at);
    }
  }
}

}  // namespace

std::vector<std::string> ChangedFields(const v1::Outcome& before, const v1::Outcome& after) {
  v1::Outcome former = before;
  v1::Outcome newer = after;
  for (const int number : kNames) {
    const FieldDescriptor* field = v1::Outcome::descriptor()->FindFieldByNumber(number);
    former.GetReflection()->ClearField(&former, field);
    newer.GetReflection()->ClearField(&newer, field);
  }
  std::vector<std::string> changed;
  AddChanges(former, newer, "", changed);
  return changed;
}

absl::Status FormerVersions::Read(storage::Transaction& transaction, std::string_view vendor_id,
                                  absl::Span<const ReceivedOutcome> received,
                                  const std::map<std::string, Versions, std::less<>>& versions) {
  std::map<int64_t, std::string> by_sequence;   // outcomes whose version lies in the core feed
  std::map<std::string, std::string> by_place;  // those whose version the group is to write
  for (const ReceivedOutcome& one : received) {
    const v1::Outcome& outcome = one.outcome();
    corrects_ = corrects_ || outcome.version() > 1;
    const auto found = versions.find(outcome.outcome_id());
    if (found == versions.end() || found->second.empty()) continue;
    const auto& [version, newest] = *found->second.rbegin();
    if (int64_t{outcome.version()} != version + 1) continue;
    if (newest.sequence > 0) {
      by_sequence.emplace(newest.sequence, outcome.outcome_id());
    } else {
      by_place.emplace(ItemPlace(vendor_id, outcome.outcome_id(), version), outcome.outcome_id());
    }
  }
  std::set<std::string, std::less<>> places;
  for (const auto& [place, outcome_id] : by_place) places.insert(place);
  for (core_feed::StoredBox& left : core_feed::CoreFeedBook::BoxesLeft(transaction, places))
    recorded_[by_place.at(left.place)] = std::move(left);
  if (by_sequence.empty()) return absl::OkStatus();
  std::vector<int64_t> sequences;
  for (const auto& [sequence, outcome_id] : by_sequence) sequences.push_back(sequence);
  ASSIGN_OR_RETURN(auto boxes, core_feed::ReadBoxes(transaction.connection(), sequences));
  for (core_feed::StoredBox& stored : boxes)
    recorded_[by_sequence.at(stored.sequence)] = std::move(stored);
  return absl::OkStatus();
}

absl::StatusOr<const v1::Outcome*> FormerVersions::Before(storage::Connection& connection,
                                                          const v1::Outcome& outcome) {
  const auto told = told_.find(outcome.outcome_id());
  if (told != told_.end()) return told->second;
  const auto recorded = recorded_.find(outcome.outcome_id());
  if (outcome.version() == 1 || recorded == recorded_.end()) return nullptr;
  const storage::BoxPlace place =
      core_feed::PlaceOfItem(core_feed::ItemKind::kOutcome, recorded->second.place);
  ASSIGN_OR_RETURN(const std::string bytes, sealer_.Open(place, recorded->second.box, connection));
  v1::Outcome& former = opened_.emplace_back();
  if (!former.ParseFromString(bytes))
    return absl::DataLossError("a recorded outcome cannot be parsed");
  told_[outcome.outcome_id()] = &former;
  return &former;
}

absl::StatusOr<std::vector<std::string>> FormerVersions::Take(storage::Connection& connection,
                                                              const v1::Outcome& outcome) {
  if (!corrects_) return std::vector<std::string>();
  ASSIGN_OR_RETURN(const v1::Outcome* const before, Before(connection, outcome));
  told_[outcome.outcome_id()] = &outcome;
  if (before != nullptr) return ChangedFields(*before, outcome);
  if (outcome.version() == 1) return std::vector<std::string>();
  return absl::DataLossError("a recorded outcome is not in the core feed");
}

}  // namespace switchboard::outcomes
