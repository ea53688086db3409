#include "tests/crash_campaign/core_load.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "hub/base/error.h"
#include "tests/crash_campaign/quick_channel.h"
#include "tests/simulation/scenery.h"

namespace switchboard::crash {
namespace {

using google::protobuf::util::TimeUtil;
using simulation::Dice;

// Large enough that most accounts come once or twice in a round: a row that a vendor lost would be
// healed by the next import of its account.
constexpr int kPersons = 1'500;
constexpr int kAccounts = 3'000;
constexpr size_t kFirstPart = 2'500;  // several batches under way
constexpr size_t kRecordsPerBatch = 1'000;
constexpr size_t kEventsPerCall = 500;
const char* const kSources[] = {"night-file", "day-feed"};  // even and odd accounts

absl::StatusOr<std::unique_ptr<clients::CoreClient>> Client(const std::string& hub_address,
                                                            const std::string& tls, Clock& clock,
                                                            IdMint& ids) {
  ASSIGN_OR_RETURN(const auto channel, QuickChannel(hub_address, tls, clock));
  clients::CoreClientOptions options;
  options.hub_addresses = {hub_address};
  options.make_channel = [channel](const std::string&) { return channel; };
  options.backoff = {absl::Milliseconds(10), absl::Milliseconds(50), 2.0};
  options.attempts_max = 1'000'000;  // while hubs die as fast as they come, a large import waits
  return clients::CoreClient::Create(std::move(options), clock, ids);
}

}  // namespace

absl::StatusOr<std::unique_ptr<CoreLoad>> CoreLoad::Start(const std::string& hub_address,
                                                          const std::string& tls, uint64_t seed,
                                                          CoreRecord& record, Clock& clock) {
  auto ids = std::make_unique<IdMint>(clock);
  ASSIGN_OR_RETURN(auto client, Client(hub_address, tls, clock, *ids));
  ASSIGN_OR_RETURN(auto reader, Client(hub_address, tls, clock, *ids));
  std::unique_ptr<CoreLoad> load(
      new CoreLoad(std::move(client), std::move(reader), std::move(ids), seed, record, clock));
  load->importer_ = std::thread([self = load.get()] { self->ImportForEver(); });
  load->poster_ = std::thread([self = load.get()] { self->PostForEver(); });
  load->outcome_reader_ = std::thread([self = load.get()] { self->ReadForEver(); });
  return load;
}

CoreLoad::CoreLoad(std::unique_ptr<clients::CoreClient> client,
                   std::unique_ptr<clients::CoreClient> reader, std::unique_ptr<IdMint> ids,
                   uint64_t seed, CoreRecord& record, Clock& clock)
    : ids_(std::move(ids)),
      client_(std::move(client)),
      reader_(std::move(reader)),
      seed_(seed),
      record_(record),
      clock_(clock),
      newest_(std::size(kSources), 0) {}

// Where a round failed there may be no hub to answer.
CoreLoad::~CoreLoad() {
  client_->Cancel();
  Finish();
}

void CoreLoad::Finish() {
  {
    MutexLock lock(mutex_);
    ends_ = true;
  }
  ending_.NotifyAll();
  if (importer_.joinable()) importer_.join();
  if (poster_.joinable()) poster_.join();
  reader_->Cancel();
  if (outcome_reader_.joinable()) outcome_reader_.join();
}

bool CoreLoad::Pause(int milliseconds) {
  MutexLock lock(mutex_);
  return ending_.WaitFor(mutex_, absl::Milliseconds(milliseconds),
                         [this]() SWITCHBOARD_REQUIRES(mutex_) { return ends_; });
}

void CoreLoad::Note(const absl::Status& status, const char* what) {
  if (status.ok() || absl::IsCancelled(status)) return;
  record_.Complain(absl::StrCat(what, " heard ", status.ToString()));
}

// --- Accounts

FilePart CoreLoad::DrawPart(Dice& dice, size_t count) {
  const int source = dice.Below(std::size(kSources));
  std::vector<v1::AccountRecord> records;
  for (size_t i = 0; i < count; ++i) {
    const int account = 2 * dice.Below(kAccounts / 2) + source;
    newest_[source] += 1 + dice.Below(3);
    records.push_back(simulation::DrawRecord(dice, account, account % kPersons, newest_[source]));
  }
  return record_.Append(kSources[source], std::move(records));
}

absl::Status CoreLoad::Import(const FilePart& part, bool again) {
  record_.ImportBegins(part);
  size_t next = 0;
  const auto read = [&](v1::AccountRecord& record) -> absl::StatusOr<bool> {
    if (next == part.count) return false;
    record = record_.At(part.source, part.from + next++);
    return true;
  };
  size_t answered = 0;  // a full batch has its answer once, in order
  const auto take = [&](const v1::ImportAccountsResponse& response) {
    const size_t count = std::min(kRecordsPerBatch, part.count - answered);
    record_.Answered({part.source, part.from + answered, count}, response, again);
    answered += count;
  };
  // Each record says itself as of when it is true.
  const absl::Status status =
      client_->ImportAccounts(part.source, clock_.Now(), read, take).status();
  if (status.ok() && answered != part.count)
    record_.Complain(absl::StrCat("source ", part.source, ": an answer is missing"));
  return status;
}

void CoreLoad::ImportForEver() {
  Dice dice(seed_ * 4 + 1);
  absl::Status status;
  size_t count = kFirstPart;
  do {
    if (!parts_.empty() && dice.Chance(0.15)) {
      const FilePart part = dice.Pick(parts_);
      status = Import(part, /*again=*/true);
    } else {
      const FilePart part = DrawPart(dice, count);
      status = Import(part, /*again=*/false);
      // Whole batches, so that a part sent again is cut where it was cut before.
      parts_.push_back(part);
    }
    count = static_cast<size_t>(1 + dice.Below(20));
    if (!status.ok() || !dice.Chance(0.2)) continue;
    const char* source = kSources[dice.Below(std::size(kSources))];
    const auto through = client_->ImportedThrough(source);
    status = through.status();
    if (through.ok()) record_.AnsweredThrough(source, *through);
  } while (status.ok() && !Pause(dice.Below(30)));
  Note(status, "an import");
}

// --- Events

void CoreLoad::DrawStop(Dice& dice, v1::CoreEvent& event) {
  const std::vector<v1::StopReason> reasons = {v1::STOP_REASON_ATTORNEY, v1::STOP_REASON_DISPUTE,
                                               v1::STOP_REASON_DEATH};
  auto* stop = event.mutable_place_stop();
  stop->set_reason(dice.Pick(reasons));
  switch (dice.Below(3)) {
    case 0:
      stop->set_person_id(simulation::PersonId(dice.Below(kPersons)));
      break;
    case 1:
      stop->set_account_id(simulation::AccountId(dice.Below(kAccounts)));
      break;
    default:
      stop->mutable_contact_point()->set_person_id(simulation::PersonId(dice.Below(kPersons)));
      stop->mutable_contact_point()->set_contact_point_id(dice.Chance(0.5) ? "mobile-1" : "mail-1");
  }
  stop_ids_.push_back(event.event_id());
}

v1::CoreEvent CoreLoad::DrawEvent(Dice& dice) {
  v1::CoreEvent event;
  event.set_event_id(absl::StrCat("event-", record_.events() + 1));
  const int kind = dice.Below(20);
  if (kind < 10) {
    auto* payment = event.mutable_payment();
    payment->set_account_id(simulation::AccountId(dice.Below(kAccounts + 1)));
    payment->mutable_amount()->set_currency_code("JPY");
    payment->mutable_amount()->set_minor_units(dice.Chance(0.05) ? -1 : 1'000);
    payment->mutable_pay_time()->set_seconds(1767225600);
  } else if (kind < 14 || stop_ids_.empty()) {
    DrawStop(dice, event);
  } else if (kind < 19) {
    const int lifted = dice.Below(static_cast<int64_t>(stop_ids_.size()));
    event.mutable_lift_stop()->set_stop_event_id(stop_ids_[lifted]);
    stop_ids_.erase(stop_ids_.begin() + lifted);
  } else {
    event.mutable_closure()->set_account_id(simulation::AccountId(dice.Below(kAccounts)));
  }
  return event;
}

absl::Status CoreLoad::Post(const std::vector<size_t>& numbers, bool again) {
  v1::PostEventsRequest request;
  for (const size_t number : numbers) *request.add_events() = record_.Event(number);
  record_.PostBegins(numbers);
  ASSIGN_OR_RETURN(const v1::PostEventsResponse response, client_->PostEvents(request));
  record_.Posted(numbers, response, again);
  return absl::OkStatus();
}

void CoreLoad::PostForEver() {
  Dice dice(seed_ * 4 + 2);
  absl::Status status;
  do {
    std::vector<size_t> numbers;
    const size_t events = record_.events();
    const bool again = events > 0 && dice.Chance(0.15);
    for (int count = 1 + dice.Below(5); count > 0; --count) {
      numbers.push_back(again ? dice.Below(static_cast<int64_t>(events))
                              : record_.Append(DrawEvent(dice)));
    }
    status = Post(numbers, again);
  } while (status.ok() && !Pause(dice.Below(80)));
  Note(status, "a post");
}

// --- Outcomes

void CoreLoad::ReadForEver() {
  clients::CoreFeedReaderOptions options;
  options.max_items = 50;
  options.max_wait = absl::Seconds(1);
  clients::CoreFeedReader reader(*reader_, options);
  Note(reader.Run(record_.kept_through(),
                  [this](const v1::ReadCoreFeedResponse& response) {
                    record_.Kept(response);
                    return absl::OkStatus();
                  }),
       "a read of outcomes");
}

absl::StatusOr<CoreLoad::Afterwards> CoreLoad::CountAgain() {
  clients::CoreFeedReaderOptions options;
  options.max_items = 1'000;
  options.stop_when_caught_up = true;
  clients::CoreFeedReader reader(*client_, options);
  RETURN_IF_ERROR(reader.Run(record_.kept_through(), [this](const auto& response) {
    record_.Kept(response);
    return absl::OkStatus();
  }));
  Afterwards there;
  record_.BeginLastCount();
  for (const char* source : kSources) {
    ASSIGN_OR_RETURN(there.through[source], client_->ImportedThrough(source));
    RETURN_IF_ERROR(Import(record_.Whole(source), /*again=*/true));
  }
  std::vector<size_t> numbers;
  for (size_t number = 0; number < record_.events(); ++number) {
    numbers.push_back(number);
    if (numbers.size() < kEventsPerCall && number + 1 < record_.events()) continue;
    RETURN_IF_ERROR(Post(numbers, /*again=*/true));
    numbers.clear();
  }
  RETURN_IF_ERROR(reader.Run(0, [&](const auto& response) {
    there.outcomes.insert(there.outcomes.end(), response.items().begin(), response.items().end());
    return absl::OkStatus();
  }));
  return there;
}

}  // namespace switchboard::crash
