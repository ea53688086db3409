#include "absl/strings/str_cat.h"
#include "clients/cli/commands.h"
#include "clients/cli/day_text.h"
#include "clients/cli/render.h"
#include "clients/text_table.h"
#include "hub/base/error.h"

namespace switchboard::cli {
namespace {

using Align = TextTable::Align;
using Vendor = v1::ListVendorsResponse::Vendor;

absl::StatusOr<Result> SetStop(Session& session, const v1::SetStopRequest& request,
                               const std::string& subject) {
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  ASSIGN_OR_RETURN(const auto response, hub->Ask<v1::SetStopResponse>(request));
  Result result;
  result.summary =
      request.stopped()
          ? absl::StrCat(subject, " is stopped: no permit is given; ",
                         Counted(response.voided_permits(), "open permit"), " became void")
          : absl::StrCat(subject, " goes on");
  if (request.stopped() && request.has_vendor_id()) {
    result.summary += request.keep_work() ? "; it keeps its work"
                                          : "; its work is placed elsewhere as far as others may";
  }
  if (request.has_end_time())
    result.summary += "; it goes on by itself at " + UtcText(request.end_time()) + " UTC";
  result.json = JsonOf(response);
  return result;
}

absl::Status SetEnd(const std::string& until, v1::SetStopRequest& request) {
  if (until.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(*request.mutable_end_time(), MomentOf("--until", until));
  return absl::OkStatus();
}

// "stopped", "stopped until 2026-11-30 09:00:00", "connected", "away".
std::string StateText(const Vendor& vendor) {
  if (!vendor.stopped()) return vendor.connected() ? "connected" : "away";
  if (!vendor.has_stop_end_time()) return "stopped";
  return "stopped until " + UtcText(vendor.stop_end_time());
}

// "v3", "v3 until 2027-04-01", "v3 not in force".
std::string ContractText(const Vendor& vendor) {
  std::string text = absl::StrCat("v", vendor.contract_version());
  if (!vendor.in_force()) return text + " not in force";
  if (vendor.has_effective_to()) text += " until " + DayText(vendor.effective_to());
  return text;
}

}  // namespace

absl::StatusOr<Result> VendorList(Session& session) {
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  ASSIGN_OR_RETURN(const auto response,
                   hub->Ask<v1::ListVendorsResponse>(v1::ListVendorsRequest()));
  TextTable table({{"vendor", Align::kLeft},
                   {"group", Align::kLeft},
                   {"contract", Align::kLeft},
                   {"state (UTC)", Align::kLeft},
                   {"live"},
                   {"placed"},
                   {"withdrawn"},
                   {"behind"},
                   {"permits"},
                   {"refused"},
                   {"outcomes"},
                   {"client", Align::kLeft, 40}});
  int64_t live = 0;
  int64_t connected = 0;
  int64_t stopped = 0;
  for (const Vendor& vendor : response.vendors()) {
    live += vendor.live_assignments();
    connected += vendor.connected() ? 1 : 0;
    stopped += vendor.stopped() ? 1 : 0;
    table.Add({vendor.vendor_id(), vendor.vendor_group(), ContractText(vendor), StateText(vendor),
               WithCommas(vendor.live_assignments()), WithCommas(vendor.placed()),
               WithCommas(vendor.withdrawn()),
               WithCommas(vendor.newest_sequence() - vendor.acknowledged_sequence()),
               WithCommas(vendor.permits_given()), WithCommas(vendor.permits_refused()),
               WithCommas(vendor.outcomes()), vendor.adapter()});
  }
  Result result;
  result.text = table.Render();
  result.summary =
      absl::StrCat(Counted(response.vendors_size(), "vendor"), ", ", connected, " connected, ",
                   stopped, " stopped, ", Counted(live, "live assignment"));
  result.json = JsonOf(response);
  return result;
}

absl::StatusOr<Result> VendorStop(Session& session, const VendorStopArguments& arguments) {
  v1::SetStopRequest request;
  request.set_vendor_id(arguments.vendor_id);
  request.set_stopped(true);
  request.set_keep_work(arguments.keep_work);
  RETURN_IF_ERROR(SetEnd(arguments.until, request));
  return SetStop(session, request, "vendor " + arguments.vendor_id);
}

absl::StatusOr<Result> VendorResume(Session& session, const std::string& vendor_id) {
  v1::SetStopRequest request;
  request.set_vendor_id(vendor_id);
  return SetStop(session, request, "vendor " + vendor_id);
}

absl::StatusOr<Result> WorkTypeStop(Session& session, v1::WorkType work_type,
                                    const std::string& until) {
  v1::SetStopRequest request;
  request.set_work_type(work_type);
  request.set_stopped(true);
  RETURN_IF_ERROR(SetEnd(until, request));
  return SetStop(session, request, "work type " + ShortName(work_type));
}

absl::StatusOr<Result> WorkTypeResume(Session& session, v1::WorkType work_type) {
  v1::SetStopRequest request;
  request.set_work_type(work_type);
  return SetStop(session, request, "work type " + ShortName(work_type));
}

}  // namespace switchboard::cli
