// The real daemon, given people whose every value is known, and killed in between: none of it
// stands in the clear in anything that it keeps, logs, shows or leaves lying around.

#include <stdlib.h>
#include <chrono>

#include <algorithm>
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include <grpcpp/grpcpp.h>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "adapters/client/sync_client.h"
#include "adapters/codes/call_code.h"
#include "clients/core/core_client.h"
#include "clients/demo/parties/child_status.h"
#include "google/protobuf/util/time_util.h"
#include "hub/base/clock.h"
#include "hub/base/ids.h"
#include "hub/storage/sqlite.h"
#include "switchboard/v1/operator_service.grpc.pb.h"
#include "switchboard/v1/privacy_service.grpc.pb.h"
#include "tests/crash_campaign/quick_channel.h"
#include "tests/crash_campaign/stage.h"
#include "tests/crash_campaign/value_scan.h"
#include "tests/crash_campaign/vendor_client.h"
#include "tests/servers/child_process.h"
#include "tests/servers/web_page.h"
#include "tests/simulation/scenery.h"
#include "tests/testing.h"

namespace switchboard::crash {
namespace {

using google::protobuf::util::TimeUtil;
using testing::ReadFile;
using testing::TemporaryFolder;
using testing::WriteFile;

constexpr int kPeople = 60;
constexpr int kRefused = 4;  // people more, whose records are
constexpr int kRowsWorked = 12;
constexpr absl::Duration kPatience = absl::Minutes(2);

// A person whose values occur nowhere else in the world.
v1::AccountRecord MarkedRecord(int number) {
  simulation::AccountFacts facts;
  facts.days_past_due = number % 2 == 0 ? 20 : 70;
  v1::AccountRecord record =
      simulation::MakeRecord(number, number, facts, simulation::PersonFacts());
  v1::Person& person = *record.mutable_person();
  person.set_family_name(absl::StrFormat("Kanzashi%03dgawa", number));
  person.set_given_name(absl::StrFormat("Botan%03dtaro", number));
  person.set_family_name_reading(absl::StrFormat("カンザシ%03dガワ", number));
  person.set_given_name_reading(absl::StrFormat("ボタン%03dタロウ", number));
  person.mutable_address()->set_street(absl::StrFormat("7-%d Hisagozaka%03d", number, number));
  person.mutable_contact_points(1)->set_email(absl::StrFormat("hagoromo%03d@mail.example", number));
  if (number >= kPeople) record.mutable_account()->set_days_past_due(-3);
  return record;
}

std::string NoteOf(int number) {
  return absl::StrFormat("wants to hear of it again when the kingyo%03d have grown", number);
}
std::string AgentOf(int number) { return absl::StrFormat("kogarashi-agent-%c", 'a' + number % 8); }
constexpr char kHandOverNote[] = "asks for somebody who knows the matsukaze lantern";
constexpr char kOrderReference[] = "registry of the court, volume shigure, leaf utsusemi";

std::vector<KnownValue> AllValues() {
  std::vector<KnownValue> values = {{"note of a hand-over", kHandOverNote},
                                    {"reference of a legal hold", kOrderReference}};
  for (int i = 0; i < 8; ++i) values.push_back({"agent's reference", AgentOf(i)});
  for (int i = 0; i < 3 * kRowsWorked; ++i) values.push_back({"note", NoteOf(i)});
  for (int i = 0; i < kPeople + kRefused; ++i) {
    const v1::AccountRecord record = MarkedRecord(i);
    const v1::Person& person = record.person();
    const std::string phone = person.contact_points(0).phone();
    const std::string& email = person.contact_points(1).email();
    const std::pair<const char*, std::string> of_person[] = {
        {"family name", person.family_name()},
        {"given name", person.given_name()},
        {"reading of the family name", person.family_name_reading()},
        {"reading of the given name", person.given_name_reading()},
        {"street", person.address().street()},
        {"phone number", phone.substr(3)},  // behind +81
        {"mailbox", email.substr(0, email.find('@'))},
        {"card number", record.account().card_number()},
        {"internal reason", record.account().internal_reason()},
    };
    for (const auto& [what, text] : of_person)
      values.push_back({absl::StrCat(what, " of person ", i), text});
  }
  return values;
}

class RawValuesScan : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    Stage::Options options;
    options.engine = GetParam();
    options.programs = FolderOfThisProgram();
    options.keep = folder_ / "stage";
    if (!OnPostgres()) options.more_storage = "  backup_folder: backups\n";
    ASSERT_OK_AND_ASSIGN(stage_, Stage::Make(options, clock_));
    ASSERT_OK(stage_->BeginRound(1));
    // The daemon's temporary files, as far as it makes any, go where they are looked for.
    std::filesystem::create_directories(temporary_);
    if (const char* before = getenv("TMPDIR"); before != nullptr) tmpdir_before_ = before;
    setenv("TMPDIR", temporary_.c_str(), 1);
    hub_ = stage_->MakeHub();
    ASSERT_OK(StartHub());
    ASSERT_OK(stage_->FixPort());
    ASSERT_OK_AND_ASSIGN(
        channel_, QuickChannel(stage_->hub_address(), stage_->TlsOf("operator-checker"), clock_));
  }
  void TearDown() override {
    if (tmpdir_before_.empty()) {
      unsetenv("TMPDIR");
    } else {
      setenv("TMPDIR", tmpdir_before_.c_str(), 1);
    }
  }

  static bool OnPostgres() { return std::string(GetParam()) == "postgres"; }

  absl::Status StartHub() {
    RETURN_IF_ERROR(hub_->Begin());
    while (true) {
      ASSIGN_OR_RETURN(const bool serving, hub_->Serving());
      if (serving) return absl::OkStatus();
      demo::WaitForStop(5);
    }
  }

  void Import() {
    clients::CoreClientOptions options;
    options.hub_addresses = {stage_->hub_address()};
    options.tls_directory = stage_->TlsOf("core-main");
    ASSERT_OK_AND_ASSIGN(const auto core, clients::CoreClient::Create(options, clock_, ids_));
    int next = 0;
    const auto read = [&](v1::AccountRecord& record) -> absl::StatusOr<bool> {
      if (next == kPeople + kRefused) return false;
      record = MarkedRecord(next);
      record.set_sequence(++next);
      return true;
    };
    ASSERT_OK_AND_ASSIGN(const auto summary, core->ImportAccounts("main", clock_.Now(), read));
    EXPECT_EQ(summary.refused, kRefused);
    EXPECT_EQ(summary.records, kPeople + kRefused);
  }

  // Permits and what came of them, in words; one row goes to somebody else.
  void Work(const std::string& vendor_id) {
    adapters::SyncClientOptions options;
    options.mirror_path = MirrorIn(stage_->VendorFolder(vendor_id));
    ASSERT_OK_AND_ASSIGN(const auto client,
                         MakeVendorClient(std::move(options), stage_->hub_address(),
                                          stage_->TlsOf("vendor-" + vendor_id), clock_, ids_));
    client->Start();
    ASSERT_OK(client->WaitUntilCaughtUp(kPatience));
    ASSERT_OK_AND_ASSIGN(const auto rows, client->NextWorkable("", kRowsWorked));
    for (const v1::Assignment& row : rows) Contact(*client, row);
    ASSERT_OK(client->WaitUntilDrained(kPatience));
    const std::vector<std::string> receivers = simulation::ReceiversOf(vendor_id);
    if (rows.empty() || receivers.empty()) return;
    v1::HandOverRequest request;
    request.set_assignment_id(rows.front().assignment_id());
    request.set_to_vendor_id(receivers.front());
    request.set_reason(v1::HAND_OVER_REASON_ESCALATED);
    request.set_note(kHandOverNote);
    std::promise<absl::Status> handed_over;
    client->HandOverAsync(request,
                          [&](const absl::Status& status) { handed_over.set_value(status); });
    EXPECT_OK(handed_over.get_future().get());
    handed_over_ = true;
  }

  void Contact(adapters::SyncClient& client, const v1::Assignment& row) {
    v1::RequestPermitRequest request;
    request.set_assignment_id(row.assignment_id());
    for (const auto& point : row.person().contact_points()) {
      if (point.kind() == v1::CONTACT_KIND_MOBILE)
        request.set_contact_point_id(point.contact_point_id());
    }
    request.set_channel(v1::CHANNEL_PHONE);
    request.set_act(v1::ACT_REMIND);
    const auto answer = client.RequestPermit(request);
    ASSERT_OK(answer);
    v1::Outcome outcome;
    outcome.set_assignment_id(row.assignment_id());
    if (answer->has_permit()) outcome.set_permit_id(answer->permit().permit_id());
    *outcome.mutable_result() = adapters::ResultOf(adapters::CallCode::kCallBack);
    *outcome.mutable_start_time() =
        TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(clock_.Now()));
    *outcome.mutable_end_time() = outcome.start_time();
    outcome.set_agent_reference(AgentOf(contacts_));
    outcome.set_note(NoteOf(contacts_));
    ++contacts_;
    EXPECT_OK(client.ReportOutcome(std::move(outcome)));
  }

  template <typename Stub, typename Request, typename Response>
  grpc::Status Ask(Stub& stub,
                   grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                   const Request& request, Response& response) {
    grpc::ClientContext context;
    context.set_wait_for_ready(true);
    context.set_deadline(std::chrono::system_clock::now() + absl::ToChronoSeconds(kPatience));
    return (stub.*method)(&context, request, &response);
  }

  // What officers do with a person's data, and a rotation that seals all of it anew.
  void LookAndHold() {
    v1::PrivacyService::Stub stub(channel_);
    v1::FindPersonsRequest find;
    find.set_phone(MarkedRecord(3).person().contact_points(0).phone());
    v1::FindPersonsResponse persons;
    const grpc::Status found = Ask(stub, &v1::PrivacyService::Stub::FindPersons, find, persons);
    EXPECT_TRUE(found.ok()) << found.error_message();
    v1::PlaceLegalHoldRequest place;
    place.mutable_hold()->set_hold_id("court-1");
    place.mutable_hold()->set_person_id(simulation::PersonId(5));
    place.mutable_hold()->set_origin(v1::LegalHold::ORIGIN_COURT);
    place.mutable_hold()->set_reference(kOrderReference);
    v1::PlaceLegalHoldResponse placed;
    const grpc::Status held = Ask(stub, &v1::PrivacyService::Stub::PlaceLegalHold, place, placed);
    EXPECT_TRUE(held.ok()) << held.error_message();
    v1::RotateKeysRequest rotate;
    rotate.set_which(v1::RotateKeysRequest::WHICH_DATA);
    v1::RotateKeysResponse rotated;
    const grpc::Status begun = Ask(stub, &v1::PrivacyService::Stub::RotateKeys, rotate, rotated);
    EXPECT_TRUE(begun.ok()) << begun.error_message();
  }

  void BackUp() {
    v1::OperatorService::Stub stub(channel_);
    v1::StartBackupRequest start;
    start.set_name("scanned.db");
    v1::StartBackupResponse started;
    const grpc::Status begun = Ask(stub, &v1::OperatorService::Stub::StartBackup, start, started);
    ASSERT_TRUE(begun.ok()) << begun.error_message();
    v1::GetBackupResponse seen;
    EXPECT_TRUE(testing::Eventually([&] {
      return Ask(stub, &v1::OperatorService::Stub::GetBackup, v1::GetBackupRequest(), seen).ok() &&
             seen.backup().state() == v1::Backup::STATE_DONE;
    })) << seen.backup().problem();
  }

  // Everything but the vendors' own files, which hold what their contracts show.
  void Scan(ValueScan& scan) {
    scan.Folder(stage_->HubFolder());
    scan.Folder(temporary_);
    if (OnPostgres()) scan.Folder(stage_->DatabaseFolder());
  }
  void ScanRunning(ValueScan& scan) {
    Scan(scan);
    scan.Process(hub_->pid());
    int port = 0;
    const std::string ports = ReadFile(stage_->HubFolder() + "/ports");
    for (absl::string_view line : absl::StrSplit(ports, '\n')) {
      if (absl::ConsumePrefix(&line, "metrics=") && absl::SimpleAtoi(line, &port)) break;
    }
    ASSERT_OK_AND_ASSIGN(const auto page, servers::ReadPage(port, "/metrics"));
    EXPECT_NE(page.body, "");
    scan.Text("/metrics", page.body);
  }

  SystemClock clock_;
  IdMint ids_{clock_};
  TemporaryFolder folder_;
  const std::string temporary_ = folder_ / "tmp";
  std::string tmpdir_before_;
  std::unique_ptr<Stage> stage_;
  std::unique_ptr<Victim> hub_;
  std::shared_ptr<grpc::Channel> channel_;
  int contacts_ = 0;
  bool handed_over_ = false;
};

TEST_P(RawValuesScan, NothingOfAPersonStandsInTheClear) {
  ValueScan scan(AllValues());
  Import();
  for (const char* vendor_id : simulation::kVendors) Work(vendor_id);
  EXPECT_GT(contacts_, kRowsWorked);
  EXPECT_TRUE(handed_over_);
  LookAndHold();
  if (!OnPostgres()) BackUp();
  ScanRunning(scan);
  hub_->Kill();
  Scan(scan);
  ASSERT_OK(StartHub());
  Import();
  ScanRunning(scan);
  ASSERT_OK(hub_->End());
  Scan(scan);
  EXPECT_EQ(absl::StrJoin(scan.found(), "\n"), "");
  EXPECT_GT(scan.files(), 20);
  EXPECT_GT(scan.bytes(), 1 << 20);

  // What the hub would have written into its log would have been found.
  const std::string log = stage_->HubFolder() + "/log";
  WriteFile(log, ReadFile(log) + "{\"name\":\"" + MarkedRecord(7).person().given_name() + "\"}\n");
  Scan(scan);
  ASSERT_EQ(scan.found().size(), 1u);
  EXPECT_THAT(scan.found()[0], ::testing::HasSubstr("given name of person 7 in " + log));
}

INSTANTIATE_TEST_SUITE_P(Engines, RawValuesScan, ::testing::Values("sqlite", "postgres"),
                         [](const auto& engine) { return std::string(engine.param); });

// --- The scan itself

constexpr char kPlanted[] = "Kanzashi007gawa";

class ValueScanTest : public ::testing::Test {
 protected:
  std::vector<std::string> FoundIn(const std::string& folder) {
    ValueScan scan(AllValues());
    scan.Folder(folder);
    return scan.found();
  }
  TemporaryFolder folder_;
};

TEST_F(ValueScanTest, NoTwoValuesAreAlikeAndNoneIsTooShort) {
  std::vector<std::string> texts;
  for (const KnownValue& value : AllValues()) {
    EXPECT_GE(value.text.size(), demo::ByteScan::kValueBytesMin) << value.what;
    texts.push_back(value.text);
  }
  std::sort(texts.begin(), texts.end());
  EXPECT_EQ(std::adjacent_find(texts.begin(), texts.end()), texts.end());
}

TEST_F(ValueScanTest, FindsAValueInALogLine) {
  WriteFile(folder_ / "log", absl::StrCat("{\"event\":\"import\",\"name\":\"", kPlanted, "\"}\n"));
  EXPECT_EQ(FoundIn(folder_.path()).size(), 1u);
}

TEST_F(ValueScanTest, FindsAValueInAClearColumn) {
  ASSERT_OK_AND_ASSIGN(const auto database, storage::SqliteDatabase::Open(folder_ / "hub.db"));
  ASSERT_OK_AND_ASSIGN(const auto writer, database->OpenWriter());
  ASSERT_OK(writer->Define("CREATE TABLE person (name TEXT NOT NULL PRIMARY KEY)"));
  EXPECT_EQ(FoundIn(folder_.path()).size(), 0u);
  ASSERT_OK(writer->Execute("INSERT INTO person (name) VALUES ($1)", {kPlanted}));
  EXPECT_GE(FoundIn(folder_.path()).size(), 1u) << "in the log that waits";
}

TEST_F(ValueScanTest, FindsAValueInATemporaryFileWhereverItLies) {
  std::filesystem::create_directories(folder_.path() / "a" / "b");
  const std::string path = folder_ / "a/b/part";
  constexpr size_t kPiece = 4 << 20;
  for (const size_t before : {size_t{0}, kPiece - 20, kPiece - 5, kPiece, 2 * kPiece - 1}) {
    WriteFile(path, std::string(before, '.') + kPlanted + std::string(100, '.'));
    const auto found = FoundIn(folder_.path());
    ASSERT_EQ(found.size(), 1u) << before;
    EXPECT_EQ(found[0], absl::StrCat("family name of person 7 in ", path, " at ", before));
  }
  WriteFile(path, "");
  WriteFile(folder_ / kPlanted, "");
  EXPECT_EQ(FoundIn(folder_.path()).size(), 1u) << "a file's name";
}

TEST_F(ValueScanTest, FindsAValueInAProcess) {
  servers::ProcessOptions options;
  options.log = folder_ / "log";
  options.environment = {absl::StrCat("NAME=", kPlanted), "PATH=/usr/bin:/bin"};
  const std::string given_name = MarkedRecord(9).person().given_name();
  ASSERT_OK_AND_ASSIGN(auto process, servers::ChildProcess::Start(
                                         {"/bin/sh", "-c", "sleep 60; true", given_name}, options));
  std::string found;
  EXPECT_TRUE(testing::Eventually([&] {
    ValueScan scan(AllValues());
    scan.Process(process.pid());
    found = absl::StrJoin(scan.found(), "\n");
    return found.find("family name of person 7") != std::string::npos &&
           found.find("given name of person 9") != std::string::npos;
  })) << found;
  process.KillWithChildren();
}

}  // namespace
}  // namespace switchboard::crash
