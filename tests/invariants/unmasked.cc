#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "tests/invariants/audit_reading.h"
#include "tests/invariants/invariants.h"

// The validator of I4, of what is shown for a time.

namespace switchboard::invariants {
namespace {

using google::protobuf::util::TimeUtil;
using Response = v1::RequestUnmaskingResponse;

// Requests to see more, by id, while the log is read.
class Requests {
 public:
  Requests(const Ledger& ledger, Violations& violations)
      : ledger_(ledger), violations_(violations) {}

  void Take(const v1::AuditEvent& event) {
    if (event.kind() != v1::AuditEvent::KIND_UNMASKING) return;
    Request& request = requests_[event.subject_id()];
    const Response::State state = event.unmasking().state();
    if (absl::StartsWith(event.actor(), "operator/")) {
      request.agreed = state == Response::STATE_SHOWN;
      request.refused = state == Response::STATE_REFUSED;
    } else if (state == Response::STATE_SHOWN) {
      Show(event, request);
    }
  }

  // Vendor and assignment of what was shown.
  const std::set<std::pair<std::string, std::string>>& shown() const { return shown_; }

 private:
  struct Request {
    bool agreed = false;
    bool refused = false;
    int64_t until_us = INT64_MAX;
  };

  void Show(const v1::AuditEvent& event, Request& request) {
    const auto say = [&](const char* what) {
      violations_.push_back(absl::StrCat("unmasking ", event.subject_id(), " was shown to ",
                                         event.vendor_id(), " ", what));
    };
    if (event.actor() != absl::StrCat("vendor/", event.vendor_id())) say("by somebody else");
    if (NeedsTwo(event) && !request.agreed) say("without an operator's word");
    if (request.refused) say("though an operator had refused it");
    if (TimeUtil::TimestampToMicroseconds(event.time()) >= request.until_us)
      say("when its time was up");
    request.until_us = std::min(request.until_us, event.unmasking().until_us());
    shown_.emplace(event.vendor_id(), event.assignment_id());
  }

  bool NeedsTwo(const v1::AuditEvent& event) const {
    const auto classes = ledger_.two_persons.find(event.vendor_id());
    if (classes == ledger_.two_persons.end()) return false;
    const auto& asked = event.unmasking().classes();
    return std::any_of(asked.begin(), asked.end(),
                       [&](int one) { return classes->second.contains(one); });
  }

  const Ledger& ledger_;
  Violations& violations_;
  std::map<std::string, Request> requests_;
  std::set<std::pair<std::string, std::string>> shown_;
};

}  // namespace

Violations Unmasked(const Ledger& ledger) {
  Violations violations;
  Requests requests(ledger, violations);
  ForEachEvent(ledger, [&](const Logged& logged) { requests.Take(logged.event); });
  const PlacementIndex placements(ledger);
  for (const UnmaskedAnswer& one : ledger.unmasked) {
    const auto say = [&](const char* what) {
      violations.push_back(absl::StrCat("more of assignment ", one.assignment_id, " was shown to ",
                                        one.vendor_id, what));
    };
    if (!requests.shown().contains({one.vendor_id, one.assignment_id}))
      say(" and the audit log does not say so");
    const auto* placement = placements.Find(one.assignment_id);
    if (placement != nullptr && placement->vendor_id() != one.vendor_id) say(", who never had it");
  }
  return violations;
}

}  // namespace switchboard::invariants
