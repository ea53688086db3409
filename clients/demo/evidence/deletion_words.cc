#include "clients/demo/evidence/deletion_words.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "hub/base/digest.h"
#include "hub/base/proto_time.h"
#include "hub/identity/certificate.h"
#include "hub/identity/statement_signature.h"

namespace switchboard::demo {
namespace {

using Line = v1::FindDeletionOrdersResponse::Line;

bool IsConfirmed(const Line& line) {
  return line.deletion_order().state() == v1::DeletionOrder::STATE_CONFIRMED ||
         line.deletion_order().state() == v1::DeletionOrder::STATE_CONFIRMED_LATE;
}

// As DeletionOrder.digest says it.
std::string DigestOf(const Line& line) {
  std::string ids;
  for (const std::string& id : line.assignment_ids()) absl::StrAppend(&ids, id, "\n");
  return Sha256Of(ids);
}

bool IsAbout(const v1::DeletionStatement& statement, const Line& line) {
  const v1::DeletionOrder& order = line.deletion_order();
  return statement.order_id() == order.order_id() && statement.vendor_id() == line.vendor_id() &&
         statement.count() == line.assignment_ids_size() && statement.digest() == DigestOf(line) &&
         order.digest() == statement.digest();
}

void Count(const Line& line, DeletionCounts* counts) {
  const v1::DeletionOrder& order = line.deletion_order();
  ++counts->orders;
  counts->assignments += order.count();
  counts->confirmed += order.state() == v1::DeletionOrder::STATE_CONFIRMED ? 1 : 0;
  counts->late += order.state() == v1::DeletionOrder::STATE_CONFIRMED_LATE ? 1 : 0;
  counts->open += order.state() == v1::DeletionOrder::STATE_OPEN ? 1 : 0;
  counts->overdue += line.overdue() ? 1 : 0;
  counts->verified += IsConfirmed(line) && ReadWord(line).problem.empty() ? 1 : 0;
}

DeletionShown ShownOf(const Line& line) {
  const v1::DeletionOrder& order = line.deletion_order();
  const DeletionWord word = ReadWord(line);
  DeletionShown shown;
  shown.order_id = order.order_id();
  shown.vendor_id = line.vendor_id();
  shown.cause = v1::DeletionOrder::Cause_Name(order.cause());
  shown.count = order.count();
  shown.opened = TimeOf(order.open_time());
  shown.due = TimeOf(order.due_time());
  shown.deleted = word.deleted;
  shown.confirmed = TimeOf(line.confirm_time());
  shown.digest = absl::BytesToHexString(order.digest());
  shown.signed_by = word.signed_by;
  shown.serial = word.serial;
  shown.problem = word.problem;
  return shown;
}

}  // namespace

DeletionWord ReadWord(const Line& line) {
  const v1::ConfirmDeletionRequest& confirmation = line.confirmation();
  DeletionWord word;
  v1::DeletionStatement statement;
  if (!statement.ParseFromString(confirmation.statement())) {
    word.problem = "what was signed is no statement";
    return word;
  }
  word.deleted = TimeOf(statement.delete_time());
  const auto signer = identity::SignerOf(
      {confirmation.statement(),
       confirmation.signature(),
       {confirmation.certificates().begin(), confirmation.certificates().end()}});
  if (!signer.ok()) {
    word.problem = std::string(signer.status().message());
    return word;
  }
  word.serial = signer->serial();
  for (const std::string& name : identity::UriNames(signer->chain().front().get()))
    word.signed_by = name;
  if (!absl::EndsWith(word.signed_by, "/vendor/" + line.vendor_id())) {
    word.problem = "another than the vendor signed it";
  } else if (!IsAbout(statement, line)) {
    word.problem = "the statement is about something else than the order";
  }
  return word;
}

void CountDeletions(const Evidence& evidence, RunResult* result) {
  const std::string preferred =
      evidence.tightening.has_value() ? evidence.tightening->contract.vendor_id() : "";
  const Line* shown = nullptr;
  for (const Line& line : evidence.deletion_orders) {
    const auto vendor =
        std::find_if(result->vendors.begin(), result->vendors.end(),
                     [&](const VendorResult& one) { return one.vendor_id == line.vendor_id(); });
    if (vendor != result->vendors.end()) Count(line, &vendor->deletions);
    if (!IsConfirmed(line)) continue;
    if (shown == nullptr || (shown->vendor_id() != preferred && line.vendor_id() == preferred))
      shown = &line;
  }
  if (shown != nullptr) result->deletion = ShownOf(*shown);
}

std::vector<std::string> DeletionMistakes(const Evidence& evidence) {
  std::vector<std::string> mistakes;
  bool any_confirmed = evidence.deletion_orders.empty();
  for (const Line& line : evidence.deletion_orders) {
    const std::string order =
        absl::StrCat("order ", line.deletion_order().order_id(), " of ", line.vendor_id(), ": ");
    if (line.overdue() || line.deletion_order().state() == v1::DeletionOrder::STATE_CONFIRMED_LATE)
      mistakes.push_back(order + "not confirmed in time");
    if (!IsConfirmed(line)) continue;
    any_confirmed = true;
    if (const DeletionWord word = ReadWord(line); !word.problem.empty())
      mistakes.push_back(order + word.problem);
  }
  if (!any_confirmed) mistakes.emplace_back("no vendor has confirmed any");
  return mistakes;
}

}  // namespace switchboard::demo
