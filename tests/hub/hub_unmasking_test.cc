// Seeing more of a person for a time: who may, when, how often, and what is written down of it.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "hub/base/error.h"
#include "tests/hub/fake_stream.h"
#include "tests/hub/hub_fixture.h"

namespace switchboard {
namespace {

using ::testing::ElementsAre;
using testing::FailsWith;
using ::testing::HasSubstr;
using testing::HubWorld;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::MakeRecord;
using ::testing::Not;
using testing::OpenStream;
using testing::Operator;
using testing::VendorPeer;

using Response = v1::RequestUnmaskingResponse;

// An address needs an operator's word, a birth date none.
constexpr char kAddress[] = "{data_class: ADDRESS, show: CLEAR}";
constexpr char kBirthDate[] =
    "{data_class: BIRTH_DATE, show: CLEAR, lasts: 5min, second_person: NONE}";

class HubUnmaskingTest : public ::testing::Test {
 protected:
  HubUnmaskingTest() : HubUnmaskingTest(HubWorld::Options()) {}
  explicit HubUnmaskingTest(HubOptions options) : world_(std::move(options)) {}

  void SetUp() override {
    world_.SetUpVendors({"sakura"});
    Apply({kAddress, kBirthDate});
    for (int i = 1; i <= 3; ++i) {
      ASSERT_OK(world_.Import({MakeRecord(
          i, {.account_id = absl::StrCat("A-", i), .person_id = absl::StrCat("P-", i)})}));
    }
    id_ = IdOf("A-1");
  }

  void Apply(const std::vector<std::string>& unmask, const std::string& more = "") {
    testing::ContractOptions contract;
    contract.more = more;
    if (!unmask.empty()) contract.work_terms = "    unmask:\n";
    for (const std::string& one : unmask)
      absl::StrAppend(&contract.work_terms, "      - ", one, "\n");
    world_.ApplyContract(contract);
  }

  std::string IdOf(const std::string& account_id) {
    return world_.Live(account_id).assignment_id();
  }

  static v1::RequestUnmaskingRequest RequestOf(const std::string& request_id,
                                               const std::string& assignment_id,
                                               v1::DataClass data_class) {
    v1::RequestUnmaskingRequest request;
    request.set_request_id(request_id);
    request.set_assignment_id(assignment_id);
    request.add_classes(data_class);
    request.set_reason(v1::UNMASKING_REASON_IDENTITY);
    request.set_agent_reference("desk/7");
    return request;
  }
  absl::StatusOr<Response> Ask(const v1::RequestUnmaskingRequest& request,
                               const std::string& vendor_id = "sakura") {
    return world_.Await<Response>([&](auto done) {
      world_.hub().vendor_api().RequestUnmasking(VendorPeer(vendor_id), request, done);
    });
  }
  absl::StatusOr<Response> AskFor(v1::DataClass data_class, const std::string& request_id = "r-1") {
    return Ask(RequestOf(request_id, id_, data_class));
  }
  // "SHOWN", or the reason of the error.
  static std::string StateOf(const absl::StatusOr<Response>& response) {
    if (!response.ok()) return ErrorReason(response.status());
    return Response::State_Name(response->state()).substr(6);
  }

  std::vector<v1::FindUnmaskingsResponse::Unmasking> Listed(bool waiting_only = false,
                                                            const std::string& vendor_id = "") {
    v1::FindUnmaskingsRequest request;
    request.set_waiting_only(waiting_only);
    request.set_vendor_id(vendor_id);
    const auto found = world_.Await<v1::FindUnmaskingsResponse>(
        [&](auto done) { world_.hub().privacy_api().FindUnmaskings(Operator(), request, done); });
    EXPECT_OK(found);
    if (!found.ok()) return {};
    return {found->unmaskings().begin(), found->unmaskings().end()};
  }
  // Of the one there is.
  std::string Decide(bool agreed, const std::string& name = "ito") {
    const auto listed = Listed();
    if (listed.empty()) return "none is there";
    v1::DecideUnmaskingRequest request;
    request.set_unmasking_id(listed.back().unmasking_id());
    request.set_agreed(agreed);
    return ErrorReason(world_
                           .Await<v1::DecideUnmaskingResponse>([&](auto done) {
                             world_.hub().privacy_api().DecideUnmasking(Operator(name), request,
                                                                        done);
                           })
                           .status());
  }

  // "vendor/sakura WAITING" of each event.
  std::vector<std::string> Told() {
    std::vector<std::string> told;
    for (const v1::AuditEvent& event : world_.AuditEvents()) {
      if (event.kind() != v1::AuditEvent::KIND_UNMASKING) continue;
      told.push_back(absl::StrCat(event.actor(), " ",
                                  Response::State_Name(event.unmasking().state()).substr(6)));
      EXPECT_THAT(event.ShortDebugString(), Not(HasSubstr("1980-05-02")));
      EXPECT_THAT(event.ShortDebugString(), Not(HasSubstr("desk")));
    }
    return told;
  }

  HubWorld world_;
  std::string id_;
};

TEST_F(HubUnmaskingTest, WhatNeedsNobodysWordIsShownAtOnce) {
  const absl::Time asked = world_.clock.Now();
  const auto response = AskFor(v1::DATA_CLASS_BIRTH_DATE);
  ASSERT_OK(response);
  EXPECT_EQ(StateOf(response), "SHOWN");
  EXPECT_EQ(response->person().birth_date(), "1980-05-02");
  EXPECT_EQ(response->until_time().seconds(), absl::ToUnixSeconds(asked + absl::Minutes(5)));
  // Nothing else, not even what rows show.
  v1::MaskedPerson person = response->person();
  person.clear_birth_date();
  EXPECT_EQ(person.ByteSizeLong(), 0u) << person.ShortDebugString();
  EXPECT_EQ(response->account().ByteSizeLong(), 0u) << response->account().ShortDebugString();
  EXPECT_THAT(Told(), ElementsAre("vendor/sakura SHOWN"));
  const auto listed = Listed();
  ASSERT_EQ(listed.size(), 1u);
  EXPECT_EQ(listed[0].agent_reference(), "desk/7");
  EXPECT_EQ(listed[0].account_id(), "A-1");
  EXPECT_EQ(listed[0].state(), Response::STATE_SHOWN);
  EXPECT_EQ(listed[0].decided_by(), "");
  EXPECT_EQ(listed[0].until_time().seconds(), response->until_time().seconds());
}

// Events of one second are bounded; what no event tells must not be written each time either.
TEST_F(HubUnmaskingTest, WhatIsShownAlreadyIsNotWrittenAgain) {
  ASSERT_EQ(StateOf(AskFor(v1::DATA_CLASS_BIRTH_DATE)), "SHOWN");
  const auto entries = [&] {
    int64_t count = 0;
    EXPECT_OK(world_.hub().readers().Run([&](storage::Connection& reader) {
      return reader.Query("SELECT COUNT(*) FROM audit_entry", {}, [&](const storage::Row& row) {
        count = row.Integer(0);
        return absl::OkStatus();
      });
    }));
    return count;
  };
  const int64_t before = entries();
  for (int i = 0; i < 1'000; ++i) ASSERT_EQ(StateOf(AskFor(v1::DATA_CLASS_BIRTH_DATE)), "SHOWN");
  EXPECT_LE(entries() - before, 40);
}

TEST_F(HubUnmaskingTest, ItNeverComesInTheFeed) {
  ASSERT_EQ(StateOf(AskFor(v1::DATA_CLASS_BIRTH_DATE)), "SHOWN");
  OpenStream stream(world_);
  EXPECT_TRUE(stream.outlet.caught_up());
  EXPECT_FALSE(stream.outlet.row(id_).person().has_birth_date());
  EXPECT_FALSE(stream.outlet.row(id_).person().has_address());
}

TEST_F(HubUnmaskingTest, ASecondPersonAgreesFirst) {
  EXPECT_EQ(StateOf(AskFor(v1::DATA_CLASS_ADDRESS)), "WAITING");
  EXPECT_EQ(StateOf(AskFor(v1::DATA_CLASS_ADDRESS)), "WAITING");
  ASSERT_EQ(Listed(/*waiting_only=*/true).size(), 1u);
  EXPECT_THAT(Listed(/*waiting_only=*/true, "fuji"), IsEmpty());
  EXPECT_EQ(Decide(true), "");
  EXPECT_EQ(Decide(true, "sato"), "") << "the same word";
  EXPECT_EQ(Decide(false, "sato"), "UNMASKING_NOT_WAITING");
  EXPECT_THAT(Listed(/*waiting_only=*/true), IsEmpty());
  world_.Advance(absl::Hours(1));
  const absl::Time fetched = world_.clock.Now();
  const auto response = AskFor(v1::DATA_CLASS_ADDRESS);
  ASSERT_OK(response);
  EXPECT_EQ(StateOf(response), "SHOWN");
  EXPECT_EQ(response->person().address().street(), "1-2-3 さくら荘 405");
  EXPECT_EQ(response->until_time().seconds(), absl::ToUnixSeconds(fetched + absl::Minutes(15)));
  EXPECT_EQ(Listed()[0].decided_by(), "operator/ito");
  EXPECT_THAT(Told(),
              ElementsAre("vendor/sakura WAITING", "operator/ito SHOWN", "vendor/sakura SHOWN"));
}

TEST_F(HubUnmaskingTest, ItIsShownAgainUntilItsTimeIsUp) {
  const auto first = AskFor(v1::DATA_CLASS_BIRTH_DATE);
  ASSERT_OK(first);
  world_.Advance(absl::Minutes(4));
  const auto again = AskFor(v1::DATA_CLASS_BIRTH_DATE);
  ASSERT_OK(again);
  EXPECT_EQ(again->person().birth_date(), "1980-05-02");
  EXPECT_EQ(again->until_time().seconds(), first->until_time().seconds());
  world_.Restart();
  EXPECT_EQ(StateOf(AskFor(v1::DATA_CLASS_BIRTH_DATE)), "SHOWN");
  world_.Advance(absl::Minutes(1));
  const auto late = AskFor(v1::DATA_CLASS_BIRTH_DATE);
  ASSERT_OK(late);
  EXPECT_EQ(StateOf(late), "ENDED");
  EXPECT_EQ(late->person().ByteSizeLong(), 0u);
  EXPECT_EQ(Listed()[0].state(), Response::STATE_ENDED);
}

// A vendor can ask as often as it likes.
TEST_F(HubUnmaskingTest, WhatIsShownAgainIsWrittenDownOnce) {
  const auto answers = [&] {
    int64_t count = -1;
    EXPECT_OK(world_.hub().readers().Run([&](storage::Connection& reader) {
      return reader.Query("SELECT COUNT(*) FROM disclosed_answer", {},
                          [&](const storage::Row& row) {
                            count = row.Integer(0);
                            return absl::OkStatus();
                          });
    }));
    return count;
  };
  for (int times = 0; times < 3; ++times) {
    ASSERT_EQ(StateOf(AskFor(v1::DATA_CLASS_BIRTH_DATE)), "SHOWN");
    world_.Advance(absl::Minutes(1));
  }
  EXPECT_EQ(answers(), 1);
  Apply({"{data_class: BIRTH_DATE, show: CLEAR, lasts: 10min, second_person: NONE}"});
  ASSERT_EQ(StateOf(AskFor(v1::DATA_CLASS_BIRTH_DATE)), "SHOWN");
  EXPECT_EQ(answers(), 2) << "by another version of the contract";
  ASSERT_EQ(StateOf(AskFor(v1::DATA_CLASS_BIRTH_DATE, "r-2")), "SHOWN");
  EXPECT_EQ(answers(), 3);
}

TEST_F(HubUnmaskingTest, AnOperatorSaysNo) {
  ASSERT_EQ(StateOf(AskFor(v1::DATA_CLASS_ADDRESS)), "WAITING");
  EXPECT_EQ(Decide(false), "");
  EXPECT_EQ(Decide(false), "");
  EXPECT_EQ(Decide(true), "UNMASKING_NOT_WAITING");
  EXPECT_EQ(StateOf(AskFor(v1::DATA_CLASS_ADDRESS)), "REFUSED");
  EXPECT_THAT(Told(), ElementsAre("vendor/sakura WAITING", "operator/ito REFUSED"));
}

TEST_F(HubUnmaskingTest, ADayWithoutAWordEndsIt) {
  ASSERT_EQ(StateOf(AskFor(v1::DATA_CLASS_ADDRESS)), "WAITING");
  world_.Advance(absl::Hours(24));
  EXPECT_THAT(Listed(/*waiting_only=*/true), IsEmpty());
  EXPECT_EQ(Listed()[0].state(), Response::STATE_ENDED);
  EXPECT_EQ(Decide(true), "UNMASKING_NOT_WAITING");
  EXPECT_EQ(StateOf(AskFor(v1::DATA_CLASS_ADDRESS)), "ENDED");
  EXPECT_EQ(StateOf(AskFor(v1::DATA_CLASS_ADDRESS, "r-2")), "WAITING");
}

TEST_F(HubUnmaskingTest, AWordThatIsNotUsedWithinADayEnds) {
  ASSERT_EQ(StateOf(AskFor(v1::DATA_CLASS_ADDRESS)), "WAITING");
  ASSERT_EQ(Decide(true), "");
  world_.Advance(absl::Hours(24));
  EXPECT_EQ(StateOf(AskFor(v1::DATA_CLASS_ADDRESS)), "ENDED");
}

TEST_F(HubUnmaskingTest, UnknownIdsAreNobodys) {
  v1::DecideUnmaskingRequest request;
  request.set_unmasking_id("none");
  EXPECT_THAT(world_.Await<v1::DecideUnmaskingResponse>([&](auto done) {
    world_.hub().privacy_api().DecideUnmasking(Operator(), request, done);
  }),
              FailsWith(absl::StatusCode::kNotFound, "UNMASKING_UNKNOWN"));
  request.set_unmasking_id("of nobody");
  EXPECT_THAT(world_.Await<v1::DecideUnmaskingResponse>([&](auto done) {
    world_.hub().privacy_api().DecideUnmasking(Operator(), request, done);
  }),
              FailsWith(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
}

TEST_F(HubUnmaskingTest, OnlyWhatTheContractNamesAndOnlyOfLiveWorkOfItsOwn) {
  world_.ApplyContract({.vendor_id = "fuji"});
  EXPECT_EQ(StateOf(AskFor(v1::DATA_CLASS_EMAIL)), "UNMASKING_NOT_ALLOWED");
  EXPECT_EQ(StateOf(AskFor(v1::DATA_CLASS_CARD_NUMBER)), "UNMASKING_NOT_ALLOWED");
  EXPECT_EQ(StateOf(AskFor(v1::DATA_CLASS_INTERNAL)), "UNMASKING_NOT_ALLOWED");
  v1::RequestUnmaskingRequest both = RequestOf("r-1", id_, v1::DATA_CLASS_BIRTH_DATE);
  both.add_classes(v1::DATA_CLASS_EMAIL);
  EXPECT_EQ(StateOf(Ask(both)), "UNMASKING_NOT_ALLOWED");
  const auto request = RequestOf("r-1", id_, v1::DATA_CLASS_BIRTH_DATE);
  EXPECT_EQ(StateOf(Ask(request, "fuji")), "ASSIGNMENT_UNKNOWN");
  EXPECT_EQ(StateOf(Ask(request, "nobody")), "NO_CONTRACT");
  EXPECT_THAT(Listed(), IsEmpty());
  ASSERT_EQ(StateOf(Ask(request)), "SHOWN");
  ASSERT_OK(world_.Post({testing::Payment("e-1", "A-1")}));
  EXPECT_EQ(StateOf(Ask(request)), "ASSIGNMENT_UNKNOWN") << "the work has ended";
}

TEST_F(HubUnmaskingTest, AStopBarsItAlsoWhereTheWorkIsKept) {
  const auto request = RequestOf("r-1", id_, v1::DATA_CLASS_BIRTH_DATE);
  ASSERT_EQ(StateOf(Ask(request)), "SHOWN");
  ASSERT_OK(world_.Post({testing::AccountStop("e-1", "A-1", v1::STOP_REASON_COMPLAINT)}));
  ASSERT_EQ(IdOf("A-1"), id_);
  EXPECT_EQ(StateOf(Ask(request)), "UNMASKING_NOT_ALLOWED");
  ASSERT_OK(world_.Post({testing::Lift("e-2", "e-1")}));
  EXPECT_EQ(StateOf(Ask(request)), "SHOWN");
}

TEST_F(HubUnmaskingTest, ATighterContractHoldsAtOnce) {
  ASSERT_EQ(StateOf(AskFor(v1::DATA_CLASS_BIRTH_DATE)), "SHOWN");
  world_.Advance(absl::Minutes(2));
  Apply({"{data_class: BIRTH_DATE, show: CLEAR, lasts: 1min, second_person: NONE}"});
  EXPECT_EQ(StateOf(AskFor(v1::DATA_CLASS_BIRTH_DATE)), "ENDED");
  Apply({"{data_class: BIRTH_DATE, show: PARTIAL, mask: YEAR, second_person: NONE}"});
  const auto year = AskFor(v1::DATA_CLASS_BIRTH_DATE, "r-2");
  ASSERT_OK(year);
  EXPECT_EQ(year->person().birth_date(), "1980");
  Apply({"{data_class: BIRTH_DATE, show: CLEAR}"});
  EXPECT_EQ(StateOf(AskFor(v1::DATA_CLASS_BIRTH_DATE, "r-2")), "WAITING");
  ASSERT_EQ(Decide(true), "");
  EXPECT_EQ(AskFor(v1::DATA_CLASS_BIRTH_DATE, "r-2")->person().birth_date(), "1980-05-02");
  Apply({});
  EXPECT_EQ(StateOf(AskFor(v1::DATA_CLASS_BIRTH_DATE, "r-2")), "UNMASKING_NOT_ALLOWED");
}

TEST_F(HubUnmaskingTest, AnAccountIsSeenSoOftenOnADay) {
  EXPECT_EQ(StateOf(AskFor(v1::DATA_CLASS_BIRTH_DATE, "r-1")), "SHOWN");
  EXPECT_EQ(StateOf(AskFor(v1::DATA_CLASS_BIRTH_DATE, "r-2")), "SHOWN");
  const auto third = AskFor(v1::DATA_CLASS_BIRTH_DATE, "r-3");
  EXPECT_THAT(third, FailsWith(absl::StatusCode::kResourceExhausted, "TOO_MANY_UNMASKINGS"));
  EXPECT_EQ(StateOf(AskFor(v1::DATA_CLASS_BIRTH_DATE, "r-2")), "SHOWN") << "it is counted already";
  EXPECT_EQ(StateOf(Ask(RequestOf("r-3", IdOf("A-2"), v1::DATA_CLASS_BIRTH_DATE))), "SHOWN");
  world_.Advance(absl::Hours(24));
  EXPECT_EQ(StateOf(AskFor(v1::DATA_CLASS_BIRTH_DATE, "r-3")), "SHOWN");
}

TEST_F(HubUnmaskingTest, AHarvestEndsWithTheHoursBudget) {
  Apply({kAddress, kBirthDate}, "unmaskings_per_hour: 2\n");
  std::vector<std::string> states;
  for (const char* account : {"A-1", "A-2", "A-3"})
    states.push_back(StateOf(Ask(RequestOf("r-1", IdOf(account), v1::DATA_CLASS_BIRTH_DATE))));
  EXPECT_THAT(states, ElementsAre("SHOWN", "SHOWN", "TOO_MANY_UNMASKINGS"));
  EXPECT_EQ(StateOf(Ask(RequestOf("r-1", IdOf("A-3"), v1::DATA_CLASS_ADDRESS))),
            "TOO_MANY_UNMASKINGS")
      << "who asks for much to wait for is no better";
  world_.Advance(absl::Hours(1));
  EXPECT_EQ(StateOf(Ask(RequestOf("r-1", IdOf("A-3"), v1::DATA_CLASS_BIRTH_DATE))), "SHOWN");
}

// What a peer may cause as often as it likes is counted beyond 20 in a second, but nothing that was
// shown.
TEST_F(HubUnmaskingTest, WhateverIsShownStandsInTheLogHoweverMuchIsAskedFor) {
  Apply({"{data_class: BIRTH_DATE, show: CLEAR, second_person: NONE, per_account_day: 100}"},
        "unmaskings_per_hour: 100\n");
  constexpr int kShown = 30;
  const auto ask = [&](int number) {
    return StateOf(AskFor(v1::DATA_CLASS_BIRTH_DATE, absl::StrCat("r-", number)));
  };
  for (int i = 0; i < kShown; ++i) ASSERT_EQ(ask(i), "SHOWN") << i;
  EXPECT_EQ(Told(), std::vector<std::string>(kShown, "vendor/sakura SHOWN"));
  for (int i = 0; i < kShown; ++i) ASSERT_EQ(ask(0), "SHOWN") << "again";
  EXPECT_LT(Told().size(), size_t{2 * kShown}) << "the same again is bounded";
}

TEST_F(HubUnmaskingTest, ARequestsIdIsForOneThing) {
  ASSERT_EQ(StateOf(AskFor(v1::DATA_CLASS_BIRTH_DATE)), "SHOWN");
  EXPECT_EQ(StateOf(AskFor(v1::DATA_CLASS_ADDRESS)), "FIELD_INVALID");
  auto request = RequestOf("r-1", id_, v1::DATA_CLASS_BIRTH_DATE);
  request.set_agent_reference("desk/8");
  EXPECT_EQ(StateOf(Ask(request)), "FIELD_INVALID");
  request.set_agent_reference("desk/7");
  request.set_reason(v1::UNMASKING_REASON_LEGAL);
  EXPECT_EQ(StateOf(Ask(request)), "FIELD_INVALID");
  EXPECT_EQ(StateOf(AskFor(v1::DATA_CLASS_BIRTH_DATE, "9012345678")), "FIELD_INVALID")
      << "the person's own number without its 0";
}

TEST_F(HubUnmaskingTest, FieldsAreCheckedBeforeAnybodyLooks) {
  const auto field_of = [&](void (*alter)(v1::RequestUnmaskingRequest&)) {
    auto request = RequestOf("r-1", "none", v1::DATA_CLASS_BIRTH_DATE);
    alter(request);
    const absl::Status status = Ask(request).status();
    EXPECT_EQ(ErrorReason(status), "FIELD_INVALID");
    return ErrorMetadata(status, "field");
  };
  EXPECT_EQ(field_of([](auto& one) { one.clear_request_id(); }), "request_id");
  EXPECT_EQ(field_of([](auto& one) { one.clear_assignment_id(); }), "assignment_id");
  EXPECT_EQ(field_of([](auto& one) { one.clear_classes(); }), "classes");
  EXPECT_EQ(field_of([](auto& one) { one.add_classes(v1::DATA_CLASS_BIRTH_DATE); }), "classes");
  EXPECT_EQ(field_of([](auto& one) { one.add_classes(static_cast<v1::DataClass>(99)); }),
            "classes");
  EXPECT_EQ(field_of([](auto& one) { one.clear_reason(); }), "reason");
  EXPECT_EQ(field_of([](auto& one) { one.clear_agent_reference(); }), "agent_reference");
  EXPECT_EQ(field_of([](auto& one) { one.set_agent_reference("090-1234-5678"); }),
            "agent_reference");
}

// What masks is planted to show a whole address where the contract says the district.
class HubUnmaskingGuardTest : public HubUnmaskingTest {
 protected:
  HubUnmaskingGuardTest() : HubUnmaskingTest(Options()) {}

  static HubOptions Options() {
    HubOptions options = HubWorld::Options();
    options.planted_masks = [](v1::Contract& contract) {
      for (auto& terms : *contract.mutable_work_types()) {
        for (auto& one : *terms.mutable_unmask()) {
          one.set_show(v1::Contract::SHOW_CLEAR);
          one.clear_mask();
        }
      }
    };
    return options;
  }
};

TEST_F(HubUnmaskingGuardTest, WhatAMistakeWouldShowStaysInside) {
  Apply({"{data_class: ADDRESS, show: PARTIAL, mask: DISTRICT, second_person: NONE}"});
  EXPECT_EQ(StateOf(AskFor(v1::DATA_CLASS_ADDRESS)), "WITHHELD");
  EXPECT_THAT(Listed(), IsEmpty());
  EXPECT_THAT(Told(), IsEmpty());
  const auto items = world_.Quarantine();
  ASSERT_EQ(items.size(), 1u);
  EXPECT_EQ(items[0].kind(), "shown");
  EXPECT_EQ(items[0].status(), "WITHHELD_SHAPE");
  EXPECT_THAT(items[0].field(), HasSubstr("person.address."));
}

}  // namespace
}  // namespace switchboard
