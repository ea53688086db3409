#include "absl/strings/str_cat.h"
#include "clients/cli/commands.h"
#include "clients/cli/render.h"
#include "clients/text_table.h"
#include "hub/base/error.h"

namespace switchboard::cli {
namespace {

using Align = TextTable::Align;

// Disclosures name up to a whole page of assignments each.
constexpr int kDisclosuresPage = 100;

// Rows as they come in: for the table and for --json.
class Listing {
 public:
  Listing(Session& session, const ListArguments& arguments, std::string_view noun)
      : session_(session), limit_(arguments.limit), noun_(noun) {}

  bool Full() const { return limit_ > 0 && count_ >= limit_; }

  void Add(const google::protobuf::Message& row) {
    absl::StrAppend(&json_, count_ == 0 ? "" : ",", JsonOf(row));
    ++count_;
    session_.progress.Update(Counted(count_, noun_) + " read");
  }

  Result Finish(const TextTable& table) const {
    Result result;
    result.text = table.Render();
    result.summary = Counted(count_, noun_) + (Full() ? "; there may be more: --limit" : "");
    result.json = "[" + json_ + "]";
    return result;
  }

 private:
  Session& session_;
  const int64_t limit_;
  const std::string noun_;
  int64_t count_ = 0;
  std::string json_;
};

std::string StateOf(const v1::ListPlacementsResponse::Placement& placement) {
  if (placement.has_withdraw_time()) {
    return absl::StrCat("withdrawn ", UtcText(placement.withdraw_time()), " ",
                        WithoutPrefix(placement.withdraw_reason(), "REASON_"));
  }
  if (!placement.has_pending_recall()) return "live";
  return absl::StrCat("recall final ", UtcText(placement.pending_recall().final_time()),
                      placement.pending_recall().objected() ? " (objected)" : "");
}

}  // namespace

absl::StatusOr<Result> Placements(Session& session, const ListArguments& arguments) {
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  TextTable table({{"assignment", Align::kLeft},
                   {"vendor", Align::kLeft},
                   {"account", Align::kLeft},
                   {"work type", Align::kLeft},
                   {"no."},
                   {"placed (UTC)"},
                   {"state (UTC)", Align::kLeft},
                   {"why", Align::kLeft, 60}});
  Listing listing(session, arguments, "placement");
  v1::ListPlacementsRequest request;
  request.set_account_id(arguments.id);
  v1::ListPlacementsResponse page;
  do {
    ASSIGN_OR_RETURN(page, hub->ListPlacements(request));
    for (const auto& placement : page.placements()) {
      if (listing.Full()) break;
      request.set_after(placement.assignment_id());
      listing.Add(placement);
      table.Add({placement.assignment_id(), placement.vendor_id(), placement.account_id(),
                 WithoutPrefix(v1::WorkType_Name(placement.work_type()), "WORK_TYPE_"),
                 std::to_string(placement.placement_number()), UtcText(placement.place_time()),
                 StateOf(placement), placement.why()});
    }
  } while (page.placements_size() > 0 && !listing.Full());
  return listing.Finish(table);
}

absl::StatusOr<Result> Disclosures(Session& session, const ListArguments& arguments) {
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  TextTable table(
      {{"time (UTC)", Align::kLeft}, {"vendor", Align::kLeft}, {"contract"}, {"assignments"}});
  Listing listing(session, arguments, "disclosure");
  v1::ListDisclosuresRequest request;
  request.set_assignment_id(arguments.id);
  request.set_max_disclosures(kDisclosuresPage);
  while (!listing.Full()) {
    ASSIGN_OR_RETURN(const auto page, hub->ListDisclosures(request));
    for (const auto& disclosure : page.disclosures()) {
      if (listing.Full()) break;
      listing.Add(disclosure);
      table.Add({UtcText(disclosure.time()), disclosure.vendor_id(),
                 absl::StrCat("v", disclosure.contract_version()),
                 WithCommas(disclosure.assignment_ids_size())});
    }
    // A page may hold nothing of what was asked for and still not be the last.
    if (page.next() == request.after()) break;
    request.set_after(page.next());
    session.progress.Update(absl::StrCat("disclosures read up to number ", page.next()));
  }
  return listing.Finish(table);
}

absl::StatusOr<Result> QuarantineList(Session& session, const ListArguments& arguments) {
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  TextTable table({{"time (UTC)", Align::kLeft},
                   {"sent by", Align::kLeft},
                   {"kind", Align::kLeft},
                   {"status", Align::kLeft},
                   {"field", Align::kLeft},
                   {"id", Align::kLeft}});
  Listing listing(session, arguments, "item");
  v1::ListQuarantineRequest request;
  v1::ListQuarantineResponse page;
  do {
    ASSIGN_OR_RETURN(page, hub->ListQuarantine(request));
    for (const auto& item : page.items()) {
      if (listing.Full()) break;
      request.set_after(item.quarantine_id());
      listing.Add(item);
      table.Add({UtcText(item.time()), item.actor(), item.kind(),
                 WithoutPrefix(item.status(), "STATUS_"), item.field(), item.quarantine_id()});
    }
  } while (page.items_size() > 0 && !listing.Full());
  Result result = listing.Finish(table);
  result.summary += " in quarantine";
  return result;
}

}  // namespace switchboard::cli
