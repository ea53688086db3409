// Permits asked for on a stream, and what becomes void of them.
#include <deque>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "adapters/codes/call_code.h"
#include "hub/masking/permit_answer.h"
#include "tests/hub/answers.h"
#include "tests/hub/rules_fixture.h"

namespace switchboard {
namespace {

using adapters::CallCode;
using google::protobuf::util::TimeUtil;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// A dialer's end of a stream.
class Dialer final : public api::PermitStream::Outlet {
 public:
  Dialer(testing::HubWorld& world, const std::string& vendor_id)
      : world_(world),
        stream_(world.hub().vendor_api().OpenPermits(testing::VendorPeer(vendor_id), this)) {}
  ~Dialer() override { stream_->Detach(); }

  void Tell(masking::ToVendor<v1::RequestPermitsResponse> message) override {
    told_.push_back(message.Read().voided_permit().permit_id());
  }
  void End(const absl::Status& status) override { end_ = status; }

  v1::RequestPermitsResponse::Answer Ask(const v1::RequestPermitRequest& request) {
    v1::RequestPermitsRequest message;
    *message.mutable_request() = request;
    const auto response = world_.Await<v1::RequestPermitsResponse>(
        [&](auto done) { stream_->Take(message.SerializeAsString(), done); });
    EXPECT_OK(response);
    return response.ok() ? response->answer() : v1::RequestPermitsResponse::Answer();
  }
  std::vector<std::string> Told() {
    world_.Settle();
    return std::exchange(told_, {});
  }
  const std::optional<absl::Status>& end() const { return end_; }
  api::PermitStream& stream() { return *stream_; }

 private:
  testing::HubWorld& world_;
  const std::shared_ptr<api::PermitStream> stream_;
  std::vector<std::string> told_;
  std::optional<absl::Status> end_;
};

class HubPermitStreamsTest : public testing::RulesTest {
 protected:
  std::string VendorOfAccount(const std::string& account) {
    return world_.Live(account).vendor_id();
  }
};

TEST_F(HubPermitStreamsTest, AnswersAreThoseOfASingleCall) {
  Dialer dialer(world_, VendorOfAccount("A-1"));
  const auto given = dialer.Ask(Call("A-1"));
  ASSERT_TRUE(given.has_permit());
  EXPECT_EQ(given.assignment_id(), world_.Live("A-1").assignment_id());
  EXPECT_EQ(given.request_id(), "r-1");
  const auto denied = dialer.Ask(Call("A-1"));
  EXPECT_EQ(denied.denial().reason(), v1::Denial::REASON_PERMIT_OPEN);
  v1::RequestPermitRequest wrong = Call("A-1");
  wrong.clear_act();
  EXPECT_EQ(dialer.Ask(wrong).problem().field(), "act");
  // The stream lives on.
  EXPECT_EQ(dialer.Ask(Call("A-1")).denial().reason(), v1::Denial::REASON_PERMIT_OPEN);
  EXPECT_THAT(dialer.Told(), IsEmpty());
}

TEST_F(HubPermitStreamsTest, WhatBecomesVoidIsToldAtOnceOnTheStreamItWasGivenOn) {
  const std::string vendor = VendorOfAccount("A-1");
  Dialer dialer(world_, vendor), other(world_, vendor);
  const std::string permit_id = dialer.Ask(Call("A-1")).permit().permit_id();
  ASSERT_OK(world_.Post({testing::Payment("pay-1", "A-1")}));
  EXPECT_THAT(dialer.Told(), ElementsAre(permit_id));
  EXPECT_THAT(other.Told(), IsEmpty());
  EXPECT_THAT(dialer.Told(), IsEmpty());
}

TEST_F(HubPermitStreamsTest, WhatIsUsedReleasedOrExpiredIsNotVoid) {
  Dialer dialer(world_, VendorOfAccount("A-1"));
  const auto permit = dialer.Ask(Call("A-1")).permit();
  v1::Outcome outcome = OutcomeNow(world_.Live("A-1").assignment_id(), CallCode::kNoAnswer);
  outcome.set_permit_id(permit.permit_id());
  Report(outcome);
  ASSERT_TRUE(dialer.Ask(Call("A-1")).has_permit());
  world_.clock.Advance(absl::Minutes(3));
  ASSERT_OK(world_.Post({testing::Payment("pay-1", "A-1")}));
  EXPECT_THAT(dialer.Told(), IsEmpty());
}

// Two lanes may have a permit: the word that it is void may overtake the answer that gives it.
TEST_F(HubPermitStreamsTest, AWordThatComesBeforeTheAnswerIsToldBehindIt) {
  std::vector<std::string> said;
  struct Outlet final : api::PermitStream::Outlet {
    explicit Outlet(std::vector<std::string>& to) : said(to) {}
    void Tell(masking::ToVendor<v1::RequestPermitsResponse> message) override {
      said.push_back("void " + message.Read().voided_permit().permit_id());
    }
    void End(const absl::Status&) override {}
    std::vector<std::string>& said;
  } outlet(said);
  std::shared_ptr<api::PermitStream> stream;
  stream = std::make_shared<api::PermitStream>(
      "sakura", world_.clock.Now(),
      [&](const v1::RequestPermitRequest&, const Done<api::PermitStream::Answer>& done) {
        stream->PermitVoid("pm-1");
        v1::RequestPermitResponse response;
        response.mutable_permit()->set_permit_id("pm-1");
        done(std::get<api::PermitStream::Answer>(masking::PermitAnswer::Of(response, {})));
      },
      &outlet);
  stream->Take("", [&](const auto& answer) {
    EXPECT_OK(answer);
    said.push_back("answer");
  });
  EXPECT_THAT(said, ElementsAre("answer", "void pm-1"));
}

TEST_F(HubPermitStreamsTest, StreamsGrowOldAndAreBounded) {
  const std::string vendor = VendorOfAccount("A-1");
  Dialer first(world_, vendor);
  world_.clock.Advance(absl::Seconds(1));
  std::deque<std::unique_ptr<Dialer>> more;
  for (size_t i = 1; i < api::PermitStreams::kOfVendorMax; ++i)
    more.push_back(std::make_unique<Dialer>(world_, vendor));
  EXPECT_FALSE(first.end().has_value());
  Dialer one_more(world_, vendor);
  ASSERT_TRUE(first.end().has_value());
  EXPECT_EQ(ErrorReason(*first.end()), "SUPERSEDED");
  EXPECT_FALSE(one_more.end().has_value());
  world_.Advance(absl::Hours(2));
  ASSERT_TRUE(one_more.end().has_value());
  EXPECT_OK(*one_more.end());
}

TEST_F(HubPermitStreamsTest, APermitMayBeAskedForAheadAsFarAsTheContractSays) {
  for (const char* vendor : {"sakura", "fuji"}) {
    testing::ContractOptions contract;
    contract.vendor_id = vendor;
    contract.permit_terms = ", look_ahead: 30s";
    world_.ApplyContract(contract);
  }
  // 07:59:45 in Tokyo; the day begins at 08:00.
  world_.clock.Advance(absl::Hours(20) - absl::Seconds(15));
  EXPECT_THAT(Refusing("A-1"), ElementsAre("jp-test.hours"));
  v1::RequestPermitRequest ahead = Call("A-1");
  const auto at = [this](absl::Duration from_now) {
    return TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(world_.clock.Now() + from_now));
  };
  *ahead.mutable_begin_no_earlier_than() = at(absl::Seconds(14));
  EXPECT_THAT(Refusing(ahead), ElementsAre("jp-test.hours"));
  *ahead.mutable_begin_no_earlier_than() = at(absl::Seconds(15));
  ahead.set_request_id("r-ahead");
  ASSERT_THAT(Refusing(ahead), ElementsAre("permit"));
  EXPECT_EQ(TokyoTime(permit_.begin_time()), "2026-12-01 08:00:00");
  EXPECT_EQ(TokyoTime(permit_.expire_time()), "2026-12-01 08:02:00");
  ahead = Call("A-3");
  *ahead.mutable_begin_no_earlier_than() = at(absl::Seconds(31));
  EXPECT_THAT(Ask(ahead), testing::FailsWith(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  *ahead.mutable_begin_no_earlier_than() = at(absl::Seconds(20));
  *ahead.mutable_begin_no_later_than() = at(absl::Seconds(20));
  EXPECT_THAT(Ask(ahead), testing::FailsWith(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
}

}  // namespace
}  // namespace switchboard
