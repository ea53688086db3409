#include <algorithm>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "tests/invariants/audit_reading.h"
#include "tests/invariants/invariants.h"

// The validator of I8 about texts: by whose word they came into force, and which version of a
// contract decides when.

namespace switchboard::invariants {
namespace {

using Event = v1::AuditEvent;

constexpr char kHub[] = "hub";

// Of which a text is a version: all plans are versions of one.
using Line = std::pair<v1::TextKind, std::string>;

Line LineOf(v1::TextKind kind, const std::string& text_id) {
  return {kind, kind == v1::TEXT_KIND_ROUTING_PLAN ? "" : text_id};
}

// What an event says was released; of no kind: nothing.
v1::TextKind KindOf(const Event& event) {
  switch (event.kind()) {
    case Event::KIND_CONTRACT:
      return event.contract().ended() ? v1::TEXT_KIND_UNSPECIFIED : v1::TEXT_KIND_CONTRACT;
    case Event::KIND_ROUTING_PLAN:
      return v1::TEXT_KIND_ROUTING_PLAN;
    case Event::KIND_RULE_PACK:
      return v1::TEXT_KIND_RULE_PACK;
    case Event::KIND_CODE_MAP:
      return v1::TEXT_KIND_CODE_MAP;
    case Event::KIND_SCRIPT:
      return v1::TEXT_KIND_SCRIPT;
    default:
      return v1::TEXT_KIND_UNSPECIFIED;
  }
}

std::string NameOf(v1::TextKind kind, const std::string& text_id, int64_t version) {
  return absl::StrCat(v1::TextKind_Name(kind), " ", text_id, "/", version);
}

std::string NameOf(const v1::TextRelease& release) {
  return NameOf(release.kind(), release.text_id(), release.version());
}

absl::CivilDay DayOf(const Event& event) {
  return absl::ToCivilDay(absl::FromUnixSeconds(event.time().seconds()), absl::UTCTimeZone());
}

absl::CivilDay DayOf(const v1::Date& date) {
  return absl::CivilDay(date.year(), date.month(), date.day());
}

// By whose word texts came into force, while the log is read.
class Words {
 public:
  explicit Words(Violations& violations) : violations_(violations) {}

  void Take(const Logged& logged) {
    const Event& event = logged.event;
    if (event.kind() == Event::KIND_TEXT_PROPOSED) {
      proposed_[event.text().proposal_id()].event = event;
    } else if (event.kind() == Event::KIND_TEXT_DROPPED) {
      Decide(event.text().proposal_id(), "a dropped text");
    } else if (KindOf(event) != v1::TEXT_KIND_UNSPECIFIED) {
      Release(event, logged.entry);
    }
  }

  // As the log has them, by name.
  const std::map<std::string, v1::TextRelease>& releases() const { return releases_; }

 private:
  struct Proposed {
    Event event;
    bool decided = false;
  };

  void Say(const std::string& name, const std::string& what) {
    violations_.push_back(absl::StrCat(name, " ", what));
  }

  void Release(const Event& event, int64_t entry) {
    const bool is_contract = event.kind() == Event::KIND_CONTRACT;
    const v1::TextStep& step = is_contract ? event.contract().step() : event.text();
    v1::TextRelease release;
    release.set_kind(KindOf(event));
    release.set_text_id(is_contract ? event.vendor_id() : event.subject_id());
    release.set_version(event.count());
    release.set_digest(event.digest());
    release.set_proposed_by(step.proposed_by());
    release.set_released_by(event.actor());
    release.set_proposal_id(step.proposal_id());
    const std::string name = NameOf(release);
    if (step.kind() != release.kind()) Say(name, "was released as a text of another kind");
    int64_t& newest = newest_[LineOf(release.kind(), release.text_id())];
    if (step.replaces_version() != newest)
      Say(name, absl::StrCat("replaces ", step.replaces_version(), " where ", newest, " stood"));
    if (release.version() <= newest) Say(name, absl::StrCat("is no newer than ", newest));
    if (step.first()) {
      Begin(release, entry);
    } else {
      Hold(release, newest);
      by_operators_ = true;
    }
    newest = std::max(newest, release.version());
    if (!releases_.emplace(name, std::move(release)).second) Say(name, "was released twice");
    if (began_ == 0) began_ = entry;
  }

  // Files put nothing in force but where nothing stands, all of them at once.
  void Begin(const v1::TextRelease& release, int64_t entry) {
    const std::string name = NameOf(release);
    if (release.released_by() != kHub || release.proposed_by() != kHub ||
        !release.proposal_id().empty())
      Say(name, "is by somebody's word, and of the files that began the database");
    if ((began_ != 0 && began_ != entry) || by_operators_)
      Say(name, "came with files, and texts stood");
  }

  // Another operator released exactly what one had proposed. `newest`: what stood then.
  void Hold(const v1::TextRelease& release, int64_t newest) {
    const std::string name = NameOf(release);
    const auto found = proposed_.find(release.proposal_id());
    if (found == proposed_.end()) return Say(name, "was never proposed");
    const Event& proposed = found->second.event;
    if (proposed.actor() != release.proposed_by())
      Say(name, "was proposed by somebody else than its release says");
    if (proposed.actor() == release.released_by()) Say(name, "is by one operator's word");
    for (const std::string& word : {proposed.actor(), release.released_by()})
      if (!absl::StartsWith(word, "operator/")) Say(name, "is by the word of " + word);
    if (proposed.text().kind() != release.kind() || proposed.subject_id() != release.text_id())
      Say(name, "was proposed as another text");
    if (proposed.digest() != release.digest()) Say(name, "says something else than was proposed");
    if (proposed.text().replaces_version() != newest)
      Say(name, absl::StrCat("was proposed in the place of ", proposed.text().replaces_version(),
                             " and came in that of ", newest));
    Decide(release.proposal_id(), name);
  }

  void Decide(const std::string& proposal_id, const std::string& name) {
    const auto found = proposed_.find(proposal_id);
    if (found == proposed_.end()) return Say(name, "was never proposed");
    if (std::exchange(found->second.decided, true)) Say(name, "had been decided before");
  }

  Violations& violations_;
  std::map<std::string, Proposed> proposed_;  // by id
  std::map<Line, int64_t> newest_;
  std::map<std::string, v1::TextRelease> releases_;
  int64_t began_ = 0;  // the commit of the first release
  bool by_operators_ = false;
};

// Which version of each vendor's contract decides, while the log is read. What operators end is
// judged as stops are.
class Deciding {
 public:
  Deciding(const Ledger& ledger, Violations& violations)
      : ledger_(ledger), violations_(violations) {}

  void Take(const Logged& logged) {
    const Event& event = logged.event;
    if (KindOf(event) == v1::TEXT_KIND_CONTRACT) return Release(logged);
    const Version newest = DecidesAt(event, kAllCommits);
    if (event.kind() == Event::KIND_PERMIT_GIVEN)
      Hold(event, "given a permit", event.permit_given().contract_version(), newest);
    if (event.kind() == Event::KIND_DISCLOSED) {
      // Told at its commit's end, whether it was before a release there or behind it.
      const int64_t named = event.disclosed_contract_version();
      Hold(event, "shown rows", named,
           named == newest.number ? newest : DecidesAt(event, logged.entry));
    }
  }

 private:
  struct Version {
    int64_t number = 0;
    const v1::Contract* text = nullptr;
    int64_t entry = 0;  // the commit of its release
  };
  static constexpr int64_t kAllCommits = std::numeric_limits<int64_t>::max();

  void Release(const Logged& logged) {
    const Event& event = logged.event;
    const auto text = ledger_.contracts.find(event.digest());
    if (text == ledger_.contracts.end()) {
      violations_.push_back(absl::StrCat(
          NameOf(v1::TEXT_KIND_CONTRACT, event.vendor_id(), event.count()), " was sent by nobody"));
      return;
    }
    versions_[event.vendor_id()].push_back({event.count(), &text->second, logged.entry});
  }

  // The newest of those that have begun decides, also when it has ended. What was released in
  // commit `before` and later is left out.
  Version DecidesAt(const Event& event, int64_t before) {
    const absl::CivilDay day = DayOf(event);
    Version decides;
    for (const Version& one : versions_[event.vendor_id()]) {
      const bool begun =
          !one.text->has_effective_from() || DayOf(one.text->effective_from()) <= day;
      if (begun && one.entry < before && one.number > decides.number) decides = one;
    }
    return decides;
  }

  void Hold(const Event& event, const char* what, int64_t named, const Version& decides) {
    const auto say = [&](auto... words) {
      violations_.push_back(
          absl::StrCat(event.vendor_id(), " was ", what, " (", event.subject_id(), ") ", words...));
    };
    if (named != decides.number)
      return say("by version ", named, " of its contract where ", decides.number, " decides");
    if (decides.text == nullptr) return say("without a contract");
    if (decides.text->has_effective_to() && DayOf(event) >= DayOf(decides.text->effective_to()))
      say("by version ", named, " of its contract, which is out of force by its day");
  }

  const Ledger& ledger_;
  Violations& violations_;
  std::map<std::string, std::vector<Version>> versions_;  // by vendor
};

// The log's versions are those that the hub has.
void CheckListed(const Ledger& ledger, std::map<std::string, v1::TextRelease> logged,
                 Violations& violations) {
  if (ledger.releases.empty()) return;
  for (const v1::TextRelease& listed : ledger.releases) {
    const std::string name = NameOf(listed);
    const auto found = logged.find(name);
    if (found == logged.end()) {
      violations.push_back(name + " stands there, and no log tells of its release");
      continue;
    }
    const v1::TextRelease& told = found->second;
    if (listed.digest() != told.digest() || listed.proposal_id() != told.proposal_id() ||
        listed.proposed_by() != told.proposed_by() || listed.released_by() != told.released_by())
      violations.push_back(name + " is not what the log says");
    logged.erase(found);
  }
  for (const auto& [name, release] : logged)
    violations.push_back(name + " was released, and is gone");
}

}  // namespace

Violations Released(const Ledger& ledger) {
  Violations violations;
  Words words(violations);
  Deciding deciding(ledger, violations);
  ForEachEvent(ledger, [&](const Logged& logged) {
    words.Take(logged);
    if (!ledger.contracts.empty()) deciding.Take(logged);
  });
  CheckListed(ledger, words.releases(), violations);
  return violations;
}

}  // namespace switchboard::invariants
