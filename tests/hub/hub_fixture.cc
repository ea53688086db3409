#include "tests/hub/hub_fixture.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "adapters/codes/call_code.h"
#include "google/protobuf/util/time_util.h"
#include "hub/audit/chain.h"
#include "tests/engine.h"
#include "tests/open_pack.h"
#include "tests/put_in_force.h"
#include "tests/shared_cleaner.h"

namespace switchboard::testing {

v1::AccountRecord MakeRecord(int64_t sequence, const RecordOptions& options) {
  v1::AccountRecord record;
  record.set_sequence(sequence);
  v1::Person& person = *record.mutable_person();
  person.set_person_id(options.person_id);
  person.set_family_name("山田");
  person.set_given_name("太郎");
  person.set_family_name_reading("ヤマダ");
  person.set_given_name_reading("タロウ");
  person.mutable_birth_date()->set_year(1980);
  person.mutable_birth_date()->set_month(5);
  person.mutable_birth_date()->set_day(2);
  person.set_language(options.language);
  v1::Address& address = *person.mutable_address();
  address.set_country("JP");
  address.set_postal_code("150-0043");
  address.set_region("東京都");
  address.set_city("渋谷区");
  address.set_district("道玄坂");
  address.set_street("1-2-3 さくら荘 405");
  v1::ContactPoint& mobile = *person.add_contact_points();
  mobile.set_contact_point_id("mobile");
  mobile.set_kind(v1::CONTACT_KIND_MOBILE);
  mobile.set_phone("+819012345678");
  v1::ContactPoint& email = *person.add_contact_points();
  email.set_contact_point_id("email");
  email.set_kind(v1::CONTACT_KIND_EMAIL);
  email.set_email("taro.yamada@example.com");
  v1::ContactPoint& dead = *person.add_contact_points();
  dead.set_contact_point_id("dead");
  dead.set_kind(v1::CONTACT_KIND_HOME_PHONE);
  dead.set_phone("+81312345678");
  dead.set_state(v1::ContactPoint::STATE_BAD);
  v1::Account& account = *record.mutable_account();
  account.set_account_id(options.account_id);
  account.set_person_id(options.person_id);
  account.set_product("gold-card");
  for (v1::Money* money :
       {account.mutable_balance(), account.mutable_amount_due(), account.mutable_credit_limit()}) {
    money->set_currency_code("JPY");
    money->set_minor_units(987'654);
  }
  account.mutable_amount_due()->set_minor_units(options.amount_due);
  account.set_days_past_due(options.days_past_due);
  account.set_grade(options.grade);
  account.set_card_number("4111111111111111");
  account.set_internal_reason("score 17, watch list");
  return record;
}

std::string ContractYaml(const ContractOptions& options) {
  std::string yaml = absl::StrCat("vendor_id: ", options.vendor_id, "\n");
  if (!options.vendor_group.empty()) {
    absl::StrAppend(&yaml, "vendor_group: ", options.vendor_group, "\n");
  }
  absl::StrAppend(&yaml, "languages: ", options.languages, "\n", options.more, "work_types:\n");
  for (const char* work_type : {"EARLY_COLLECTIONS", "LATE_COLLECTIONS"}) {
    absl::StrAppend(&yaml, "  - work_type: ", work_type, "\n    acts: ", options.acts, "\n",
                    options.work_terms, "    disclose:\n",
                    "      - {data_class: REFERENCE, show: TOKEN}\n", "      - {data_class: NAME, ",
                    options.name_show, "}\n",
                    "      - {data_class: PHONE, show: PARTIAL, mask: LAST_FOUR}\n");
    for (const std::string& data_class : options.shown)
      absl::StrAppend(&yaml, "      - {data_class: ", data_class, ", show: CLEAR}\n");
  }
  absl::StrAppend(&yaml, "permits: {lifetime: 2min, dial: ", options.dial, options.permit_terms,
                  "}\n", "recalls: {pending_period: 1d, objection_extension: 2d}\n");
  return yaml;
}

std::string PlanYaml(const std::string& shares, const std::string& plan_id) {
  return absl::StrCat("plan_id: ", plan_id, "\nseed: 42\nsegments:\n",
                      "  - name: early\n    work_type: EARLY_COLLECTIONS\n",
                      "    when: {days_past_due: {min: 1, max: 60}}\n    shares: ", shares, "\n",
                      "  - name: late\n    work_type: LATE_COLLECTIONS\n",
                      "    when: {days_past_due: {min: 61}}\n    shares: ", shares, "\n");
}

HubOptions HubWorld::Options() {
  HubOptions options;
  options.writer.group_time_max = absl::Hours(1);  // a slow machine changes nothing
  options.rule_pack_elsewhere = kOpenPackId;
  options.cleaner = SharedCleaner();
  return options;
}

HubWorld::HubWorld(HubOptions options) : ids(clock, 11), options_(std::move(options)) {
  options_.storage = NewStorage(folder_.path());
  options_.wrapping.key_file = folder_ / "hub.key";
  options_.backup_folder = folder_ / "backups";
  Open();
}

HubWorld::HubWorld(const HubWorld& first, const std::string& hub_id, uint64_t seed)
    : ids(clock, seed), options_(first.options()) {
  options_.storage.hub_id = hub_id;
  Open();
}

HubWorld::~HubWorld() {
  executor.Clear();
  hub_.reset();
}

void HubWorld::Open() {
  auto hub = Hub::Open(options_, clock, ids, executor, metrics);
  ASSERT_OK(hub);
  hub_ = *std::move(hub);
}

void HubWorld::Settle() {
  while (executor.RunOne() || hub_->writer().RunGroup()) {
  }
}

void HubWorld::Restart() {
  Settle();
  Crash();
}

void HubWorld::RestartWith(const v1::Config::PromisePolicy& promises) {
  options_.promises = promises;
  Restart();
}

void HubWorld::RestartWith(const storage::WrappingOptions& wrapping) {
  options_.wrapping = wrapping;
  Restart();
}

void HubWorld::Crash() {
  executor.Clear();
  hub_.reset();
  executor.Clear();
  Open();
}

void HubWorld::WhileClosed(const std::function<void(const HubOptions&)>& work) {
  Settle();
  hub_.reset();
  work(options_);
  Open();
}

void HubWorld::Advance(absl::Duration by) {
  clock.Advance(by);
  // Due work comes in pages, one each second.
  for (int i = 0; i < 3; ++i) {
    hub_->Tick();
    Settle();
    clock.Advance(absl::Seconds(1));
  }
}

absl::StatusOr<v1::ReleaseTextResponse> HubWorld::PutInForce(v1::TextKind kind,
                                                             const std::string& yaml,
                                                             const std::string& file_name) {
  return Await<v1::ReleaseTextResponse>(
      [&](auto done) { testing::PutInForce(hub(), kind, yaml, file_name, std::move(done)); });
}

void HubWorld::ApplyPack(const std::string& yaml) {
  ASSERT_OK(PutInForce(v1::TEXT_KIND_RULE_PACK, yaml));
}

void HubWorld::ApplyContract(const ContractOptions& options) {
  if (!std::exchange(has_rules_, true)) ApplyPack(OpenPackYaml());
  ASSERT_OK(PutInForce(v1::TEXT_KIND_CONTRACT, ContractYaml(options)));
}

void HubWorld::ApplyPlan(const std::string& yaml) {
  ASSERT_OK(PutInForce(v1::TEXT_KIND_ROUTING_PLAN, yaml));
}

void HubWorld::SetUpVendors(const std::vector<std::string>& vendor_ids) {
  std::string shares;
  int left = 100;
  for (size_t i = 0; i < vendor_ids.size(); ++i) {
    ContractOptions contract;
    contract.vendor_id = vendor_ids[i];
    ApplyContract(contract);
    const bool last = i + 1 == vendor_ids.size();
    const int percent = last ? left : 100 / static_cast<int>(vendor_ids.size());
    left -= percent;
    absl::StrAppend(&shares, i == 0 ? "[" : ", ", "{vendor_id: ", vendor_ids[i],
                    ", percent: ", percent, "}", last ? "]" : "");
  }
  ApplyPlan(PlanYaml(shares));
}

identity::Peer Core(const std::string& name) { return {identity::Peer::Role::kCore, name}; }
identity::Peer VendorPeer(const std::string& vendor_id) {
  return {identity::Peer::Role::kVendor, vendor_id};
}
identity::Peer Operator(const std::string& name) { return {identity::Peer::Role::kOperator, name}; }

absl::StatusOr<v1::ImportAccountsResponse> HubWorld::Import(
    const std::vector<v1::AccountRecord>& records, const std::string& source, absl::Time as_of) {
  clock.Advance(absl::Milliseconds(1));
  v1::ImportAccountsRequest request;
  request.set_source(source);
  *request.mutable_as_of_time() = google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(
      absl::ToUnixMicros(as_of == absl::InfiniteFuture() ? clock.Now() : as_of));
  for (const auto& record : records) *request.add_records() = record;
  return ImportBytes(request.SerializeAsString());
}

absl::StatusOr<v1::ImportAccountsResponse> HubWorld::ImportBytes(const std::string& serialized) {
  const auto stream = hub().core_api().OpenImport(Core());
  return Await<v1::ImportAccountsResponse>([&](auto done) { stream->Take(serialized, done); });
}

absl::StatusOr<v1::PostEventsResponse> HubWorld::Post(const std::vector<v1::CoreEvent>& events) {
  v1::PostEventsRequest request;
  for (const auto& event : events) *request.add_events() = event;
  return Await<v1::PostEventsResponse>(
      [&](auto done) { hub().core_api().PostEvents(Core(), request.SerializeAsString(), done); });
}

absl::StatusOr<v1::ReportOutcomesResponse> HubWorld::Report(
    const std::string& vendor_id, const std::vector<v1::Outcome>& outcomes) {
  v1::ReportOutcomesRequest request;
  for (const auto& outcome : outcomes) *request.add_outcomes() = outcome;
  return Await<v1::ReportOutcomesResponse>([&](auto done) {
    hub().vendor_api().ReportOutcomes(VendorPeer(vendor_id), request.SerializeAsString(), done);
  });
}

namespace {

using adapters::CallCode;

v1::Channel ChannelOf(const std::string& contact_point_id) {
  return contact_point_id == "email" ? v1::CHANNEL_EMAIL : v1::CHANNEL_PHONE;
}

}  // namespace

absl::StatusOr<v1::RequestPermitResponse> HubWorld::Ask(const std::string& vendor_id,
                                                        const std::string& request_id,
                                                        const std::string& assignment_id,
                                                        const std::string& contact_point_id) {
  v1::RequestPermitRequest request;
  request.set_request_id(request_id);
  request.set_assignment_id(assignment_id);
  request.set_contact_point_id(contact_point_id);
  request.set_channel(ChannelOf(contact_point_id));
  request.set_act(v1::ACT_REMIND);
  return Await<v1::RequestPermitResponse>(
      [&](auto done) { hub().vendor_api().RequestPermit(VendorPeer(vendor_id), request, done); });
}

absl::StatusOr<v1::ReadCoreFeedResponse> HubWorld::ReadCoreFeed(int64_t after) {
  v1::ReadCoreFeedRequest request;
  request.set_after(after);
  return Await<v1::ReadCoreFeedResponse>(
      [&](auto done) { hub().core_api().ReadCoreFeed(Core(), request, done); });
}

std::vector<v1::ListPlacementsResponse::Placement> HubWorld::Placements(
    const std::string& account_id) {
  v1::ListPlacementsRequest request;
  request.set_account_id(account_id);
  auto listed = Await<v1::ListPlacementsResponse>(
      [&](auto done) { hub().operator_api().ListPlacements(Operator(), request, done); });
  EXPECT_OK(listed);
  if (!listed.ok()) return {};
  return {listed->placements().begin(), listed->placements().end()};
}

v1::ListPlacementsResponse::Placement HubWorld::Live(const std::string& account_id) {
  v1::ListPlacementsResponse::Placement live;
  int found = 0;
  for (const auto& placement : Placements()) {
    if (placement.account_id() != account_id || placement.has_withdraw_time()) continue;
    live = placement;
    ++found;
  }
  EXPECT_LE(found, 1) << "live placements of " << account_id;
  return live;
}

std::vector<v1::ListQuarantineResponse::Item> HubWorld::Quarantine() {
  auto listed = Await<v1::ListQuarantineResponse>(
      [&](auto done) { hub().operator_api().ListQuarantine(Operator(), {}, done); });
  EXPECT_OK(listed);
  if (!listed.ok()) return {};
  return {listed->items().begin(), listed->items().end()};
}

v1::ListVendorsResponse::Vendor HubWorld::Vendor(const std::string& vendor_id) {
  auto listed = Await<v1::ListVendorsResponse>(
      [&](auto done) { hub().operator_api().ListVendors(Operator(), {}, done); });
  EXPECT_OK(listed);
  if (listed.ok()) {
    for (const auto& vendor : listed->vendors()) {
      if (vendor.vendor_id() == vendor_id) return vendor;
    }
  }
  ADD_FAILURE() << "no vendor " << vendor_id;
  return {};
}

void HubWorld::AddEventsOf(const std::string& chain_id, std::vector<v1::AuditEvent>& events) {
  audit::ChainVerifier verifier;
  while (true) {
    v1::ReadAuditRequest request;
    request.set_chain_id(chain_id);
    request.set_after(verifier.entries());
    auto page = Await<v1::ReadAuditResponse>(
        [&](auto done) { hub().operator_api().ReadAudit(Operator(), request, done); });
    ASSERT_OK(page);
    if (page->entries().empty()) return;
    for (const auto& entry : page->entries()) {
      ASSERT_OK(verifier.Add(entry));
      for (const std::string& bytes : entry.events()) {
        EXPECT_TRUE(events.emplace_back().ParseFromString(bytes));
      }
    }
  }
}

std::vector<v1::AuditEvent> HubWorld::AuditEvents() {
  std::vector<v1::AuditEvent> events;
  auto first = Await<v1::ReadAuditResponse>(
      [&](auto done) { hub().operator_api().ReadAudit(Operator(), {}, done); });
  EXPECT_OK(first);
  if (!first.ok()) return events;
  for (const std::string& chain_id : first->chain_ids()) AddEventsOf(chain_id, events);
  std::stable_sort(events.begin(), events.end(), [](const auto& one, const auto& other) {
    return std::pair(one.time().seconds(), one.time().nanos()) <
           std::pair(other.time().seconds(), other.time().nanos());
  });
  return events;
}

v1::CoreEvent Payment(const std::string& event_id, const std::string& account_id) {
  v1::CoreEvent event;
  event.set_event_id(event_id);
  event.mutable_payment()->set_account_id(account_id);
  event.mutable_payment()->mutable_amount()->set_currency_code("JPY");
  event.mutable_payment()->mutable_amount()->set_minor_units(5'000);
  event.mutable_payment()->mutable_pay_time()->set_seconds(1'767'225'600);
  return event;
}

v1::CoreEvent PersonStop(const std::string& event_id, const std::string& person_id,
                         v1::StopReason reason) {
  v1::CoreEvent event;
  event.set_event_id(event_id);
  event.mutable_place_stop()->set_person_id(person_id);
  event.mutable_place_stop()->set_reason(reason);
  return event;
}

v1::CoreEvent AccountStop(const std::string& event_id, const std::string& account_id,
                          v1::StopReason reason) {
  v1::CoreEvent event;
  event.set_event_id(event_id);
  event.mutable_place_stop()->set_account_id(account_id);
  event.mutable_place_stop()->set_reason(reason);
  return event;
}

v1::CoreEvent PointStop(const std::string& event_id, const std::string& person_id,
                        const std::string& contact_point_id) {
  v1::CoreEvent event;
  event.set_event_id(event_id);
  auto& point = *event.mutable_place_stop()->mutable_contact_point();
  point.set_person_id(person_id);
  point.set_contact_point_id(contact_point_id);
  event.mutable_place_stop()->set_reason(v1::STOP_REASON_CEASE);
  return event;
}

v1::CoreEvent Lift(const std::string& event_id, const std::string& stop_id) {
  v1::CoreEvent event;
  event.set_event_id(event_id);
  event.mutable_lift_stop()->set_stop_event_id(stop_id);
  return event;
}

v1::CoreEvent Closure(const std::string& event_id, const std::string& account_id) {
  v1::CoreEvent event;
  event.set_event_id(event_id);
  event.mutable_closure()->set_account_id(account_id);
  return event;
}

v1::Outcome MakeOutcome(const std::string& outcome_id, const std::string& assignment_id,
                        CallCode code, int32_t version) {
  v1::Outcome outcome;
  outcome.set_outcome_id(outcome_id);
  outcome.set_version(version);
  outcome.set_assignment_id(assignment_id);
  *outcome.mutable_result() = ResultOf(code);
  outcome.mutable_start_time()->set_seconds(1'767'225'600);
  outcome.mutable_end_time()->set_seconds(1'767'225'630);
  return outcome;
}

}  // namespace switchboard::testing
