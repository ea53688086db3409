#include "hub/rules/condition_check.h"

#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "hub/rules/pack_check.h"

namespace switchboard::rules {
namespace {

using google::protobuf::FieldDescriptor;
using v1::RulePack;

constexpr int kDaysMax = 3650;
constexpr int kMonthsMax = 120;
constexpr int kCountMax = 10'000;

// Every list of values in a message: no value that means nothing, and none twice.
void CheckLists(const google::protobuf::Message& message, const std::string& path,
                FieldCheck* check) {
  std::vector<const FieldDescriptor*> fields;
  const auto& reflection = *message.GetReflection();
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (!field->is_repeated() || field->type() != FieldDescriptor::TYPE_ENUM) continue;
    std::set<int> seen;
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      const int value = reflection.GetRepeatedEnumValue(message, field, i);
      const std::string place = absl::StrCat(path, ".", field->name(), "[", i, "]");
      check->Require(value != 0, place, "must be a value that means something");
      check->Require(seen.insert(value).second, place, "stands here twice; keep one");
    }
  }
}

void CheckStop(const RulePack::Stop& stop, const std::string& path, FieldCheck* check) {
  CheckLists(stop, path, check);
  check->Require(!stop.reasons().empty(), path + ".reasons", "must name one, as [DISPUTE]");
  for (int i = 0; i < stop.reasons_size(); ++i) {
    check->Require(IsHeardByPacks(stop.reasons(i)), absl::StrCat(path, ".reasons[", i, "]"),
                   "ends every contact before any pack is heard; leave it out");
  }
  check->Require(stop.days() >= 0 && stop.days() <= kDaysMax, path + ".days",
                 "must be 1 to 3650, or left out for a stop without an end of its own");
  check->Require(stop.months() >= 0 && stop.months() <= kMonthsMax, path + ".months",
                 "must be 1 to 120, or left out for a stop without an end of its own");
  check->Require(stop.days() == 0 || stop.months() == 0, path + ".months",
                 "cannot stand beside days; keep one of the two");
}

void CheckConsent(const RulePack::Consent& consent, const std::string& path, FieldCheck* check) {
  check->Require(consent.what() != v1::CONSENT_KIND_UNSPECIFIED, path + ".what",
                 "is missing; name a consent, as CALL");
  check->Require(consent.days() >= 0 && consent.days() <= kDaysMax, path + ".days",
                 "must be 1 to 3650, or left out for a consent without such an end");
  if (consent.has_until_next()) CheckContacts(consent.until_next(), path + ".until_next", check);
}

void CheckAttempts(const RulePack::FailedAttempts& attempts, const std::string& path,
                   FieldCheck* check) {
  CheckContacts(attempts.attempts(), path + ".attempts", check);
  CheckContacts(attempts.failures(), path + ".failures", check);
  check->Require(!attempts.failures().has_without_answers(), path + ".failures.without_answers",
                 "cannot be asked here; ask it of attempts");
  check->Require(attempts.at_least() >= 1 && attempts.at_least() <= kCountMax, path + ".at_least",
                 "must be 1 to 10000");
}

}  // namespace

bool IsEmpty(const google::protobuf::Message& message) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  return fields.empty();
}

void CheckAsk(const RulePack::Ask& ask, const std::string& path, FieldCheck* check) {
  CheckLists(ask, path, check);
  check->Require(!IsEmpty(ask), path, "names nothing; say which requests, as channels: [PHONE]");
  check->Require(ask.contact_kinds().empty() || ask.contact_kinds_other_than().empty(),
                 path + ".contact_kinds_other_than",
                 "cannot stand beside contact_kinds; keep one of the two");
}

void CheckContacts(const RulePack::Contacts& contacts, const std::string& path, FieldCheck* check) {
  CheckLists(contacts, path, check);
  check->Require(!IsEmpty(contacts), path,
                 "names nothing; say which contacts, as directions: [OUT]");
  check->Require(contacts.contact_kinds().empty() || contacts.contact_kinds_other_than().empty(),
                 path + ".contact_kinds_other_than",
                 "cannot stand beside contact_kinds; keep one of the two");
}

void CheckWindow(const RulePack::Window& window, const std::string& path, FieldCheck* check) {
  switch (window.length_case()) {
    case RulePack::Window::kDays:
      return check->Require(window.days() >= 1 && window.days() <= kDaysMax, path + ".days",
                            "must be 1 to 3650; today alone is 1");
    case RulePack::Window::kElapsed: {
      const int64_t seconds = window.elapsed().seconds();
      return check->Require(seconds >= 1 && seconds <= int64_t{kDaysMax} * 24 * 60 * 60 &&
                                window.elapsed().nanos() == 0,
                            path + ".elapsed", "must be from 1s to 3650d, in whole seconds");
    }
    case RulePack::Window::kForEver:
      return check->Require(window.for_ever(), path + ".for_ever",
                            "must be true, or days or elapsed in its place");
    default:
      check->Fail(path, "is missing; say how far back, as {days: 7}");
  }
}

void CheckCondition(const RulePack::Condition& condition, const std::string& path,
                    FieldCheck* check) {
  check->Require(!IsEmpty(condition), path, "names nothing; say what must be the case");
  if (condition.has_ask()) CheckAsk(condition.ask(), path + ".ask", check);
  if (condition.has_stop()) CheckStop(condition.stop(), path + ".stop", check);
  if (condition.has_wish()) {
    CheckLists(condition.wish(), path + ".wish", check);
    check->Require(!condition.wish().kinds().empty(), path + ".wish.kinds",
                   "must name one, as [NOT_BETWEEN]");
  }
  if (condition.has_consent()) CheckConsent(condition.consent(), path + ".consent", check);
  if (condition.has_contact()) {
    CheckContacts(condition.contact().contacts(), path + ".contact.contacts", check);
    CheckWindow(condition.contact().window(), path + ".contact.window", check);
  }
  if (condition.has_failed_attempts()) {
    CheckAttempts(condition.failed_attempts(), path + ".failed_attempts", check);
  }
  if (condition.has_only_wrong_points()) {
    CheckContacts(condition.only_wrong_points(), path + ".only_wrong_points", check);
  }
}

}  // namespace switchboard::rules
