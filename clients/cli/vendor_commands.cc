#include "absl/strings/str_cat.h"
#include "clients/cli/commands.h"
#include "clients/cli/render.h"
#include "clients/text_table.h"
#include "hub/base/error.h"

namespace switchboard::cli {
namespace {

using Align = TextTable::Align;

absl::StatusOr<Result> SetStop(Session& session, const v1::SetStopRequest& request,
                               const std::string& subject) {
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  ASSIGN_OR_RETURN(const auto response, hub->SetStop(request));
  Result result;
  result.summary =
      request.stopped()
          ? absl::StrCat(subject, " is stopped: no permit is given; ",
                         Counted(response.voided_permits(), "open permit"), " became void")
          : absl::StrCat(subject, " goes on");
  result.json = JsonOf(response);
  return result;
}

}  // namespace

absl::StatusOr<Result> VendorList(Session& session) {
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  ASSIGN_OR_RETURN(const auto response, hub->ListVendors({}));
  TextTable table({{"vendor", Align::kLeft},
                   {"group", Align::kLeft},
                   {"contract"},
                   {"state", Align::kLeft},
                   {"live"},
                   {"placed"},
                   {"withdrawn"},
                   {"behind"},
                   {"permits"},
                   {"refused"},
                   {"outcomes"}});
  int64_t live = 0;
  int64_t connected = 0;
  int64_t stopped = 0;
  for (const auto& vendor : response.vendors()) {
    live += vendor.live_assignments();
    connected += vendor.connected() ? 1 : 0;
    stopped += vendor.stopped() ? 1 : 0;
    const char* state = vendor.stopped() ? "stopped" : vendor.connected() ? "connected" : "away";
    table.Add({vendor.vendor_id(), vendor.vendor_group(),
               absl::StrCat("v", vendor.contract_version()), state,
               WithCommas(vendor.live_assignments()), WithCommas(vendor.placed()),
               WithCommas(vendor.withdrawn()),
               WithCommas(vendor.newest_sequence() - vendor.acknowledged_sequence()),
               WithCommas(vendor.permits_given()), WithCommas(vendor.permits_refused()),
               WithCommas(vendor.outcomes())});
  }
  Result result;
  result.text = table.Render();
  result.summary =
      absl::StrCat(Counted(response.vendors_size(), "vendor"), ", ", connected, " connected, ",
                   stopped, " stopped, ", Counted(live, "live assignment"));
  result.json = JsonOf(response);
  return result;
}

absl::StatusOr<Result> StopVendor(Session& session, const std::string& vendor_id, bool stopped) {
  v1::SetStopRequest request;
  request.set_vendor_id(vendor_id);
  request.set_stopped(stopped);
  return SetStop(session, request, "vendor " + vendor_id);
}

absl::StatusOr<Result> StopWorkType(Session& session, v1::WorkType work_type, bool stopped) {
  v1::SetStopRequest request;
  request.set_work_type(work_type);
  request.set_stopped(stopped);
  return SetStop(session, request,
                 "work type " + WithoutPrefix(v1::WorkType_Name(work_type), "WORK_TYPE_"));
}

}  // namespace switchboard::cli
