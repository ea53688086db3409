#include "tests/attacks/bystanders.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "hub/base/error.h"
#include "tests/simulation/scenery.h"

namespace switchboard::attacks {
namespace {

constexpr int kAccounts = 60;
constexpr absl::Duration kInterval = absl::Milliseconds(50);
constexpr absl::Duration kPatience = absl::Minutes(2);

absl::Duration At(std::vector<absl::Duration> all, double share) {
  if (all.empty()) return absl::ZeroDuration();
  std::sort(all.begin(), all.end());
  return all[std::min(all.size() - 1,
                      static_cast<size_t>(share * static_cast<double>(all.size())))];
}

std::string Line(const char* what, const std::vector<absl::Duration>& all) {
  return absl::StrCat(what, " ", all.size(), ", p50 ", absl::FormatDuration(At(all, 0.5)), ", p99 ",
                      absl::FormatDuration(At(all, 0.99)));
}

}  // namespace

std::string Bystanders::Met::Describe() const {
  return absl::StrCat(Line("stops", stops), "; ", Line("permits", permits), "; refused ",
                      refused.size());
}

absl::StatusOr<std::unique_ptr<Bystanders>> Bystanders::Start(const Options& options,
                                                              Clock& clock) {
  std::unique_ptr<Bystanders> made(new Bystanders(clock));
  RETURN_IF_ERROR(made->Connect(options));
  RETURN_IF_ERROR(made->Prepare());
  made->poster_ = std::thread([self = made.get()] { self->PostForEver(); });
  made->asker_ = std::thread([self = made.get()] { self->AskForEver(); });
  return made;
}

absl::Status Bystanders::Connect(const Options& options) {
  clients::CoreClientOptions core;
  core.hub_addresses = {options.hub_address};
  core.tls_directory = options.core_tls;
  core.attempts_max = 1;
  ASSIGN_OR_RETURN(core_, clients::CoreClient::Create(std::move(core), clock_, ids_));
  adapters::SyncClientOptions vendor;
  vendor.hub_addresses = {options.hub_address};
  vendor.tls_directory = options.vendor_tls;
  vendor.mirror_path = options.vendor_folder + "/bystander.db";
  ASSIGN_OR_RETURN(vendor_, adapters::SyncClient::Create(std::move(vendor), clock_, ids_));
  return absl::OkStatus();
}

absl::Status Bystanders::Prepare() {
  simulation::AccountFacts overdue;  // early collections, of which every vendor has a share
  overdue.days_past_due = 20;
  int next = 0;
  RETURN_IF_ERROR(core_
                      ->ImportAccounts("night-file", clock_.Now(),
                                       [&](v1::AccountRecord& record) -> absl::StatusOr<bool> {
                                         if (next == kAccounts) return false;
                                         record = simulation::MakeRecord(next, next, overdue,
                                                                         simulation::PersonFacts());
                                         record.set_sequence(++next);
                                         return true;
                                       })
                      .status());
  vendor_->Start();
  RETURN_IF_ERROR(vendor_->WaitUntilCaughtUp(kPatience));
  ASSIGN_OR_RETURN(const auto rows, vendor_->NextWorkable("", kAccounts));
  for (const v1::Assignment& row : rows) assignments_.push_back(row.assignment_id());
  if (assignments_.empty()) return absl::InternalError("the vendor has no assignment");
  return absl::OkStatus();
}

Bystanders::~Bystanders() {
  {
    MutexLock lock(mutex_);
    ends_ = true;
  }
  ending_.NotifyAll();
  if (poster_.joinable()) poster_.join();
  if (asker_.joinable()) asker_.join();
}

bool Bystanders::Pause() {
  MutexLock lock(mutex_);
  return !ending_.WaitFor(mutex_, kInterval,
                          [this]() SWITCHBOARD_REQUIRES(mutex_) { return ends_; });
}

void Bystanders::Note(const char* call, const absl::Status& status, absl::Time begun,
                      std::vector<absl::Duration> Met::*took) {
  const absl::Duration so_long = steady_.Now() - begun;
  MutexLock lock(mutex_);
  (met_.*took).push_back(so_long);
  if (status.ok()) {
    ++met_.answered;
  } else {
    met_.refused.push_back(absl::StrCat(call, ": ", status.ToString()));
  }
}

void Bystanders::PostForEver() {
  for (int64_t number = 1; Pause(); ++number) {
    v1::PostEventsRequest request;
    v1::CoreEvent& event = *request.add_events();
    event.set_event_id(absl::StrCat("bystander-", number));
    event.mutable_place_stop()->set_person_id(absl::StrCat("somebody-", number));
    event.mutable_place_stop()->set_reason(v1::STOP_REASON_CEASE);
    const absl::Time begun = steady_.Now();
    Note("PostEvents", core_->PostEvents(request).status(), begun, &Met::stops);
  }
}

namespace {

v1::RequestPermitRequest CallTo(const std::string& assignment_id) {
  v1::RequestPermitRequest request;
  request.set_assignment_id(assignment_id);
  request.set_contact_point_id("mobile-1");
  request.set_channel(v1::CHANNEL_PHONE);
  request.set_act(v1::ACT_REMIND);
  return request;
}

}  // namespace

void Bystanders::AskForEver() {
  for (size_t number = 0; Pause(); ++number) {
    const absl::Time begun = steady_.Now();
    Note("RequestPermit",
         vendor_->RequestPermit(CallTo(assignments_[number % assignments_.size()])).status(), begun,
         &Met::permits);
  }
}

Bystanders::Met Bystanders::TakeMet() {
  MutexLock lock(mutex_);
  return std::exchange(met_, Met());
}

}  // namespace switchboard::attacks
