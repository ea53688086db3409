#include <algorithm>
#include <map>
#include <unordered_map>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "tests/invariants/audit_reading.h"
#include "tests/invariants/invariants.h"
#include "tests/invariants/permit_attempts.h"

// The validator of I6 that counts contacts again. It shares no line with the hub's rules.

namespace switchboard::invariants {
namespace {

using google::protobuf::util::TimeUtil;

constexpr int64_t kDayUs = int64_t{24} * 60 * 60 * 1'000'000;
constexpr int64_t kMinuteUs = 60'000'000;

// What an outcome said about one contact.
struct Said {
  int64_t begin_us = 0;
  bool placed = true;
  bool talk = false;
  bool at_shared_number = false;
  bool at_own_point = false;
};

// One contact: what it is known as, and what else the commit that is being read says of it. Within
// a commit the log does not tell what came first.
struct Known {
  std::vector<Said> before;  // none or one
  std::vector<Said> now;
};

struct Given {
  std::string person_id;
  int64_t expire_us = 0;
  bool at_shared_number = false;
};

bool IsTalk(v1::Disposition disposition) { return disposition >= v1::DISPOSITION_RIGHT_PARTY; }

class Recount {
 public:
  Recount(const Ledger& ledger, Violations& violations)
      : ledger_(ledger),
        placements_(ledger),
        outcomes_(IndexOutcomes(ledger)),
        violations_(violations) {}

  void Read(const Logged& logged) {
    if (logged.entry != entry_) {
      JudgeCommit();
      entry_ = logged.entry;
    }
    events_.push_back(logged.event);
  }

  void JudgeCommit() {
    for (const v1::AuditEvent& event : events_) {
      if (event.kind() == v1::AuditEvent::KIND_OUTCOME) Enter(event);
    }
    for (const v1::AuditEvent& event : events_) {
      if (event.kind() == v1::AuditEvent::KIND_PERMIT_GIVEN) JudgeGiven(event);
      if (event.kind() == v1::AuditEvent::KIND_PERMIT_REFUSED) JudgeRefused(event);
      if (event.kind() == v1::AuditEvent::KIND_PERMIT_VOIDED ||
          event.kind() == v1::AuditEvent::KIND_PERMIT_RELEASED) {
        closing_.push_back(event.subject_id());
      }
    }
    for (Known* contact : said_now_) {
      contact->before = {contact->now.back()};
      contact->now.clear();
    }
    said_now_.clear();
    for (const std::string& permit : closing_) open_.erase(permit);
    for (const auto& [permit, uses] : uses_) {
      if (attempts_.Left(permit) == 0) open_.erase(permit);
    }
    closing_.clear();
    uses_.clear();
    events_.clear();
  }

 private:
  void Enter(const v1::AuditEvent& event) {
    const auto found = outcomes_.find(event.count());
    const auto* placement = placements_.Find(event.assignment_id());
    if (found == outcomes_.end() || placement == nullptr) return;
    const v1::Outcome& outcome = found->second->outcome();
    const bool placed = outcome.disposition() != v1::DISPOSITION_NO_CONTACT;
    if (!placed && outcome.version() == 1) return;
    Said said;
    said.begin_us = std::min(TimeUtil::TimestampToMicroseconds(outcome.start_time()),
                             TimeUtil::TimestampToMicroseconds(event.time()));
    said.placed = placed;
    said.talk = IsTalk(outcome.disposition());
    const auto point = points_.find(outcome.permit_id());
    said.at_shared_number = point != points_.end() && point->second == ledger_.shared_point;
    said.at_own_point = point != points_.end() && !said.at_shared_number;
    const auto [known, is_new] =
        contacts_.try_emplace(absl::StrCat(event.vendor_id(), "/", outcome.outcome_id()));
    Known& contact = known->second;
    if (is_new) of_person_[placement->person_id()].push_back(&contact);
    if (is_new) of_all_.push_back(&contact);
    if (contact.now.empty()) said_now_.push_back(&contact);
    contact.now.push_back(said);
    const std::string permit = attempts_.Use(*found->second);
    if (!permit.empty()) ++uses_[permit];
  }

  bool Concerns(const ContactRule& rule, const std::string& person_id) const {
    if (rule.country.empty()) return true;
    const auto found = ledger_.countries.find(person_id);
    return found != ledger_.countries.end() && found->second == rule.country;
  }

  static bool Counts(const ContactRule& rule, const Said& said, int64_t now_us) {
    if (!said.placed && !rule.of_number) return false;
    if (rule.talks_only && !said.talk) return false;
    if (rule.of_number && !said.at_shared_number) return false;
    if (rule.elapsed_us > 0) return now_us - said.begin_us < rule.elapsed_us;
    return Day(rule, now_us) - Day(rule, said.begin_us) < rule.days;
  }
  static int64_t Day(const ContactRule& rule, int64_t time_us) {
    return (time_us + rule.utc_offset_us) / kDayUs;
  }
  static bool IsClosed(const ContactRule& rule, int64_t now_us) {
    if (rule.closed_from < 0) return false;
    const int64_t minute = (now_us + rule.utc_offset_us) % kDayUs / kMinuteUs;
    return rule.closed_from < rule.closed_to
               ? minute >= rule.closed_from && minute < rule.closed_to
               : minute >= rule.closed_from || minute < rule.closed_to;
  }

  // How many contacts count at least, and at most, whatever came first within the commit.
  struct Counted {
    int64_t least = 0;
    int64_t most = 0;
  };
  Counted Count(const ContactRule& rule, const std::string& person_id, int64_t now_us) const {
    Counted counted;
    const auto counts = [&](const Said& said) { return Counts(rule, said, now_us); };
    const auto of_person = of_person_.find(person_id);
    const std::vector<Known*> none;
    const auto& contacts = rule.of_number                  ? of_all_
                           : of_person == of_person_.end() ? none
                                                           : of_person->second;
    for (const Known* contact : contacts) {
      const bool before = std::any_of(contact->before.begin(), contact->before.end(), counts);
      const bool now = std::any_of(contact->now.begin(), contact->now.end(), counts);
      const bool always = std::all_of(contact->now.begin(), contact->now.end(), counts);
      counted.least += before && always ? 1 : 0;
      counted.most += before || now ? 1 : 0;
    }
    if (!rule.of_number) return counted;
    for (const auto& [id, permit] : open_) {
      if (!permit.at_shared_number || permit.person_id == person_id) continue;
      if (permit.expire_us <= now_us) continue;
      const auto uses = uses_.find(id);
      const int64_t left = attempts_.Left(id);
      counted.most += left + (uses == uses_.end() ? 0 : uses->second);
      const bool closing = std::find(closing_.begin(), closing_.end(), id) != closing_.end();
      counted.least += closing ? 0 : left;
    }
    return counted;
  }

  // At most so many contacts count at the person's own, other contact point.
  int64_t OfOwnPoint(const ContactRule& rule, const std::string& person_id, int64_t now_us) const {
    const auto found = of_person_.find(person_id);
    if (found == of_person_.end()) return 0;
    const auto counts = [&](const Said& said) {
      return said.at_own_point && now_us - said.begin_us < rule.elapsed_us;
    };
    return std::count_if(found->second.begin(), found->second.end(), [&](const Known* contact) {
      return std::any_of(contact->before.begin(), contact->before.end(), counts) ||
             std::any_of(contact->now.begin(), contact->now.end(), counts);
    });
  }

  void JudgeGiven(const v1::AuditEvent& event) {
    const int64_t now_us = TimeUtil::TimestampToMicroseconds(event.time());
    const v1::AuditEvent::PermitGiven& given = event.permit_given();
    const std::string& point = given.contact_point_id();
    const int64_t attempts = std::max(given.attempts(), 1);
    const bool is_plan = given.expire_us() - now_us > ledger_.permit_lives_us;
    attempts_.Give(event);
    for (const ContactRule& rule : ledger_.contact_rules) {
      if (rule.of_number && (ledger_.shared_point.empty() || point != ledger_.shared_point)) {
        continue;
      }
      if (!Concerns(rule, event.person_id()) || event.vendor_id() == rule.not_vendor) continue;
      const Counted counted = Count(rule, event.person_id(), now_us);
      // Of a plan the log does not say the hours; what counts all day is in them all.
      if (is_plan && rule.days == 0) continue;
      if ((!is_plan && IsClosed(rule, now_us)) || counted.least + attempts > rule.at_most) {
        violations_.push_back(absl::StrCat("permit ", event.subject_id(), " was given against ",
                                           rule.rule_id, ", which counts ", counted.least));
      }
    }
    points_[event.subject_id()] = point;
    open_[event.subject_id()] = {event.person_id(), given.expire_us(),
                                 point == ledger_.shared_point};
  }

  void JudgeRefused(const v1::AuditEvent& event) {
    const auto* placement = placements_.Find(event.assignment_id());
    if (placement == nullptr) return;
    const int64_t now_us = TimeUtil::TimestampToMicroseconds(event.time());
    for (const std::string& id : event.permit_refused().rules()) {
      const auto rule = std::find_if(ledger_.contact_rules.begin(), ledger_.contact_rules.end(),
                                     [&](const ContactRule& one) { return one.rule_id == id; });
      if (rule == ledger_.contact_rules.end()) continue;
      if (rule->of_number && ledger_.shared_point.empty()) continue;
      if (!Concerns(*rule, placement->person_id())) {
        violations_.push_back(absl::StrCat("a contact of ", placement->person_id(),
                                           " was refused by ", id, ", a rule of elsewhere"));
        continue;
      }
      const Counted counted = Count(*rule, placement->person_id(), now_us);
      if (IsClosed(*rule, now_us) || counted.most >= rule->at_most) continue;
      // The log does not say of which contact point; it may have been one that nobody shares.
      if (rule->of_number && OfOwnPoint(*rule, placement->person_id(), now_us) >= rule->at_most)
        continue;
      violations_.push_back(absl::StrCat("a contact of ", placement->person_id(),
                                         " was refused by ", id, ", which counts ", counted.most));
    }
  }

  const Ledger& ledger_;
  const PlacementIndex placements_;
  const OutcomesBySequence outcomes_;
  Violations& violations_;
  int64_t entry_ = 0;
  std::vector<v1::AuditEvent> events_;     // of the commit that is being read
  std::map<std::string, Known> contacts_;  // by vendor and outcome
  std::unordered_map<std::string, std::vector<Known*>> of_person_;
  std::vector<Known*> of_all_;
  std::vector<Known*> said_now_;                         // of which the commit says something
  std::map<std::string, Given> open_;                    // by permit
  std::unordered_map<std::string, std::string> points_;  // permit → contact point
  PermitAttempts attempts_;
  // In the commit: permits that end, and attempts that outcomes take.
  std::vector<std::string> closing_;
  std::map<std::string, int64_t> uses_;
};

}  // namespace

Violations Counted(const Ledger& ledger) {
  Violations violations;
  if (ledger.contact_rules.empty()) return violations;
  Recount recount(ledger, violations);
  ForEachEvent(ledger, [&](const Logged& logged) { recount.Read(logged); });
  recount.JudgeCommit();
  return violations;
}

}  // namespace switchboard::invariants
