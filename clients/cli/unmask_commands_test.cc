// Unmaskings: how they are listed, and what an operator's word asks of the hub.

#include <string>

#include "clients/cli/scripted_calls.h"
#include "google/protobuf/util/time_util.h"
#include "switchboard/v1/privacy_records.pb.h"
#include "tests/testing.h"

namespace switchboard::cli {
namespace {

using google::protobuf::util::TimeUtil;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;
using Response = v1::RequestUnmaskingResponse;

v1::FindUnmaskingsResponse::Unmasking& Add(v1::FindUnmaskingsResponse& page, const std::string& id,
                                           Response::State state) {
  auto& one = *page.add_unmaskings();
  one.set_unmasking_id(id);
  one.set_vendor_id("sakura");
  one.set_agent_reference("desk/7");
  one.set_account_id("C-9");
  one.add_classes(v1::DATA_CLASS_ADDRESS);
  one.add_classes(v1::DATA_CLASS_BIRTH_DATE);
  one.set_reason(v1::UNMASKING_REASON_LEGAL);
  *one.mutable_ask_time() = TimeUtil::SecondsToTimestamp(1767225600);
  one.set_state(state);
  return one;
}

TEST(UnmaskCommandsTest, ListSaysHowEachStands) {
  Script script;
  auto& first = script.Answer<v1::FindUnmaskingsResponse>();
  Add(first, "u-1", Response::STATE_WAITING);
  Add(first, "u-2", Response::STATE_SHOWN).set_decided_by("operator/ito");
  auto& second = script.Answer<v1::FindUnmaskingsResponse>();
  auto& shown = Add(second, "u-3", Response::STATE_SHOWN);
  *shown.mutable_show_time() = TimeUtil::SecondsToTimestamp(1767225600);
  *shown.mutable_until_time() = TimeUtil::SecondsToTimestamp(1767225660);
  Add(second, "u-4", Response::STATE_REFUSED).set_decided_by("operator/abe");
  Add(second, "u-5", Response::STATE_ENDED);
  const Ran ran = RunOnline({"unmask", "list", "--waiting", "--vendor", "sakura"}, script);
  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_THAT(ran.out, ContainsRegex("u-1 +sakura +desk/7 +C-9 +ADDRESS, BIRTH_DATE +LEGAL "
                                     "+2026-01-01 00:00:00 +WAITING"));
  EXPECT_THAT(ran.out, ContainsRegex("u-2 .*agreed by operator/ito"));
  EXPECT_THAT(ran.out, ContainsRegex("u-3 .*SHOWN until 2026-01-01 00:01:00"));
  EXPECT_THAT(ran.out, ContainsRegex("u-4 .*REFUSED by operator/abe"));
  EXPECT_THAT(ran.out, ContainsRegex("u-5 .*ENDED"));
  EXPECT_THAT(ran.out, HasSubstr("5 unmaskings\n"));
  const auto last = script.Asked<v1::FindUnmaskingsRequest>();
  EXPECT_TRUE(last.waiting_only());
  EXPECT_EQ(last.vendor_id(), "sakura");
  EXPECT_EQ(last.after(), "u-5");
}

TEST(UnmaskCommandsTest, ListEndsAtALimit) {
  Script script;
  auto& page = script.Answer<v1::FindUnmaskingsResponse>();
  Add(page, "u-1", Response::STATE_ENDED);
  Add(page, "u-2", Response::STATE_ENDED);
  const Ran ran = RunOnline({"unmask", "list", "--limit", "1"}, script);
  EXPECT_THAT(ran.out, HasSubstr("u-1"));
  EXPECT_THAT(ran.out, Not(HasSubstr("u-2")));
  EXPECT_FALSE(script.Asked<v1::FindUnmaskingsRequest>().waiting_only());
}

TEST(UnmaskCommandsTest, AWordIsYesOrNo) {
  Script script;
  const Ran agreed = RunOnline({"unmask", "agree", "u-1"}, script);
  EXPECT_EQ(agreed.code, kExitOk) << agreed.err;
  EXPECT_THAT(agreed.out, HasSubstr("unmasking u-1 may be seen"));
  EXPECT_EQ(script.Asked<v1::DecideUnmaskingRequest>().unmasking_id(), "u-1");
  EXPECT_TRUE(script.Asked<v1::DecideUnmaskingRequest>().agreed());
  const Ran refused = RunOnline({"unmask", "refuse", "u-2"}, script);
  EXPECT_EQ(refused.out, "unmasking u-2 is refused\n");
  EXPECT_FALSE(script.Asked<v1::DecideUnmaskingRequest>().agreed());
  script.failure = Error(absl::StatusCode::kFailedPrecondition, "UNMASKING_NOT_WAITING", "no");
  EXPECT_THAT(RunOnline({"unmask", "agree", "u-2"}, script).err,
              HasSubstr("switchboard unmask list"));
}

}  // namespace
}  // namespace switchboard::cli
