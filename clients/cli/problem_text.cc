#include "clients/cli/problem_text.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "clients/printable_text.h"
#include "google/rpc/error_details.pb.h"
#include "hub/base/error.h"

namespace switchboard::cli {
namespace {

struct WayOut {
  std::string_view reason;
  std::string_view text;
};

constexpr WayOut kWaysOut[] = {
    {"NOT_AN_OPERATOR",
     "give --tls an operator's certificate folder; switchboard certs show DIR says whose it is"},
    {"NO_IDENTITY",
     "give --tls a certificate with one SPIFFE id, as switchboard certs init makes it"},
    {"VENDOR_UNKNOWN", "switchboard vendor list shows the vendors with a contract"},
    {"ASSIGNMENT_UNKNOWN",
     "switchboard placements lists assignments; only a live one can be decided on"},
    {"NO_PENDING_RECALL", "switchboard recall announce begins one"},
    {"SHUTTING_DOWN", "try again when the hub is back, or name others with --hub as well"},
    {"CERTIFICATES_EXIST", "--force replaces what is there; certs add keeps the authority"},
    {"PLAN_INVALID",
     "switchboard routing lint FILE finds what needs no hub; then see that every "
     "vendor's contract lists the work type"},
    {"CONTRACT_INVALID", "switchboard contract lint FILE says the same without a hub"},
    {"RULE_PACK_INVALID", "switchboard rules lint FILE says the same without a hub"},
    {"CODE_MAP_INVALID", "switchboard codes lint FILE says the same without a hub"},
    {"SCRIPT_INVALID", "switchboard script lint FILE says the same without a hub"},
    {"RULE_PACK_VERSION", "switchboard rules history PACK shows its versions; take the next one"},
    {"CODE_MAP_VERSION", "switchboard codes history VENDOR shows its versions; take the next one"},
    {"SCRIPT_VERSION", "switchboard script history SCRIPT shows its versions; take the next one"},
    {"TEXT_UNKNOWN",
     "switchboard contract history shows what was released; so do routing, rules, codes, script"},
    {"PROPOSAL_UNKNOWN",
     "switchboard contract proposals --all shows them; so do routing, rules, codes, script; the "
     "text of one that was released is that of its version"},
    {"PROPOSAL_NOT_OPEN", "if the text is still wanted, propose it anew"},
    {"PROPOSAL_CHANGED",
     "switchboard contract show --proposal PROPOSAL shows its text and digest; so do routing, "
     "rules, codes, script"},
    {"TOO_MANY_PROPOSALS",
     "let another operator release some, or drop some; switchboard contract proposals lists them, "
     "so do routing, rules, "
     "codes, script"},
    {"CHAIN_UNKNOWN", "switchboard audit heads lists the chains"},
    {"CORE_UNKNOWN", "switchboard core list shows who reads what"},
    {"ITEM_UNKNOWN", "switchboard quarantine list shows the items"},
    {"TWO_WORDS_NEEDED",
     "two operators give their word with switchboard quarantine vouch ITEM, each within 24 hours"},
    {"TWO_OPERATORS_NEEDED",
     "another operator releases the proposal, or types switchboard person agree REQUEST, after "
     "which who opened the request has 24 hours"},
    {"PERSON_REQUEST_UNKNOWN", "switchboard person list --closed shows the requests"},
    {"PERSON_REQUEST_CLOSED", "switchboard person list --closed shows how it stands"},
    {"WORK_IS_LIVE", "switchboard recall announce takes work back"},
    {"CONTRACT_IN_FORCE", "switchboard contract end VENDOR ends it"},
    {"UNMASKING_UNKNOWN", "switchboard unmask list shows the unmaskings"},
    {"UNMASKING_NOT_WAITING", "switchboard unmask list shows how it stands"},
    {"NO_PLAN", "switchboard routing propose FILE proposes one, and another operator releases it"},
    {"PLAN_UNKNOWN", "switchboard plans list shows the plans that wait"},
    {"PLAN_NOT_PENDING",
     "switchboard plans list shows what waits now, and in which version; switchboard promises "
     "--account ID how the others stand"},
    {"RECORDING_UNKNOWN",
     "switchboard recordings missing shows the calls whose recordings are owed"},
    {"AUDIT_NOT_AS_NOTED",
     "give --expect heads that were noted no later than the backup, such as those written beside "
     "it; if these are, take another backup and keep this one"},
    {"HEAD_UNKNOWN", "give --expect heads that were noted after the event"},
    {"AUDIT_BROKEN",
     "keep a copy of the database before anything else; entries before the one named "
     "are sound"},
    {"AUDIT_FORGED",
     "keep a copy of the database before anything else; then restore a backup, or take the entry "
     "named and those behind it out of audit_entry, and run switchboard audit verify"},
};

std::string WayOutOf(const absl::Status& status, const Connection& connection) {
  const std::string reason = ErrorReason(status);
  if (const auto payload = status.GetPayload(kRetryInfoUrl); payload.has_value()) {
    google::rpc::RetryInfo retry;
    if (retry.ParseFromString(std::string(*payload))) {
      return absl::StrCat("try again in ", std::max<int64_t>(1, retry.retry_delay().seconds()),
                          " s");
    }
  }
  for (const WayOut& way_out : kWaysOut) {
    if (way_out.reason == reason) return std::string(way_out.text);
  }
  if (!reason.empty()) return {};
  if (absl::IsUnavailable(status)) {
    return absl::StrCat("switchboard diagnose tls --hub ", connection.HubsText(), " --tls ",
                        connection.tls,
                        " finds out whether nobody is there or a certificate was refused");
  }
  if (absl::IsDeadlineExceeded(status))
    return "the hub is slow or away; --timeout SECONDS waits longer";
  if (absl::IsUnimplemented(status)) return "hub and command line are of different versions";
  return {};
}

}  // namespace

std::string ProblemText(const absl::Status& status, const Connection& connection) {
  const std::string reason = ErrorReason(status);
  std::string text = absl::StrCat(
      "switchboard: ", absl::StrReplaceAll(status.message(), {{"\n", "; "}}),
      "; reason: ", absl::StatusCodeToString(status.code()), reason.empty() ? "" : ", ", reason);
  const std::string way_out = WayOutOf(status, connection);
  if (!way_out.empty()) absl::StrAppend(&text, "; way out: ", way_out);
  return Printable(text) + "\n";
}

}  // namespace switchboard::cli
