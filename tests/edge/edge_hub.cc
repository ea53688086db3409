#include "tests/edge/edge_hub.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "google/protobuf/util/time_util.h"
#include "switchboard/v1/operator_service.pb.h"
#include "switchboard/v1/wire.pb.h"
#include "tests/engine.h"
#include "tests/open_pack.h"
#include "tests/shared_cleaner.h"

namespace switchboard::edge_test {
namespace {

constexpr char kContract[] = R"(vendor_id: sakura
languages: [ja]
work_types:
  - work_type: EARLY_COLLECTIONS
    acts: [REMIND]
    disclose:
      - {data_class: NAME, show: CLEAR}
      - {data_class: LANGUAGE, show: CLEAR}
      - {data_class: AMOUNT, show: CLEAR}
permits: {lifetime: 2min, dial: NUMBER}
)";

constexpr char kPlan[] = R"(plan_id: all-to-sakura
seed: 1
segments:
  - name: all
    work_type: EARLY_COLLECTIONS
    shares:
      - {vendor_id: sakura, percent: 100}
)";

}  // namespace

EdgeHub::EdgeHub(absl::Duration unread_end_max) {
  gpr_set_log_verbosity(kSilence);  // every refusal here is meant
  issuer_.Write(folder_ / "hub", issuer_.Server());
  for (const std::string peer : {kCore, kVendor, kNoContract, kOperator, kSecondOperator}) {
    std::string path = peer;
    path.replace(path.find('-'), 1, "/");
    issuer_.Write(Folder(peer),
                  issuer_.Client(absl::StrCat("spiffe://", identity::kDomain, "/", path)));
  }
  log_ = telemetry::Log::ToSink(clock_, [](std::string_view) {}, {});
  identity::TlsDirectoryOptions tls_options;
  tls_options.directory = folder_ / "hub";
  tls_options.poll_interval = absl::Hours(1);  // tests call Refresh
  tls_ = *identity::TlsDirectory::Open(tls_options, clock_);
  executor_ = std::make_unique<ThreadPool>(2);
  HubOptions options;
  options.rule_pack_elsewhere = testing::kOpenPackId;
  options.cleaner = testing::SharedCleaner();
  options.storage = testing::NewStorage(folder_.path());
  options.wrapping.key_file = folder_ / "hub.key";
  hub_ = *Hub::Open(options, clock_, ids_, *executor_, metrics_);
  hub_->Start();
  edge::ServerOptions server_options;
  server_options.guard.accept.address = "127.0.0.1:0";
  server_options.guard.accept.descriptors_max = 1 << 20;
  server_options.guard.door.per_address.per_second = 0;
  server_options.guard.trust_domain = identity::kDomain;
  server_options.unread_end_max = unread_end_max;
  server_ = *edge::Server::Start(server_options, *hub_, *tls_, clock_, metrics_, *log_);
  PutInForce(v1::TEXT_KIND_CONTRACT, kContract);
  PutInForce(v1::TEXT_KIND_RULE_PACK, testing::OpenPackYaml());
  PutInForce(v1::TEXT_KIND_ROUTING_PLAN, kPlan);
}

EdgeHub::~EdgeHub() {
  server_->Shutdown(absl::ZeroDuration());
  hub_->writer().Stop();
  executor_->Stop();
  hub_.reset();
}

void EdgeHub::PutInForce(v1::TextKind kind, const std::string& yaml) const {
  v1::ProposeTextRequest propose;
  propose.set_kind(kind);
  propose.set_yaml(yaml);
  ASSERT_OK_AND_ASSIGN(
      const auto proposed,
      AskFor<v1::ProposeTextResponse>(Connect(kOperator),
                                      "/switchboard.v1.OperatorService/ProposeText", propose));
  v1::ReleaseTextRequest release;
  release.set_proposal_id(proposed.proposal().proposal_id());
  release.set_digest(proposed.proposal().digest());
  ASSERT_OK(AskFor<v1::ReleaseTextResponse>(
      Connect(kSecondOperator), "/switchboard.v1.OperatorService/ReleaseText", release));
}

std::shared_ptr<grpc::Channel> EdgeHub::Connect(const std::string& peer) const {
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = testing::ReadFile(Folder(peer) + "/ca.crt");
  options.pem_cert_chain = testing::ReadFile(Folder(peer) + "/tls.crt");
  options.pem_private_key = testing::ReadFile(Folder(peer) + "/tls.key");
  return Connect(grpc::SslCredentials(options));
}

std::shared_ptr<grpc::Channel> EdgeHub::Connect(
    const std::shared_ptr<grpc::ChannelCredentials>& credentials) const {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // a connection of its own
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  return grpc::CreateCustomChannel(address(), credentials, arguments);
}

double EdgeHub::Metric(const std::string& line) const {
  for (absl::string_view text : absl::StrSplit(metrics_.Text(), '\n')) {
    double value = 0;
    if (absl::ConsumePrefix(&text, line + " ") && absl::SimpleAtod(text, &value)) return value;
  }
  return 0;
}

bool EdgeHub::MetricReaches(const std::string& line, double value) const {
  return Eventually([&] { return Metric(line) >= value; });
}

std::vector<std::string> EdgeHub::Quarantine() const {
  std::vector<std::string> items;
  const auto listed = AskFor<v1::ListQuarantineResponse>(
      Connect(kOperator), "/switchboard.v1.OperatorService/ListQuarantine",
      v1::ListQuarantineRequest());
  EXPECT_OK(listed);
  if (!listed.ok()) return items;
  for (const auto& item : listed->items()) {
    items.push_back(
        absl::StrCat(item.actor(), " ", item.kind(), " ", item.status(), " ", item.field()));
  }
  return items;
}

void EdgeHub::Import(int64_t first, int64_t count) const {
  RawCall call(Connect(kCore), "/switchboard.v1.CoreService/ImportAccounts");
  for (int64_t begin = first; begin < first + count; begin += 1000) {
    std::vector<std::string> records;
    for (int64_t i = begin; i < std::min(begin + 1000, first + count); ++i) {
      records.push_back(Record(i).SerializeAsString());
    }
    ASSERT_TRUE(call.Write(BatchOf("nightly", records)));
    const auto answer = call.ReadAs<v1::ImportAccountsResponse>();
    ASSERT_TRUE(answer.has_value()) << call.Finish();
    ASSERT_EQ(answer->accepted(), static_cast<int>(records.size())) << answer->ShortDebugString();
    ASSERT_EQ(answer->receipts_size(), 0) << answer->receipts(0).ShortDebugString();
  }
  call.HalfClose();
  ASSERT_OK(call.Finish());
}

v1::AccountRecord Record(int64_t sequence) {
  v1::AccountRecord record;
  record.set_sequence(sequence);
  const std::string number = std::to_string(sequence);
  auto& person = *record.mutable_person();
  person.set_person_id("P-" + number);
  person.set_family_name("佐藤");
  person.set_given_name("花子");
  person.set_language("ja");
  person.mutable_birth_date()->set_year(1980);
  person.mutable_birth_date()->set_month(5);
  person.mutable_birth_date()->set_day(2);
  auto& mobile = *person.add_contact_points();
  mobile.set_contact_point_id("mobile-1");
  mobile.set_kind(v1::CONTACT_KIND_MOBILE);
  mobile.set_phone("+8190" + std::to_string(10000000 + sequence));
  auto& account = *record.mutable_account();
  account.set_account_id("A-" + number);
  account.set_person_id(person.person_id());
  account.set_product("gold-card");
  for (auto* money :
       {account.mutable_balance(), account.mutable_amount_due(), account.mutable_credit_limit()}) {
    money->set_currency_code("JPY");
    money->set_minor_units(10'000);
  }
  account.set_days_past_due(12);
  return record;
}

std::string BatchOf(const std::string& source, const std::vector<std::string>& records) {
  v1::ImportAccountsBytes batch;
  batch.set_source(source);
  *batch.mutable_as_of_time() = google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(
      absl::ToUnixMicros(SystemClock().Now()));
  for (const std::string& record : records) batch.add_records(record);
  return batch.SerializeAsString();
}

std::string ItemsOf(const std::vector<std::string>& items) {
  v1::ItemBytes request;
  for (const std::string& item : items) request.add_items(item);
  return request.SerializeAsString();
}

}  // namespace switchboard::edge_test
