// Bad input to VendorService.Sync over the wire, and two streams of one vendor.

#include "switchboard/v1/operator_service.pb.h"
#include "switchboard/v1/vendor_service.pb.h"
#include "tests/edge/edge_hub.h"

namespace switchboard::edge_test {
namespace {

using testing::FailsWith;

constexpr char kMethod[] = "/switchboard.v1.VendorService/Sync";

v1::SyncRequest Open(int window = 0) {
  v1::SyncRequest request;
  request.mutable_open()->set_window(window);
  return request;
}

v1::SyncRequest Ack(const std::string& generation, int64_t sequence) {
  v1::SyncRequest request;
  request.mutable_ack()->mutable_cursor()->set_generation(generation);
  request.mutable_ack()->mutable_cursor()->set_sequence(sequence);
  return request;
}

class SyncInput : public ::testing::Test {
 protected:
  SyncInput() { hub_.Import(1, 5); }

  // Opens and reads Opened and the batch with the five assignments; its cursor.
  v1::Cursor ReadAll(RawCall& call) {
    EXPECT_TRUE(call.Write(Open()));
    const auto opened = call.ReadAs<v1::SyncResponse>();
    const auto batch = call.ReadAs<v1::SyncResponse>();
    EXPECT_TRUE(opened.has_value() && opened->has_opened());
    EXPECT_TRUE(batch.has_value());
    if (!batch.has_value()) return {};
    EXPECT_EQ(batch->batch().changes_size(), 5);
    return batch->batch().through();
  }

  EdgeHub hub_;
  std::shared_ptr<grpc::Channel> vendor_ = hub_.Connect(kVendor);
};

TEST_F(SyncInput, FirstMessagesThatAreNoOpen) {
  struct Case {
    const char* what;
    std::string bytes;
    const char* reason;
  };
  const Case kCases[] = {
      {"garbage", "\xff\xff\xff", "MESSAGE_MALFORMED"},
      {"nothing", "", "OPEN_EXPECTED"},
      {"an ack before open", Ack("g", 1).SerializeAsString(), "OPEN_EXPECTED"},
      {"a window below one", Open(-1).SerializeAsString(), "WINDOW_INVALID"},
      {"a window too large", Open(10'001).SerializeAsString(), "WINDOW_INVALID"},
  };
  for (const Case& one : kCases) {
    SCOPED_TRACE(one.what);
    RawCall call(vendor_, kMethod);
    ASSERT_TRUE(call.Write(one.bytes));
    EXPECT_THAT(call.Finish(), FailsWith(absl::StatusCode::kInvalidArgument, one.reason));
  }
  EXPECT_EQ(hub_.Metric("switchboard_rpcs_total{code=\"INVALID_ARGUMENT\",method=\"" +
                        std::string(kMethod) + "\"}"),
            5);
  RawCall good(vendor_, kMethod);
  ReadAll(good);
}

TEST_F(SyncInput, LaterMessagesThatAreNoAck) {
  struct Case {
    const char* what;
    std::function<std::string(const v1::Cursor&)> bytes;
    absl::StatusCode code;
    const char* reason;
  };
  const Case kCases[] = {
      {"garbage", [](const v1::Cursor&) { return std::string("\xff\xff\xff"); },
       absl::StatusCode::kInvalidArgument, "MESSAGE_MALFORMED"},
      {"open again", [](const v1::Cursor&) { return Open().SerializeAsString(); },
       absl::StatusCode::kInvalidArgument, "OPEN_EXPECTED"},
      {"an ack beyond",
       [](const v1::Cursor& cursor) {
         return Ack(cursor.generation(), cursor.sequence() + 1).SerializeAsString();
       },
       absl::StatusCode::kFailedPrecondition, "ACK_OUT_OF_ORDER"},
      {"an ack of another generation",
       [](const v1::Cursor& cursor) { return Ack("other", cursor.sequence()).SerializeAsString(); },
       absl::StatusCode::kFailedPrecondition, "ACK_OUT_OF_ORDER"},
      {"an ack without a cursor",
       [](const v1::Cursor&) {
         v1::SyncRequest request;
         request.mutable_ack();
         return request.SerializeAsString();
       },
       absl::StatusCode::kFailedPrecondition, "ACK_OUT_OF_ORDER"},
      {"too many rejections",
       [](const v1::Cursor& cursor) {
         v1::SyncRequest request = Ack(cursor.generation(), cursor.sequence());
         for (int i = 0; i < 501; ++i) request.mutable_ack()->add_rejections();
         return request.SerializeAsString();
       },
       absl::StatusCode::kInvalidArgument, "BATCH_TOO_LARGE"},
  };
  for (const Case& one : kCases) {
    SCOPED_TRACE(one.what);
    RawCall call(vendor_, kMethod);
    // Whatever the stream before did, the whole feed is here again: nothing of it was acknowledged.
    const v1::Cursor cursor = ReadAll(call);
    ASSERT_TRUE(call.Write(one.bytes(cursor)));
    EXPECT_THAT(call.Finish(), FailsWith(one.code, one.reason));
  }
}

TEST_F(SyncInput, MessagesThatAreTooLarge) {
  RawCall call(vendor_, kMethod);
  const v1::Cursor cursor = ReadAll(call);
  v1::SyncRequest ack = Ack(cursor.generation(), cursor.sequence());
  ack.mutable_ack()->add_rejections()->set_assignment_id(std::string(65536, 'a'));
  ASSERT_TRUE(call.Write(ack));
  EXPECT_THAT(call.Finish(), FailsWith(absl::StatusCode::kResourceExhausted, "REQUEST_TOO_LARGE"));
}

TEST_F(SyncInput, AnAdapterThatIsNoName) {
  for (const std::string& adapter :
       {std::string(101, 'a'), std::string("sync\nclient"), std::string("\x1b[31m"),
        std::string("client/1 +81 90 1234 5678"), std::string("taro_at_example.jp")}) {
    v1::SyncRequest open = Open();
    open.mutable_open()->set_adapter(adapter);
    RawCall call(vendor_, kMethod);
    ASSERT_TRUE(call.Write(open));
    const absl::Status status = call.Finish();
    EXPECT_THAT(status, FailsWith(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
    EXPECT_EQ(ErrorMetadata(status, "field"), "open.adapter");
  }
}

TEST_F(SyncInput, OperatorsSeeWhichAdapterOpenedLast) {
  for (const char* adapter : {"first/1", "second/2"}) {
    v1::SyncRequest open = Open();
    open.mutable_open()->set_adapter(adapter);
    RawCall call(vendor_, kMethod);
    ASSERT_TRUE(call.Write(open));
    ASSERT_TRUE(call.Read().has_value());
  }
  const auto vendors = AskFor<v1::ListVendorsResponse>(
      hub_.Connect(kOperator), "/switchboard.v1.OperatorService/ListVendors", std::string());
  ASSERT_OK(vendors);
  EXPECT_EQ(vendors->vendors(0).adapter(), "second/2");  // also once its stream is gone
}

TEST_F(SyncInput, AHalfClosedStreamGetsOpenedAndTheFirstPage) {
  RawCall call(vendor_, kMethod);
  ASSERT_TRUE(call.Write(Open()));
  call.HalfClose();
  const auto opened = call.ReadAs<v1::SyncResponse>();
  ASSERT_TRUE(opened.has_value() && opened->has_opened());
  const auto batch = call.ReadAs<v1::SyncResponse>();
  ASSERT_TRUE(batch.has_value());
  EXPECT_EQ(batch->batch().changes_size(), 5);
  EXPECT_TRUE(batch->batch().caught_up());
  EXPECT_OK(call.Finish());
}

// A client that syncs once and goes: the next stream begins where its ack says.
TEST_F(SyncInput, AnAckBeforeTheHalfCloseIsStored) {
  RawCall call(vendor_, kMethod);
  const v1::Cursor cursor = ReadAll(call);
  ASSERT_TRUE(call.Write(Ack(cursor.generation(), cursor.sequence() - 1)));
  ASSERT_TRUE(call.Write(Ack(cursor.generation(), cursor.sequence())));
  call.HalfClose();
  EXPECT_OK(call.Finish());
  const auto vendors = AskFor<v1::ListVendorsResponse>(
      hub_.Connect(kOperator), "/switchboard.v1.OperatorService/ListVendors", std::string());
  ASSERT_OK(vendors);
  EXPECT_EQ(vendors->vendors(0).acknowledged_sequence(), cursor.sequence());
}

TEST_F(SyncInput, AStreamThatIsHalfClosedWithoutAnOpenIsRefused) {
  RawCall call(vendor_, kMethod);
  call.HalfClose();
  EXPECT_THAT(call.Finish(), FailsWith(absl::StatusCode::kInvalidArgument, "OPEN_EXPECTED"));
  RawCall empty(hub_.Connect(kNoContract), kMethod);
  ASSERT_TRUE(empty.Write(Open()));
  empty.HalfClose();
  EXPECT_THAT(empty.Finish(), FailsWith(absl::StatusCode::kPermissionDenied, "NO_CONTRACT"));
}

TEST_F(SyncInput, AVendorThatGoesLeavesNoStream) {
  {
    RawCall call(vendor_, kMethod);
    ReadAll(call);
    EXPECT_EQ(hub_.hub().streams().Counts()["sakura"], 1);
    call.Cancel();
    EXPECT_EQ(call.Finish().code(), absl::StatusCode::kCancelled);
  }
  EXPECT_TRUE(hub_.MetricReaches(
      "switchboard_rpcs_total{code=\"CANCELLED\",method=\"" + std::string(kMethod) + "\"}", 1));
  EXPECT_TRUE(Eventually([&] { return hub_.hub().streams().Counts()["sakura"] == 0; }));
}

// What a vendor writes into a rejection must not become text of the audit log.
TEST_F(SyncInput, RejectionsOfWhatIsNotTheVendorsOwnLeaveNoTrace) {
  RawCall call(vendor_, kMethod);
  EXPECT_TRUE(call.Write(Open()));
  ASSERT_TRUE(call.ReadAs<v1::SyncResponse>().has_value());
  const auto batch = call.ReadAs<v1::SyncResponse>();
  ASSERT_TRUE(batch.has_value());
  v1::SyncRequest request =
      Ack(batch->batch().through().generation(), batch->batch().through().sequence());
  request.mutable_ack()->add_rejections()->set_assignment_id("佐藤花子 090-1000-0001");
  auto& own = *request.mutable_ack()->add_rejections();
  own.set_assignment_id(batch->batch().changes(0).assigned().assignment_id());
  own.set_reason(v1::SyncRequest::Rejection::REASON_NO_CAPACITY);
  ASSERT_TRUE(call.Write(request));
  EXPECT_TRUE(
      hub_.MetricReaches("switchboard_feed_rejections_total{reason=\"REASON_NO_CAPACITY\","
                         "vendor_id=\"sakura\"}",
                         1));
  const auto read = [this](const std::string& chain_id) {
    v1::ReadAuditRequest asked;
    asked.set_max_entries(1000);
    asked.set_chain_id(chain_id);
    const auto audit = Ask(hub_.Connect(kOperator), "/switchboard.v1.OperatorService/ReadAudit",
                           asked.SerializeAsString());
    EXPECT_OK(audit);
    EXPECT_EQ(audit->find("佐藤"), std::string::npos);
    v1::ReadAuditResponse page;
    EXPECT_TRUE(page.ParseFromString(*audit));
    return page;
  };
  int rejected = 0;
  const v1::ReadAuditResponse first = read("");
  for (const std::string& chain_id : first.chain_ids()) {
    const v1::ReadAuditResponse page = read(chain_id);
    for (const auto& entry : page.entries()) {
      for (const std::string& bytes : entry.events()) {
        v1::AuditEvent event;
        ASSERT_TRUE(event.ParseFromString(bytes));
        rejected += event.rejected() == v1::SyncRequest::Rejection::REASON_NO_CAPACITY ? 1 : 0;
      }
    }
  }
  EXPECT_EQ(rejected, 1);
}

TEST_F(SyncInput, ANewerStreamEndsTheOlder) {
  RawCall older(vendor_, kMethod);
  ReadAll(older);
  const auto elsewhere = hub_.Connect(kVendor);
  RawCall newer(elsewhere, kMethod);
  ReadAll(newer);
  EXPECT_THAT(older.Finish(), FailsWith(absl::StatusCode::kAborted, "SUPERSEDED"));
  // The newer one goes on.
  hub_.Import(6, 1);
  while (true) {
    const auto response = newer.ReadAs<v1::SyncResponse>();
    ASSERT_TRUE(response.has_value());
    if (response->batch().changes_size() == 1) break;
  }
}

// Its window is full, so it reads no page that would tell it.
TEST_F(SyncInput, ANewerStreamEndsAnOlderThatNeverAcknowledges) {
  RawCall older(vendor_, kMethod);
  ASSERT_TRUE(older.Write(Open(3)));
  ASSERT_TRUE(older.Read().has_value());
  const auto batch = older.ReadAs<v1::SyncResponse>();
  ASSERT_TRUE(batch.has_value());
  ASSERT_EQ(batch->batch().changes_size(), 3);
  RawCall newer(hub_.Connect(kVendor), kMethod);
  ReadAll(newer);
  EXPECT_THAT(older.Finish(), FailsWith(absl::StatusCode::kAborted, "SUPERSEDED"));
}

}  // namespace
}  // namespace switchboard::edge_test
