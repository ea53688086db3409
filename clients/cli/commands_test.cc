#include "clients/cli/commands.h"

#include "absl/strings/str_cat.h"
#include "clients/cli/render.h"
#include "clients/cli/scripted_calls.h"
#include "google/protobuf/util/time_util.h"
#include "switchboard/v1/privacy_records.pb.h"
#include "tests/testing.h"

namespace switchboard::cli {
namespace {

using google::protobuf::util::TimeUtil;
using ::testing::ContainsRegex;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(Render, MoneyByTheCurrencysDecimals) {
  struct Case {
    const char* currency;
    int64_t minor_units;
    const char* text;
  };
  const Case kCases[] = {
      {"JPY", 1234567, "JPY 1,234,567"},
      {"USD", 1234567, "USD 12,345.67"},
      {"USD", 5, "USD 0.05"},
      {"USD", -105, "USD -1.05"},
      {"KWD", 1005, "KWD 1.005"},
      {"JPY", 0, "JPY 0"},
      {"USD", std::numeric_limits<int64_t>::min(), "USD -92,233,720,368,547,758.08"},
  };
  for (const Case& one : kCases) {
    v1::Money money;
    money.set_currency_code(one.currency);
    money.set_minor_units(one.minor_units);
    EXPECT_EQ(MoneyText(money), one.text);
  }
}

TEST(Render, TimesAreUtc) {
  EXPECT_EQ(UtcText(absl::FromUnixSeconds(1767225600)), "2026-01-01 00:00:00");
  EXPECT_EQ(Counted(1, "account"), "1 account");
  EXPECT_EQ(Counted(24000, "account"), "24,000 accounts");
  EXPECT_EQ(Hex(std::string("\x00\xff", 2)), "00ff");
}

TEST(Render, NamesAsPeopleTypeThem) {
  EXPECT_EQ(ComparableName("two-Weeks"), "TWO_WEEKS");
  Script script;
  EXPECT_EQ(RunOnline({"work-type", "resume", "early-collections"}, script).code, 0);
  EXPECT_EQ(script.Asked<v1::SetStopRequest>().work_type(), v1::WORK_TYPE_EARLY_COLLECTIONS);
}

TEST(Render, DigestsAreHexadecimalInJsonAsInTexts) {
  v1::ListProposedPlansResponse::Line plan;
  for (const char* bytes : {"\xff\x01", ""}) plan.add_proofs()->set_sha256(bytes);
  EXPECT_THAT(JsonOf(plan), HasSubstr("\"sha256\":\"ff01\""));
  EXPECT_THAT(JsonOf(plan), HasSubstr("\"sha256\":\"\""));
  v1::DeletionOrder order;
  order.set_digest("\xff\x01");
  EXPECT_THAT(JsonOf(order), HasSubstr("\"digest\":\"ff01\""));
  v1::AuditEntry entry;
  entry.set_hash("\xff\x01");
  EXPECT_THAT(JsonOf(entry), HasSubstr("\"hash\":\"/wE=\""));
}

TEST(VendorCommands, ListShowsStateAndHowFarBehind) {
  Script script;
  auto& vendors = script.Answer<v1::ListVendorsResponse>();
  auto& sakura = *vendors.add_vendors();
  sakura.set_vendor_id("sakura");
  sakura.set_newest_sequence(12000);
  sakura.set_acknowledged_sequence(2000);
  sakura.set_live_assignments(7);
  sakura.set_connected(true);
  sakura.set_in_force(true);
  sakura.set_contract_version(3);
  sakura.set_adapter("sync_client/1");
  sakura.mutable_effective_to()->set_year(2027);
  sakura.mutable_effective_to()->set_month(4);
  sakura.mutable_effective_to()->set_day(1);
  auto& jade = *vendors.add_vendors();
  jade.set_vendor_id("jade");
  jade.set_connected(true);
  jade.set_stopped(true);
  jade.mutable_stop_end_time()->set_seconds(1'796'000'000);
  const Ran ran = RunOnline({"vendor", "list"}, script);
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("connected"));
  EXPECT_THAT(ran.out, HasSubstr("stopped until 2026-11-30 "));
  EXPECT_THAT(ran.out, HasSubstr("10,000"));
  EXPECT_THAT(ran.out, HasSubstr("v3 until 2027-04-01"));
  EXPECT_THAT(ran.out, HasSubstr("v0 not in force"));
  EXPECT_THAT(ran.out, HasSubstr("sync_client/1"));
  EXPECT_THAT(ran.out, HasSubstr("2 vendors, 2 connected, 1 stopped, 7 live assignments\n"));
}

TEST(VendorCommands, StopAndResumeSayWhatWasAsked) {
  Script script;
  script.Answer<v1::SetStopResponse>().set_voided_permits(3);
  EXPECT_THAT(RunOnline({"vendor", "stop", "sakura"}, script).out, HasSubstr("3 open permits"));
  EXPECT_EQ(script.Asked<v1::SetStopRequest>().vendor_id(), "sakura");
  EXPECT_TRUE(script.Asked<v1::SetStopRequest>().stopped());
  EXPECT_FALSE(script.Asked<v1::SetStopRequest>().keep_work());
  EXPECT_THAT(RunOnline({"vendor", "stop", "sakura", "--keep-work"}, script).out,
              HasSubstr("it keeps its work"));
  EXPECT_TRUE(script.Asked<v1::SetStopRequest>().keep_work());
  EXPECT_FALSE(script.Asked<v1::SetStopRequest>().has_end_time());
  EXPECT_THAT(
      RunOnline({"vendor", "stop", "sakura", "--until", "2026-11-30T09:00:00+09:00"}, script).out,
      HasSubstr("it goes on by itself at 2026-11-30 00:00:00 UTC"));
  EXPECT_EQ(script.Asked<v1::SetStopRequest>().end_time().seconds(), 1'795'996'800);
  EXPECT_NE(RunOnline({"work-type", "stop", "campaign", "--until", "tomorrow"}, script).code, 0);
  EXPECT_EQ(RunOnline({"vendor", "resume", "sakura"}, script).code, 0);
  EXPECT_FALSE(script.Asked<v1::SetStopRequest>().stopped());
  EXPECT_EQ(RunOnline({"work-type", "resume", "campaign"}, script).code, 0);
  EXPECT_EQ(script.Asked<v1::SetStopRequest>().work_type(), v1::WORK_TYPE_CAMPAIGN);
  EXPECT_FALSE(script.Asked<v1::SetStopRequest>().stopped());
}

TEST(RecallCommands, UnknownIdsFailTheCommandAndAreNamed) {
  Script script;
  auto& recall = script.Answer<v1::RecallAssignmentsResponse>();
  recall.set_announced(1);
  recall.add_unknown_ids("B");
  const Ran ran = RunOnline(
      {"recall", "announce", "--assignment", "A", "B", "--reason", "moved", "--place-again"},
      script);
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.out, HasSubstr("no live assignment: B"));
  EXPECT_THAT(ran.out, HasSubstr("1 recall announced, 0 pending before, 1 unknown"));
  EXPECT_EQ(script.Asked<v1::RecallAssignmentsRequest>().assignment_ids_size(), 2);
  EXPECT_EQ(script.Asked<v1::RecallAssignmentsRequest>().reason(), v1::RECALL_REASON_MOVED);
  EXPECT_TRUE(script.Asked<v1::RecallAssignmentsRequest>().place_again());
}

TEST(RecallCommands, CancelAndFinal) {
  Script script;
  EXPECT_EQ(RunOnline({"recall", "cancel", "A"}, script).code, 0);
  EXPECT_EQ(script.Asked<v1::DecideRecallRequest>().decision(),
            v1::DecideRecallRequest::DECISION_CANCEL);
  EXPECT_EQ(RunOnline({"recall", "final", "A"}, script).code, 0);
  EXPECT_EQ(script.Asked<v1::DecideRecallRequest>().decision(),
            v1::DecideRecallRequest::DECISION_FINAL);
  EXPECT_EQ(script.Asked<v1::DecideRecallRequest>().assignment_id(), "A");
}

TEST(ListingCommands, PromisesSayHowTheyStandInWordsWhereHeadOfficeHasAPartInIt) {
  Script script;
  auto& response = script.Answer<v1::ListPromisesResponse>();
  for (const auto standing : {v1::PROMISE_STANDING_OPEN, v1::PROMISE_STANDING_PENDING,
                              v1::PROMISE_STANDING_REFUSED, v1::PROMISE_STANDING_KEPT}) {
    auto& promise = *response.add_promises();
    promise.set_standing(standing);
    *promise.mutable_since_time() = TimeUtil::SecondsToTimestamp(1767225600);
  }
  const Ran ran = RunOnline({"promises", "--account", "C-1"}, script);
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(script.Asked<v1::ListPromisesRequest>().account_id(), "C-1");
  EXPECT_THAT(ran.out, ContainsRegex(" OPEN +next due by 2026-01-01 00:00:00 "));
  EXPECT_THAT(ran.out, ContainsRegex(" PENDING: waits for head office +2026-01-01 00:00:00 "));
  EXPECT_THAT(ran.out, ContainsRegex(" REFUSED: by head office +2026-01-01 00:00:00 "));
  EXPECT_THAT(ran.out, ContainsRegex(" KEPT +2026-01-01 00:00:00 "));
  EXPECT_THAT(ran.out, HasSubstr("4 promises\n"));
}

v1::ListPlacementsResponse PlacementPage(std::initializer_list<const char*> ids) {
  v1::ListPlacementsResponse page;
  for (const char* id : ids) {
    auto& placement = *page.add_placements();
    placement.set_assignment_id(id);
    placement.set_account_id("会員-1");
    *placement.mutable_place_time() = TimeUtil::SecondsToTimestamp(1767225600);
  }
  return page;
}

TEST(ListingCommands, PlacementsSayWhyAndWhatBecameOfThem) {
  Script script;
  auto& placement = *script.Answer<v1::ListPlacementsResponse>().add_placements();
  placement.mutable_why()->set_plan_id("2026-11-a");
  placement.mutable_why()->set_segment("early");
  placement.mutable_why()->set_stratum("grade:A");
  placement.mutable_why()->set_rule(v1::PlacementReason::RULE_SPLIT);
  placement.mutable_why()->set_slot(3);
  placement.mutable_why()->set_position(1200);
  *placement.mutable_withdraw_time() = TimeUtil::SecondsToTimestamp(1767225600);
  placement.set_withdraw_reason(v1::WITHDRAW_REASON_NOT_ALLOWED);
  const Ran ran = RunOnline({"placements"}, script);
  EXPECT_THAT(ran.out, HasSubstr("2026-11-a, early, grade:A: SPLIT, slot 3 at 1,200"));
  EXPECT_THAT(ran.out, HasSubstr("withdrawn 2026-01-01 00:00:00 NOT_ALLOWED"));
}

TEST(ListingCommands, PlacementsSayWhatWasHandedOver) {
  Script script;
  auto& response = script.Answer<v1::ListPlacementsResponse>();
  auto& former = *response.add_placements();
  former.set_assignment_id("A");
  *former.mutable_withdraw_time() = TimeUtil::SecondsToTimestamp(1767225600);
  former.set_withdraw_reason(v1::WITHDRAW_REASON_HANDED_OVER);
  auto& next = *response.add_placements();
  next.set_assignment_id("B");
  next.mutable_why()->set_rule(v1::PlacementReason::RULE_HANDED_OVER);
  next.set_former_assignment_id("A");
  const Ran ran = RunOnline({"placements"}, script);
  EXPECT_THAT(ran.out, HasSubstr("withdrawn 2026-01-01 00:00:00 HANDED_OVER"));
  EXPECT_THAT(ran.out, HasSubstr("HANDED_OVER from A\n"));
}

TEST(ListingCommands, PlacementsGoOverAllPagesAndStopAtTheLimit) {
  Script script;
  const v1::ListPlacementsResponse pages[] = {PlacementPage({"A", "B"}), PlacementPage({"C"})};
  for (const auto& page : pages) script.Answer<v1::ListPlacementsResponse>() = page;
  const Ran all = RunOnline({"placements"}, script);
  EXPECT_THAT(all.out, HasSubstr("3 placements\n"));
  EXPECT_THAT(all.out, HasSubstr("2026-01-01 00:00:00"));
  for (const auto& page : pages) script.Answer<v1::ListPlacementsResponse>() = page;
  const Ran two = RunOnline({"placements", "--limit", "1"}, script);
  EXPECT_THAT(two.out, HasSubstr("1 placement; there may be more: --limit\n"));
  EXPECT_THAT(two.out, Not(HasSubstr(" B ")));
}

TEST(ListingCommands, DisclosuresGoOnOverPagesWithoutAMatch) {
  Script script;
  script.Answer<v1::ListDisclosuresResponse>().set_next(100);
  auto& page = script.Answer<v1::ListDisclosuresResponse>();
  page.set_next(200);
  auto& disclosure = *page.add_disclosures();
  disclosure.set_vendor_id("sakura");
  disclosure.add_assignment_ids("A");
  const Ran ran = RunOnline({"disclosures", "--assignment", "A"}, script);
  EXPECT_THAT(ran.out, HasSubstr("sakura"));
  EXPECT_THAT(ran.out, HasSubstr("1 disclosure\n"));
}

TEST(ListingCommands, TheRecordSaysFieldByFieldWhatWasShown) {
  Script script;
  auto& first = script.Answer<v1::ReadDisclosuresResponse>();
  first.set_next("A/1");
  auto& row = *first.add_lines();
  row.set_kind(v1::DisclosureLine::KIND_FEED);
  row.set_shown_to("vendor/sakura");
  row.set_assignment_id("A");
  row.set_contract_version(3);
  *row.mutable_time() = TimeUtil::SecondsToTimestamp(1767225600);
  *row.mutable_acknowledge_time() = TimeUtil::SecondsToTimestamp(1767225601);
  *row.mutable_delete_by() = TimeUtil::SecondsToTimestamp(1767225602);
  *row.mutable_delete_time() = TimeUtil::SecondsToTimestamp(1767225603);
  row.set_as_of_now(true);
  auto& name = *row.add_fields();
  name.set_field(v1::SHOWN_FIELD_NAME);
  name.set_show(v1::Contract::SHOW_PARTIAL);
  name.set_mask(v1::Contract::MASK_FAMILY_NAME);
  auto& amount = *row.add_fields();
  amount.set_field(v1::SHOWN_FIELD_AMOUNT_DUE);
  amount.set_show(v1::Contract::SHOW_BAND);
  auto& second = *script.Answer<v1::ReadDisclosuresResponse>().add_lines();
  second.set_kind(v1::DisclosureLine::KIND_UNMASKED);
  second.set_shown_to("vendor/sakura");
  second.set_agreed_by("operator/ito");
  const Ran ran = RunOnline({"disclosures", "--account", "C-1", "--vendor", "sakura"}, script);
  EXPECT_THAT(ran.out, HasSubstr("name FAMILY_NAME, amount due BAND"));
  EXPECT_THAT(ran.out, HasSubstr("vendor/sakura"));
  EXPECT_THAT(ran.out, HasSubstr(" v3 "));
  for (const char* time : {"00:00:00", "00:00:01", "00:00:02", "00:00:03"})
    EXPECT_THAT(ran.out, HasSubstr(absl::StrCat("2026-01-01 ", time)));
  EXPECT_THAT(ran.out, HasSubstr(" yes "));
  EXPECT_THAT(ran.out, HasSubstr("UNMASKED, agreed by operator/ito"));
  EXPECT_THAT(ran.out, HasSubstr("2 disclosures\n"));
  const auto asked = script.Asked<v1::ReadDisclosuresRequest>();
  EXPECT_EQ(asked.account_id(), "C-1");
  EXPECT_EQ(asked.vendor_id(), "sakura");
  EXPECT_EQ(asked.after(), "A/1");
}

TEST(ListingCommands, TheRecordIsOfOneAccountOrPerson) {
  Script script;
  EXPECT_NE(RunOnline({"disclosures", "--account", "C-1", "--person", "P-1"}, script).code, 0);
  EXPECT_NE(RunOnline({"disclosures", "--assignment", "A", "--vendor", "sakura"}, script).code, 0);
  EXPECT_THAT(RunOnline({"disclosures", "--vendor", "sakura"}, script).err,
              HasSubstr("--vendor: goes with --account or --person"));
  RunOnline({"disclosures", "--person", "P-1"}, script);
  EXPECT_EQ(script.Asked<v1::ReadDisclosuresRequest>().person_id(), "P-1");
}

TEST(ListingCommands, QuarantineNamesSenderStatusAndField) {
  Script script;
  auto& item = *script.Answer<v1::ListQuarantineResponse>().add_items();
  item.set_quarantine_id("Q1");
  item.set_actor("core/main");
  item.set_kind("account");
  item.set_status("STATUS_INVALID");
  item.set_field("person.birth_date.month");
  const Ran ran = RunOnline({"quarantine", "list"}, script);
  EXPECT_THAT(ran.out, HasSubstr("core/main"));
  EXPECT_THAT(ran.out, HasSubstr(" INVALID "));
  EXPECT_THAT(ran.out, HasSubstr("person.birth_date.month"));
  EXPECT_THAT(ran.out, HasSubstr("1 item in quarantine\n"));
}

TEST(QuarantineCommands, VouchSaysWhetherOneMoreIsNeeded) {
  Script script;
  script.Answer<v1::VouchForQuarantineResponse>().set_words(1);
  script.Answer<v1::VouchForQuarantineResponse>().set_words(2);
  EXPECT_THAT(RunOnline({"quarantine", "vouch", "Q1"}, script).out,
              HasSubstr("1 operator vouched for Q1 within 24 hours: one more is needed"));
  EXPECT_EQ(script.Asked<v1::VouchForQuarantineRequest>().quarantine_id(), "Q1");
  EXPECT_THAT(RunOnline({"quarantine", "vouch", "Q1"}, script).out, HasSubstr("it may be read"));
}

TEST(QuarantineCommands, ShowPrintsTheMaskedContentFieldByField) {
  Script script;
  auto& response = script.Answer<v1::ReadQuarantineResponse>();
  response.mutable_item()->set_actor("core/main");
  response.mutable_item()->set_status("STATUS_INVALID");
  response.mutable_item()->set_bytes(1234);
  auto& fields = *response.mutable_content()->mutable_fields();
  auto& person = *fields["person"].mutable_struct_value()->mutable_fields();
  person["family_name"].set_string_value("aa\u202e");
  auto& points = *person["contact_points"].mutable_list_value();
  (*points.add_values()->mutable_struct_value()->mutable_fields())["phone"].set_string_value("+99");
  fields["sequence"].set_number_value(7);
  const Ran ran = RunOnline({"quarantine", "show", "Q1"}, script);
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("  person:\n    contact_points[0]:\n      phone: +99\n"
                                 "    family_name: aa\\u{202E}\n  sequence: 7\n"));
  EXPECT_THAT(ran.out, HasSubstr("item Q1: 1,234 bytes"));
  script.failure = Error(absl::StatusCode::kFailedPrecondition, "TWO_WORDS_NEEDED", "one word");
  EXPECT_THAT(RunOnline({"quarantine", "show", "Q1"}, script).err,
              HasSubstr("switchboard quarantine vouch"));
}

TEST(CoreCommands, ListNamesWhoHoldsUpErasure) {
  Script script;
  auto& response = script.Answer<v1::ListCoresResponse>();
  response.set_newest(5000);
  auto& late = *response.add_readers();
  late.set_core("core/migration-test");
  late.set_confirmed(1);
  late.set_holds_up_erasure(true);
  auto& source = *response.add_sources();
  source.set_core("core/main");
  source.set_source("nightly-file");
  source.set_through(24000);
  const Ran ran = RunOnline({"core", "list"}, script);
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("4,999"));
  EXPECT_THAT(ran.out, HasSubstr("24,000"));
  EXPECT_THAT(ran.out, HasSubstr("1 reader, 1 source, newest item 5,000; erasure waits for "
                                 "core/migration-test\n"));
}

TEST(CoreCommands, ThatNobodyReadsIsSaid) {
  Script script;
  auto& response = script.Answer<v1::ListCoresResponse>();
  response.set_newest(5);
  response.set_nobody_reads(true);
  EXPECT_THAT(RunOnline({"core", "list"}, script).out,
              HasSubstr("newest item 5; erasure of outcomes waits for a reader to confirm them"));
  auto& retired = script.Answer<v1::RetireCoreResponse>();
  retired.set_readers(1);
  retired.set_nobody_reads(true);
  const Ran ran = RunOnline({"core", "retire", "main"}, script);
  EXPECT_THAT(ran.out, HasSubstr("1 reader of core/main forgotten: it was the last; no outcome is "
                                 "erased until a reader has confirmed it\n"));
}

TEST(CoreCommands, RetireNamesTheCoreAsTheHubDoes) {
  Script script;
  for (int i = 0; i < 3; ++i) script.Answer<v1::RetireCoreResponse>().set_readers(1);
  EXPECT_THAT(RunOnline({"core", "retire", "main", "--reader", "ledger"}, script).out,
              HasSubstr("1 reader of core/main forgotten: erasure waits for it no longer\n"));
  EXPECT_EQ(script.Asked<v1::RetireCoreRequest>().core(), "core/main");
  EXPECT_EQ(script.Asked<v1::RetireCoreRequest>().reader(), "ledger");
  RunOnline({"core", "retire", "core/main", "--all"}, script);
  EXPECT_EQ(script.Asked<v1::RetireCoreRequest>().core(), "core/main");
  EXPECT_TRUE(script.Asked<v1::RetireCoreRequest>().all_readers());
}

TEST(ConnectionCommands, EachHubHasItsOwn) {
  Script script;
  for (const char* hub : {"hub-1", "hub-2"}) {
    auto& response = script.Answer<v1::ListConnectionsResponse>();
    response.set_hub_id(hub);
    auto& one = *response.add_connections();
    one.set_connection_id(17);
    one.set_peer("vendor/sakura");
    one.set_address("192.0.2.7");
    one.set_certificate_serial("5f3a09");
    response.add_connections()->set_address("192.0.2.8");
  }
  ManualClock clock;
  const Ran ran = RunLine({"connections", "list", "--hub", "a:1,b:2", "--tls", "t"}, script, clock);
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("hub-2"));
  EXPECT_THAT(ran.out, HasSubstr("vendor/sakura"));
  EXPECT_THAT(ran.out, HasSubstr("[nobody]"));
  EXPECT_THAT(ran.out, HasSubstr("4 connections to a:1,b:2\n"));
  EXPECT_THAT(script.hubs, ElementsAre("a:1", "b:2"));
}

TEST(ConnectionCommands, CloseSaysWhatKeepsAPeerOut) {
  Script script;
  script.Answer<v1::CloseConnectionsResponse>().set_connections(2);
  const Ran ran = RunOnline({"connections", "close", "--peer", "vendor/sakura"}, script);
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("2 connections closed"));
  EXPECT_THAT(ran.out, HasSubstr("crl.pem"));
  EXPECT_EQ(script.Asked<v1::CloseConnectionsRequest>().peer(), "vendor/sakura");
  EXPECT_EQ(RunOnline({"connections", "close"}, script).code, 2);
  EXPECT_EQ(RunOnline({"connections", "close", "--id", "1", "--peer", "x"}, script).code, 2);
  script.failure = Error(absl::StatusCode::kNotFound, "CONNECTION_UNKNOWN", "none");
  EXPECT_EQ(RunOnline({"connections", "close", "--id", "1"}, script).code, 1);
}

TEST(ContractCommands, EndIsTodayUnlessADayIsNamed) {
  Script script;
  for (int i = 0; i < 2; ++i) {
    auto& response = script.Answer<v1::EndContractResponse>();
    response.set_changed(true);
    response.set_live_assignments(7);
    response.add_warnings("routing plan p1:5:7: one");
    response.mutable_first_day_out()->set_year(2027);
    response.mutable_first_day_out()->set_month(4);
    response.mutable_first_day_out()->set_day(1);
  }
  const Ran ran = RunOnline({"contract", "end", "sakura", "--from", "2027-04-01"}, script);
  EXPECT_THAT(ran.out, HasSubstr("2027-04-01 is its first day out of force; 7 live assignments"));
  EXPECT_THAT(ran.out, HasSubstr("  WARNING  routing plan p1:5:7: one\n"));
  const auto asked = script.Asked<v1::EndContractRequest>();
  EXPECT_EQ(asked.vendor_id(), "sakura");
  EXPECT_EQ(asked.first_day_out().year() * 10000 + asked.first_day_out().month() * 100 +
                asked.first_day_out().day(),
            20270401);
  RunOnline({"contract", "end", "sakura"}, script);
  EXPECT_FALSE(script.Asked<v1::EndContractRequest>().has_first_day_out());
}

v1::Backup BackupIn(v1::Backup::State state) {
  v1::Backup backup;
  backup.set_name("one.db");
  backup.set_state(state);
  backup.set_bytes_total(int64_t{5} << 30);
  return backup;
}

TEST(BackupCommands, WaitsUntilItIsDone) {
  Script script;
  *script.Answer<v1::StartBackupResponse>().mutable_backup() = BackupIn(v1::Backup::STATE_COPYING);
  for (const auto state :
       {v1::Backup::STATE_COPYING, v1::Backup::STATE_CHECKING, v1::Backup::STATE_DONE}) {
    *script.Answer<v1::GetBackupResponse>().mutable_backup() = BackupIn(state);
  }
  const Ran ran = RunOnline({"backup", "--name", "one.db"}, script);
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(script.Asked<v1::StartBackupRequest>().name(), "one.db");
  EXPECT_EQ(script.Unasked<v1::GetBackupResponse>(), 0u);
  EXPECT_THAT(ran.out, HasSubstr("backup one.db: 5,120 MiB, checked"));
}

TEST(BackupCommands, FailureAndAnotherBackupFail) {
  Script script;
  auto& started = script.Answer<v1::StartBackupResponse>();
  *started.mutable_backup() = BackupIn(v1::Backup::STATE_FAILED);
  started.mutable_backup()->set_problem("the disk of the database is full");
  const Ran failed = RunOnline({"backup"}, script);
  EXPECT_EQ(failed.code, 1);
  EXPECT_THAT(failed.out + failed.err, HasSubstr("FAILED: the disk of the database is full"));

  *script.Answer<v1::StartBackupResponse>().mutable_backup() = BackupIn(v1::Backup::STATE_COPYING);
  auto& other = *script.Answer<v1::GetBackupResponse>().mutable_backup();
  other = BackupIn(v1::Backup::STATE_COPYING);
  other.set_name("two.db");
  const Ran lost = RunOnline({"backup"}, script);
  EXPECT_EQ(lost.code, 1);
  EXPECT_THAT(lost.err, HasSubstr("another backup"));
}

}  // namespace
}  // namespace switchboard::cli
