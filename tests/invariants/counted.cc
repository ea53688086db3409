#include <algorithm>
#include <set>
#include <unordered_set>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "tests/invariants/contact_log.h"
#include "tests/invariants/invariants.h"
#include "tests/invariants/packs_in_force.h"
#include "tests/rules/reference.h"

// The validator of I6 that counts contacts again: every rule about hours, every count and every
// pause of every pack, by the packs' own texts and the slow reading of them. It shares no line with
// the hub's rules. What neither the log nor the core's events tell is taken either way: whoever is
// accused did wrong however that was. Not judged at all are permits for others than the person, of
// whom the log does not say which.

namespace switchboard::invariants {
namespace {

using google::protobuf::util::TimeUtil;
using tests::ReferenceCount;
using tests::ReferenceFits;
using tests::ReferenceRefuses;
using tests::ReferenceSpeaks;
using Contacts = v1::RulePack::Contacts;

// What the hub had to know when it decided.
enum class Known {
  kWhatWasBefore,   // of what the commit says, no more than what is so in any order
  kWhatKeptNoRoom,  // and what the commit says of contacts that no permit had kept room for
};

// A contact at a time.
struct Question {
  std::string person_id;
  std::vector<rules::Request> requests;  // one of these
  absl::Time at;
  int64_t now_us = 0;  // when the hub decided
  int64_t attempts = 1;
  Known known = Known::kWhatWasBefore;
};

struct Tally {
  int64_t least = 0;
  int64_t most = 0;
};

bool CountsByPoint(const Contacts& contacts) {
  const auto& same = contacts.same();
  return std::find(same.begin(), same.end(), v1::RulePack::SAMENESS_CONTACT_POINT) != same.end();
}

std::vector<absl::TimeZone> Load(const std::set<std::string>& names) {
  std::vector<absl::TimeZone> zones(names.size());
  size_t i = 0;
  for (const std::string& name : names) absl::LoadTimeZone(name, &zones[i++]);
  return zones;
}

std::set<std::string> ZonesIfUnknown(const v1::RulePack& pack) {
  if (pack.zones_if_unknown().empty()) return {pack.home_zone()};
  return {pack.zones_if_unknown().begin(), pack.zones_if_unknown().end()};
}

// At least one of these clocks is read …
std::vector<absl::TimeZone> SomeZones(const v1::RulePack& pack, const KnownPerson& person) {
  return Load(person.zones.empty() ? ZonesIfUnknown(pack) : person.zones);
}

// … and none but these.
std::vector<absl::TimeZone> AllZones(const v1::RulePack& pack, const KnownPerson& person,
                                     const std::set<std::string>& of_country) {
  std::set<std::string> zones = ZonesIfUnknown(pack);
  zones.insert(of_country.begin(), of_country.end());
  zones.insert(person.zones.begin(), person.zones.end());
  zones.insert(person.more_zones.begin(), person.more_zones.end());
  return Load(zones);
}

class Recount {
 public:
  Recount(const Ledger& ledger, Violations& violations)
      : ledger_(ledger),
        placements_(ledger),
        log_(ledger),
        packs_(ledger, violations),
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
      log_.Enter(event);
      if (event.kind() == v1::AuditEvent::KIND_RULE_PACK) packs_.Apply(event, violations_);
    }
    for (const v1::AuditEvent& event : events_) {
      switch (event.kind()) {
        case v1::AuditEvent::KIND_PERMIT_GIVEN:
          JudgeGiven(event);
          break;
        case v1::AuditEvent::KIND_PERMIT_REFUSED:
          JudgeRefused(event);
          break;
        case v1::AuditEvent::KIND_PERMIT_VOIDED:
        case v1::AuditEvent::KIND_PERMIT_RELEASED:
        case v1::AuditEvent::KIND_ERASED:
          log_.End(event);
          break;
        default:
          break;
      }
    }
    if (!events_.empty()) JudgeStanding(TimeUtil::TimestampToMicroseconds(events_.back().time()));
    log_.EndCommit();
    packs_.EndCommit();
    events_.clear();
  }

  void JudgeEnd() {
    JudgeCommit();
    for (const std::string& id : log_.untold())
      Accuse(absl::StrCat("contact ", id, " of the issuer's is logged, and the core told of none"));
  }

 private:
  // The same once: of a permit more than one moment is looked at.
  void Accuse(const std::string& what) {
    if (said_.insert(what).second) violations_.push_back(what);
  }

  // Whether the contact is one of those that the rule counts.
  static bool Fits(const RecountedRule& rule, const Question& question,
                   const rules::Request& request, absl::TimeZone zone,
                   const rules::Contact& contact) {
    rules::Facts facts;
    facts.request = request;
    facts.zones = {zone};
    facts.history = {contact};
    return ReferenceCount(*rule.pack, *rule.contacts, *rule.window, facts, zone, question.at) > 0;
  }

  // Visits everything that the reading may mean, until `visit` says no; whether it never did.
  static bool ForEachMeaning(const ContactReading& reading, bool other_person,
                             absl::FunctionRef<bool(const rules::Contact&)> visit) {
    rules::Contact contact = reading.contact;
    contact.other_person = other_person;
    for (const v1::ContactKind kind : reading.kinds) {
      for (const std::string& point : reading.points) {
        for (const v1::Act act : reading.acts) {
          contact.contact_kind = kind;
          contact.contact_point = point;
          contact.act = act;
          if (!visit(contact)) return false;
        }
      }
    }
    return true;
  }

  bool IsDoubtful(const Contacts& counted, const ContactReading& reading) const {
    if (counted.without_wrong_points() &&
        std::any_of(reading.points.begin(), reading.points.end(),
                    [&](const std::string& point) { return log_.MayBeWrong(point); })) {
      return true;
    }
    if (counted.without_consented() && reading.may_be_consented) return true;
    // What it would be an answer to may have come in the same commit.
    return counted.has_without_answers() && reading.acts.contains(v1::ACT_RETURN_CALL);
  }

  bool SurelyCounts(const RecountedRule& rule, const Question& question,
                    const rules::Request& request, absl::TimeZone zone,
                    const ContactReading& reading) const {
    if (!reading.counts_surely || reading.never_counts || reading.persons.size() != 1) return false;
    if (IsDoubtful(*rule.contacts, reading)) return false;
    const bool is_own = reading.persons.contains(question.person_id);
    if (!is_own && reading.points.contains("")) return false;
    return ForEachMeaning(reading, !is_own, [&](const rules::Contact& contact) {
      return Fits(rule, question, request, zone, contact);
    });
  }

  bool PerhapsCounts(const RecountedRule& rule, const Question& question,
                     const rules::Request& request, absl::TimeZone zone,
                     const ContactReading& reading) const {
    if (reading.never_counts) return false;
    // What was said to a former owner of the account is said about the same debt.
    const bool is_own =
        reading.persons.contains(question.person_id) || reading.contact.account == request.account;
    return !ForEachMeaning(reading, !is_own, [&](const rules::Contact& contact) {
      return !Fits(rule, question, request, zone, contact);
    });
  }

  void CountContact(const RecountedRule& rule, const Question& question,
                    const rules::Request& request, absl::TimeZone zone, const KnownContact& contact,
                    Tally& tally) const {
    const auto surely = [&](const ContactReading& reading) {
      return SurelyCounts(rule, question, request, zone, reading);
    };
    const auto perhaps = [&](const ContactReading& reading) {
      return PerhapsCounts(rule, question, request, zone, reading);
    };
    const auto& [before, now] = contact;
    const bool kept_no_room =
        question.known == Known::kWhatKeptNoRoom && !now.empty() &&
        std::none_of(now.begin(), now.end(), [](const auto& reading) { return reading.kept_room; });
    const bool stood = std::any_of(before.begin(), before.end(), surely) || kept_no_room;
    tally.least += stood && std::all_of(now.begin(), now.end(), surely) ? 1 : 0;
    tally.most += std::any_of(before.begin(), before.end(), perhaps) ||
                          std::any_of(now.begin(), now.end(), perhaps)
                      ? 1
                      : 0;
  }

  // A permit of somebody else at the number counts as long as it may be used, and everybody's that
  // became void as long as somebody may have used it, as if the contact were made at the last
  // moment.
  void CountPermit(const RecountedRule& rule, const Question& question,
                   const rules::Request& request, absl::TimeZone zone, const KnownPermit& permit,
                   Tally& tally) const {
    const bool is_own = permit.person_id == question.person_id;
    if (permit.expire_us <= question.now_us || (is_own && permit.void_us == 0)) return;
    // Void before it could be used, nothing was made under it.
    if (permit.void_us != 0 && permit.begin_us > permit.void_us) return;
    ContactReading reading = permit.reading;
    reading.contact.at = absl::FromUnixMicros(permit.expire_us);
    if (PerhapsCounts(rule, question, request, zone, reading)) tally.most += log_.MostOf(permit);
    if (permit.void_us != 0) reading.contact.at = absl::FromUnixMicros(permit.void_us);
    if (SurelyCounts(rule, question, request, zone, reading)) tally.least += log_.LeastOf(permit);
  }

  Tally Count(const RecountedRule& rule, const Question& question, const rules::Request& request,
              absl::TimeZone zone) const {
    Tally tally;
    std::unordered_set<const void*> seen;
    const auto count_contacts = [&](const ContactLog::Contacts& contacts) {
      for (const KnownContact* contact : contacts) {
        if (seen.insert(contact).second)
          CountContact(rule, question, request, zone, *contact, tally);
      }
    };
    const auto count_permits = [&](const ContactLog::Permits& permits) {
      for (const KnownPermit* permit : permits) {
        if (seen.insert(permit).second) CountPermit(rule, question, request, zone, *permit, tally);
      }
    };
    count_contacts(log_.Of(question.person_id));
    count_contacts(log_.About(request.account));
    count_permits(log_.PermitsOf(question.person_id));
    if (!CountsByPoint(*rule.contacts)) return tally;
    count_contacts(log_.At(request.contact_point));
    count_permits(log_.PermitsAt(request.contact_point));
    return tally;
  }

  // The attempts of a plan beside the one that is asked about, if they count.
  static int64_t OtherAttempts(const RecountedRule& rule, const Question& question,
                               const rules::Request& request, absl::TimeZone zone) {
    rules::Contact attempt;
    attempt.at = question.at;
    attempt.channel = request.channel;
    attempt.contact_kind = request.contact_kind;
    attempt.party = request.party;
    attempt.act = request.act;
    attempt.contact_point = request.contact_point;
    attempt.account = request.account;
    attempt.collector = request.collector;
    return Fits(rule, question, request, zone, attempt) ? question.attempts - 1 : 0;
  }

  static bool RefusesByHours(const RecountedRule& rule, const Question& question,
                             const rules::Request& request, absl::TimeZone zone) {
    rules::Facts facts;
    facts.request = request;
    facts.zones = {zone};
    return ReferenceRefuses(*rule.pack, *rule.rule, facts, question.at);
  }

  // Whether an exception may let the request pass, and whether one does for sure: one that asks for
  // nothing that is not in the request.
  bool MayBeExcused(const RecountedRule& rule, const Question& question,
                    const rules::Request& request) const {
    const auto& consents = log_.Person(question.person_id).consents;
    const auto& unless = rule.rule->unless();
    return std::any_of(unless.begin(), unless.end(), [&](const auto& condition) {
      if (condition.has_ask() && !ReferenceFits(condition.ask(), request)) return false;
      if (condition.has_consent() && !consents.contains(condition.consent().what())) return false;
      return !condition.has_answer() || request.act == v1::ACT_RETURN_CALL;
    });
  }
  static bool IsExcused(const RecountedRule& rule, const rules::Request& request) {
    const auto& unless = rule.rule->unless();
    return std::any_of(unless.begin(), unless.end(), [&](const auto& condition) {
      return !condition.has_consent() && !condition.has_answer() &&
             ReferenceFits(condition.ask(), request);
    });
  }

  // `count`: how many contacts the rule counted for sure.
  bool SurelyRefuses(const RecountedRule& rule, const Question& question, int64_t* count) const {
    const auto zones = SomeZones(*rule.pack, log_.Person(question.person_id));
    for (const rules::Request& request : question.requests) {
      if (!ReferenceSpeaks(*rule.pack, *rule.rule, request, question.at)) return false;
      if (MayBeExcused(rule, question, request)) return false;
      for (const absl::TimeZone zone : zones) {
        if (rule.contacts == nullptr) {
          if (!RefusesByHours(rule, question, request, zone)) return false;
          continue;
        }
        *count = Count(rule, question, request, zone).least;
        const int64_t others = OtherAttempts(rule, question, request, zone);
        if (*count + others < rule.refuses_from) return false;
      }
    }
    return !question.requests.empty();
  }

  // `count`: the most that it may have counted.
  bool PerhapsRefuses(const RecountedRule& rule, const Question& question, int64_t* count) const {
    const auto zones =
        AllZones(*rule.pack, log_.Person(question.person_id), packs_.ZonesOf(question.person_id));
    for (const rules::Request& request : question.requests) {
      if (!ReferenceSpeaks(*rule.pack, *rule.rule, request, question.at)) continue;
      if (IsExcused(rule, request)) continue;
      for (const absl::TimeZone zone : zones) {
        if (rule.contacts == nullptr) {
          if (RefusesByHours(rule, question, request, zone)) return true;
          continue;
        }
        const int64_t most = Count(rule, question, request, zone).most;
        *count = std::max(*count, most);
        if (most >= rule.refuses_from) return true;
      }
    }
    return false;
  }

  rules::Request RequestOf(const v1::AuditEvent& event, v1::Channel channel) const {
    rules::Request request;
    request.channel = channel;
    request.party = v1::PARTY_PERSON;
    request.account = event.account_id();
    request.collector = event.vendor_id();
    const auto kind = ledger_.collector_kinds.find(event.vendor_id());
    request.collector_kind =
        kind == ledger_.collector_kinds.end() ? v1::COLLECTOR_KIND_AGENCY : kind->second;
    return request;
  }

  static std::vector<rules::Request> RequestsOf(const ContactReading& reading,
                                                const rules::Request& base) {
    std::vector<rules::Request> requests;
    ForEachMeaning(reading, /*other_person=*/false, [&](const rules::Contact& contact) {
      rules::Request& request = requests.emplace_back(base);
      request.contact_kind = contact.contact_kind;
      request.contact_point = contact.contact_point;
      request.act = contact.act;
      return true;
    });
    return requests;
  }

  // What a refused request may have asked for.
  std::vector<rules::Request> RefusedRequests(const v1::AuditEvent& event,
                                              const std::string& person_id) const {
    ContactReading reading;
    reading.acts = log_.acts();
    const auto& reasons = event.permit_refused().reasons();
    const auto& points = log_.Person(person_id).points;
    if (points.empty() || std::find(reasons.begin(), reasons.end(),
                                    v1::Denial::REASON_NO_CONTACT_POINT) != reasons.end()) {
      reading.kinds.insert(v1::CONTACT_KIND_UNSPECIFIED);
      reading.points.insert("");
    }
    for (const auto& [id, point] : points) {
      reading.kinds.insert(point.kinds.begin(), point.kinds.end());
      reading.points.insert(point.numbers.begin(), point.numbers.end());
    }
    std::vector<rules::Request> requests;
    for (int channel = 1; channel <= v1::Channel_MAX; ++channel) {
      const auto asked = static_cast<v1::Channel>(channel);
      if (!ledger_.channels.empty() && !ledger_.channels.contains(asked)) continue;
      for (rules::Request& request : RequestsOf(reading, RequestOf(event, asked)))
        requests.push_back(std::move(request));
    }
    return requests;
  }

  // Why the packs which the log says were heard are not those of the person's country, or not all
  // of them.
  std::vector<std::string> PackFaults(const google::protobuf::RepeatedPtrField<std::string>& heard,
                                      const std::string& person_id, absl::Time time) const {
    std::vector<std::string> faults;
    for (const std::string& name : heard) {
      const PacksInForce::Pack* pack = packs_.Named(name);
      if (pack == nullptr) {
        faults.push_back(absl::StrCat(" by ", name, ", of which nobody told the rules"));
      } else if (!packs_.IsAppliedNow(pack->id()) && packs_.At(pack->id(), time) != pack) {
        faults.push_back(absl::StrCat(" by ", name, ", which is not in force"));
      } else if (!packs_.MayBeHeard(*pack, person_id, time)) {
        faults.push_back(absl::StrCat(" by ", name, ", a pack of elsewhere"));
      }
    }
    for (const PacksInForce::Pack* pack : packs_.ThatMustBeHeard(person_id, time)) {
      if (packs_.IsAppliedNow(pack->id())) continue;
      if (std::find(heard.begin(), heard.end(), pack->name) == heard.end())
        faults.push_back(absl::StrCat(" without a word of ", pack->name));
    }
    return faults;
  }

  void JudgeGiven(const v1::AuditEvent& event) {
    const v1::AuditEvent::PermitGiven& given = event.permit_given();
    const KnownPermit& permit = log_.Give(event);
    const std::string what = absl::StrCat("permit ", event.subject_id(), " was given");
    if (permit.reading.contact.party != v1::PARTY_PERSON) return;
    Question question;
    question.person_id = event.person_id();
    question.requests = RequestsOf(permit.reading, RequestOf(event, given.channel()));
    question.now_us = TimeUtil::TimestampToMicroseconds(event.time());
    question.attempts = permit.attempts;
    heard_[event.subject_id()] = {given.packs().begin(), given.packs().end()};
    // A contact may be made at its first moment and at its last.
    for (const int64_t at_us : {permit.begin_us, permit.expire_us - 1}) {
      if (at_us >= permit.expire_us) continue;  // its time was up before it was written down
      question.at = absl::FromUnixMicros(at_us);
      for (const std::string& fault : PackFaults(given.packs(), event.person_id(), question.at))
        Accuse(what + fault);
      for (const std::string& name : given.packs()) {
        const PacksInForce::Pack* pack = packs_.Named(name);
        if (pack != nullptr) JudgeRules(*pack, question, what);
      }
    }
    // What is warned of is what was so when the permit was asked for, also of a plan.
    if (permit.begin_us > question.now_us || permit.begin_us >= permit.expire_us) return;
    question.attempts = 1;
    question.at = absl::FromUnixMicros(permit.begin_us);
    JudgeWarnings(given, question, what);
  }

  void JudgeRules(const PacksInForce::Pack& pack, const Question& question,
                  const std::string& what) {
    for (const RecountedRule& rule : pack.rules) {
      int64_t count = 0;
      if (rule.warns_only || !SurelyRefuses(rule, question, &count)) continue;
      Accuse(absl::StrCat(what, " against ", rule.rule->rule_id(), ", which counts ", count));
    }
  }

  void JudgeWarnings(const v1::AuditEvent::PermitGiven& given, const Question& question,
                     const std::string& what) {
    for (const std::string& name : given.packs()) {
      const PacksInForce::Pack* pack = packs_.Named(name);
      if (pack == nullptr) continue;
      for (const RecountedRule& rule : pack->rules) {
        if (!rule.warns_only) continue;
        const std::string& id = rule.rule->rule_id();
        const auto& warnings = given.warnings();
        const bool warned = std::find(warnings.begin(), warnings.end(), id) != warnings.end();
        int64_t count = 0;
        if (!warned && SurelyRefuses(rule, question, &count))
          Accuse(absl::StrCat(what, " without a warning of ", id, ", which counts ", count));
        if (warned && !PerhapsRefuses(rule, question, &count))
          Accuse(absl::StrCat(what, " with a warning of ", id, ", which counts ", count));
      }
    }
  }

  void JudgeRefused(const v1::AuditEvent& event) {
    const auto* placement = placements_.Find(event.assignment_id());
    const v1::AuditEvent::PermitRefused& refused = event.permit_refused();
    const auto& reasons = refused.reasons();
    // Of work that is not the vendor's nothing is looked at.
    if (placement == nullptr || std::find(reasons.begin(), reasons.end(),
                                          v1::Denial::REASON_NOT_ASSIGNED) != reasons.end()) {
      return;
    }
    Question question;
    question.person_id = placement->person_id();
    question.requests = RefusedRequests(event, question.person_id);
    question.now_us = TimeUtil::TimestampToMicroseconds(event.time());
    question.at = absl::FromUnixMicros(std::max(question.now_us, refused.begin_us()));
    for (const std::string& fault : RefusalFaults(refused, question))
      Accuse(absl::StrCat("a contact of ", question.person_id, " was refused", fault));
  }

  std::vector<std::string> RefusalFaults(const v1::AuditEvent::PermitRefused& refused,
                                         const Question& question) const {
    auto faults = PackFaults(refused.packs(), question.person_id, question.at);
    for (const std::string& id : refused.rules()) {
      const RecountedRule* rule = RuleOf(id, refused.packs());
      int64_t count = 0;
      if (rule == nullptr || PerhapsRefuses(*rule, question, &count)) continue;
      faults.push_back(absl::StrCat(" by ", id, ", which counts ", count));
    }
    return faults;
  }

  // Null: it is of a kind that is not counted again.
  const RecountedRule* RuleOf(const std::string& rule_id,
                              const google::protobuf::RepeatedPtrField<std::string>& heard) const {
    for (const std::string& name : heard) {
      const PacksInForce::Pack* pack = packs_.Named(name);
      if (pack == nullptr) continue;
      for (const RecountedRule& rule : pack->rules) {
        if (rule.rule->rule_id() == rule_id) return &rule;
      }
    }
    return nullptr;
  }

  // Behind a contact that no permit had kept room for, none stays open that could not be given
  // now: of the person, and at the number.
  void JudgeStanding(int64_t now_us) {
    std::set<const KnownPermit*> permits;
    for (const KnownContact* contact : log_.said_now()) {
      for (const ContactReading& reading : contact->now) {
        if (reading.kept_room || reading.never_counts || !reading.counts_surely) continue;
        if (reading.persons.size() != 1) continue;
        for (const KnownPermit* permit : log_.PermitsOf(*reading.persons.begin()))
          permits.insert(permit);
        if (reading.points.size() != 1) continue;
        for (const KnownPermit* permit : log_.PermitsAt(*reading.points.begin()))
          permits.insert(permit);
      }
    }
    for (const KnownPermit* permit : permits) JudgeStanding(*permit, now_us);
  }

  void JudgeStanding(const KnownPermit& permit, int64_t now_us) {
    if (permit.void_us != 0 || permit.ending || permit.expire_us <= now_us) return;
    // Used in this commit, it may have been used up before the contact was heard of.
    if (log_.LeastOf(permit) == 0 || permit.reading.contact.party != v1::PARTY_PERSON) return;
    // Without a contract there is nobody to be judged.
    if (ledger_.without_contract.contains(permit.vendor_id)) return;
    v1::AuditEvent event;
    event.set_account_id(permit.account_id);
    event.set_vendor_id(permit.vendor_id);
    Question question;
    question.person_id = permit.person_id;
    question.requests =
        RequestsOf(permit.reading, RequestOf(event, permit.reading.contact.channel));
    question.now_us = now_us;
    question.at = absl::FromUnixMicros(permit.expire_us - 1);
    question.known = Known::kWhatKeptNoRoom;
    const absl::Time from = absl::FromUnixMicros(std::max(now_us, permit.begin_us));
    for (const std::string& name : heard_[permit.permit_id]) {
      const PacksInForce::Pack* before = packs_.Named(name);
      if (before == nullptr || packs_.IsAppliedNow(before->id())) continue;
      const PacksInForce::Pack* pack = packs_.At(before->id(), from);
      if (pack != nullptr)
        JudgeRules(*pack, question, absl::StrCat("permit ", permit.permit_id, " stayed open"));
    }
  }

  const Ledger& ledger_;
  const PlacementIndex placements_;
  ContactLog log_;
  PacksInForce packs_;
  Violations& violations_;
  std::unordered_set<std::string> said_;
  int64_t entry_ = 0;
  std::vector<v1::AuditEvent> events_;                               // of the commit being read
  std::unordered_map<std::string, std::vector<std::string>> heard_;  // packs by permit
};

}  // namespace

Violations Counted(const Ledger& ledger) {
  Violations violations;
  if (ledger.rule_packs.empty()) return violations;
  Recount recount(ledger, violations);
  ForEachEvent(ledger, [&](const Logged& logged) { recount.Read(logged); });
  recount.JudgeEnd();
  return violations;
}

}  // namespace switchboard::invariants
