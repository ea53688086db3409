// Every attack in turn on a real daemon, each bounded in bytes and by itself, while a core posts
// stops and another vendor asks for permits: nobody of them is refused, and what the attack costs
// the hub has bounds.
#include <zlib.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "switchboard/v1/operator_service.grpc.pb.h"
#include "switchboard/v1/vendor_service.grpc.pb.h"
#include "tests/attacks/attacked_hub.h"
#include "tests/attacks/bystanders.h"
#include "tests/crash_campaign/quick_channel.h"
#include "tests/http2_bytes.h"
#include "tests/raw_peer.h"
#include "tests/silent_connections.h"
#include "tests/testing.h"

namespace switchboard::attacks {
namespace {

using guard::FrameType;
using testing::CallBlock;
using testing::Frame;
using testing::Hello;
using testing::IsOk;
using testing::RawPeer;

// What one attack may cost, whatever it sends.
constexpr int64_t kResidentKibMax = 64 << 10;
constexpr double kCpuSecondsForEachMiB = 1.0;
// Of the bystanders and of the hub's own clockwork meanwhile.
constexpr double kCpuSecondsBeside = 3.0;

constexpr char kPermit[] = "/switchboard.v1.VendorService/RequestPermit";

class Attacks : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(hub_, AttackedHub::Start("", clock_));
    Bystanders::Options options;
    options.hub_address = hub_->address();
    options.core_tls = hub_->TlsOf("core-main");
    options.vendor_tls = hub_->TlsOf("vendor-asahi");
    options.vendor_folder = hub_->VendorFolder("asahi");
    ASSERT_OK_AND_ASSIGN(bystanders_, Bystanders::Start(options, clock_));
    Work(40);
    quiet_ = bystanders_->TakeMet();
    EXPECT_TRUE(quiet_.refused.empty());
  }
  void TearDown() override {
    bystanders_.reset();
    if (hub_ != nullptr) EXPECT_OK(hub_->Stop());
  }

  // Until the bystanders have made so many more calls.
  void Work(int64_t calls) {
    const int64_t before = calls_;
    EXPECT_TRUE(testing::Eventually([&] {
      auto met = bystanders_->TakeMet();
      calls_ += static_cast<int64_t>(met.stops.size() + met.permits.size());
      Merge(std::move(met));
      return calls_ - before >= calls;
    }));
  }
  void Merge(Bystanders::Met met) {
    met_.answered += met.answered;
    for (auto& one : met.refused) met_.refused.push_back(std::move(one));
    met_.stops.insert(met_.stops.end(), met.stops.begin(), met.stops.end());
    met_.permits.insert(met_.permits.end(), met.permits.begin(), met.permits.end());
  }

  // Runs the attack, which returns how many bytes it sent, and judges what it cost.
  void Attack(const std::function<int64_t()>& attack) {
    Work(10);
    met_ = Bystanders::Met();
    ASSERT_OK_AND_ASSIGN(const HubUse before, hub_->Use());
    const int64_t sent = attack();
    Work(20);
    ASSERT_OK_AND_ASSIGN(const HubUse after, hub_->Use());
    const double mib = static_cast<double>(sent) / (1 << 20);
    EXPECT_LE(after.resident_kib - before.resident_kib, kResidentKibMax);
    EXPECT_LE(after.cpu_seconds - before.cpu_seconds,
              kCpuSecondsForEachMiB * mib + kCpuSecondsBeside);
    EXPECT_EQ(met_.refused, std::vector<std::string>());
    std::cout << "  sent " << mib << " MiB; memory +" << (after.resident_kib - before.resident_kib)
              << " KiB, CPU " << after.cpu_seconds - before.cpu_seconds
              << " s; quiet: " << quiet_.Describe() << "; now: " << met_.Describe() << "\n";
  }

  std::unique_ptr<RawPeer> Peer(const std::string& name = "vendor-beni") {
    auto peer = RawPeer::Connect(hub_->address(), hub_->TlsOf(name));
    EXPECT_OK(peer);
    return peer.ok() ? *std::move(peer) : nullptr;
  }
  // Sends pieces until the hub takes no more or `bytes_max` are sent; returns how many were.
  static int64_t Pour(RawPeer& peer, const std::function<std::string()>& piece, int64_t bytes_max) {
    int64_t sent = 0;
    while (sent < bytes_max) {
      const std::string bytes = piece();
      if (!peer.Send(bytes)) break;
      sent += static_cast<int64_t>(bytes.size());
    }
    return sent;
  }

  SystemClock clock_;
  std::unique_ptr<AttackedHub> hub_;
  std::unique_ptr<Bystanders> bystanders_;
  Bystanders::Met quiet_, met_;
  int64_t calls_ = 0;
};

// Nothing is acknowledged here: gRPC's own limits would not hold.
TEST_F(Attacks, HeaderBlocksWithoutEnd) {
  Attack([this] {
    const auto peer = Peer();
    peer->Send(Hello() + Frame(FrameType::kHeaders, 0, 1, CallBlock(kPermit)));
    const std::string piece = Frame(FrameType::kContinuation, 0, 1, std::string(16'000, '\0'));
    const int64_t sent = Pour(
        *peer, [&] { return piece; }, int64_t{32} << 20);
    EXPECT_LT(sent, int64_t{8} << 20) << "cut";
    return sent;
  });
}

TEST_F(Attacks, HeaderBlocksInTinyPieces) {
  Attack([this] {
    int64_t sent = 0;
    for (int connection = 0; connection < 4; ++connection) {
      const auto peer = Peer();
      peer->Send(Hello() + testing::SettingsAck() + Frame(FrameType::kHeaders, 0, 1, ""));
      const std::string piece = Frame(FrameType::kContinuation, 0, 1, std::string(1, '\x82'));
      sent += Pour(
          *peer, [&] { return piece; }, int64_t{6} << 20);
    }
    return sent;
  });
}

TEST_F(Attacks, MetadataBeyondTheLimitWithoutAcknowledgement) {
  Attack([this] {
    const auto peer = Peer();
    const std::string block = CallBlock(kPermit, {{"x-much", std::string(60'000, 'a')}});
    std::string bytes = Hello();
    bytes += Frame(FrameType::kHeaders, guard::kFlagEndStream, 1, block.substr(0, 16'000));
    for (size_t at = 16'000; at < block.size(); at += 16'000) {
      const bool last = at + 16'000 >= block.size();
      bytes += Frame(FrameType::kContinuation, last ? guard::kFlagEndHeaders : 0, 1,
                     block.substr(at, 16'000));
    }
    peer->Send(bytes);
    return static_cast<int64_t>(bytes.size());
  });
}

TEST_F(Attacks, ThousandsOfStreamsWithoutAcknowledgement) {
  Attack([this] {
    const auto peer = Peer();
    peer->Send(Hello());
    uint32_t stream = 1;
    return Pour(
        *peer,
        [&] {
          const std::string headers =
              Frame(FrameType::kHeaders, guard::kFlagEndHeaders, stream, CallBlock(kPermit));
          stream += 2;
          return headers;
        },
        int64_t{2} << 20);
  });
}

TEST_F(Attacks, RapidResets) {
  Attack([this] {
    const auto peer = Peer();
    peer->Send(Hello() + testing::SettingsAck());
    uint32_t stream = 1;
    return Pour(
        *peer,
        [&] {
          const std::string pair =
              Frame(FrameType::kHeaders, guard::kFlagEndHeaders, stream, CallBlock(kPermit)) +
              testing::Reset(stream);
          stream += 2;
          return pair;
        },
        int64_t{4} << 20);
  });
}

TEST_F(Attacks, FloodsOfSmallFrames) {
  for (const std::string& frame :
       {testing::Ping(), testing::Settings(), testing::WindowUpdate(0, 1),
        Frame(FrameType::kPriority, 0, 1, std::string(5, '\0')),
        Frame(static_cast<FrameType>(200), 0, 0, "x")}) {
    Attack([&] {
      const auto peer = Peer();
      peer->Send(Hello() + testing::SettingsAck() + testing::Call(1, kPermit));
      return Pour(
          *peer, [&] { return frame; }, int64_t{1} << 20);
    });
  }
}

std::string Zipped(size_t size) {
  std::string plain(size, '\0');
  std::string zipped(compressBound(size) + 64, '\0');
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(plain.data());
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = reinterpret_cast<Bytef*>(zipped.data());
  stream.avail_out = static_cast<uInt>(zipped.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  zipped.resize(stream.total_out);
  deflateEnd(&stream);
  return zipped;
}

TEST_F(Attacks, CompressedMessages) {
  const std::string bomb = Zipped(size_t{256} << 20);
  Attack([&] {
    const auto peer = Peer();
    std::string bytes = Hello() + testing::SettingsAck() +
                        Frame(FrameType::kHeaders, guard::kFlagEndHeaders, 1,
                              CallBlock(kPermit, {{"grpc-encoding", "gzip"}}));
    const std::string message = testing::Message(bomb, true);
    for (size_t at = 0; at < message.size(); at += 16'000) {
      const bool last = at + 16'000 >= message.size();
      bytes +=
          Frame(FrameType::kData, last ? guard::kFlagEndStream : 0, 1, message.substr(at, 16'000));
    }
    peer->Send(bytes);
    return static_cast<int64_t>(bytes.size());
  });
}

TEST_F(Attacks, ConnectionsOfStrangersAndOfOneVendor) {
  Attack([this] {
    const testing::SilentConnections strangers(hub_->address(), 700);
    std::vector<std::unique_ptr<RawPeer>> many;
    for (int i = 0; i < 100; ++i) {
      RawPeer::Options options;
      options.folder = hub_->TlsOf("vendor-beni");
      options.from_address = absl::StrCat("127.0.1.", i + 1);
      auto peer = RawPeer::Connect(hub_->address(), options);
      if (!peer.ok()) continue;
      (*peer)->Send(Hello());
      many.push_back(*std::move(peer));
    }
    // Room is kept for the issuer.
    for (int i = 0; i < 5; ++i) {
      RawPeer::Options options;
      options.folder = hub_->TlsOf("operator-checker");
      options.from_address = absl::StrCat("127.0.2.", i + 1);
      const auto peer = RawPeer::Connect(hub_->address(), options);
      EXPECT_OK(peer);
      if (!peer.ok()) continue;
      (*peer)->Send(
          Hello() + testing::SettingsAck() +
          testing::Call(1, "/switchboard.v1.OperatorService/ListVendors", testing::Message("")));
      EXPECT_TRUE((*peer)->ReadUntil(FrameType::kHeaders).has_value());
    }
    return int64_t{64} << 10;
  });
  EXPECT_THAT(hub_->Log(), ::testing::HasSubstr("too_many_of_peer"));
}

TEST_F(Attacks, JunkLeavesFewLines) {
  const size_t before = hub_->Log().size();
  Attack([this] {
    const testing::SilentConnections junk(hub_->address(), 200);
    for (size_t i = 0; i < 200; ++i) junk.Say(i, "GET / HTTP/1.1\r\n\r\n");
    for (size_t i = 0; i < 200; ++i) EXPECT_TRUE(junk.ClosedByPeer(i));
    return int64_t{200 * 18};
  });
  EXPECT_LE(hub_->Log().size() - before, 40'000u);
}

TEST_F(Attacks, OutcomesThatAreRefusedDoNotFillTheDisk) {
  ASSERT_OK_AND_ASSIGN(const auto channel,
                       crash::QuickChannel(hub_->address(), hub_->TlsOf("vendor-beni"), clock_));
  const auto stub = v1::VendorService::NewStub(channel);
  ASSERT_OK_AND_ASSIGN(const HubUse before, hub_->Use());
  Attack([&] {
    int64_t sent = 0;
    for (int call = 0; call < 100; ++call) {
      v1::ReportOutcomesRequest request;
      v1::Outcome& outcome = *request.add_outcomes();
      outcome.set_outcome_id(absl::StrCat("o-", call));
      outcome.set_version(1);
      outcome.set_assignment_id("none");
      outcome.set_note(std::string(900'000, 'n'));
      grpc::ClientContext context;
      v1::ReportOutcomesResponse response;
      EXPECT_TRUE(stub->ReportOutcomes(&context, request, &response).ok());
      sent += static_cast<int64_t>(request.ByteSizeLong());
    }
    return sent;
  });
  ASSERT_OK_AND_ASSIGN(const HubUse after, hub_->Use());
  EXPECT_LE(after.file_bytes - before.file_bytes, int64_t{40} << 20);
}

}  // namespace
}  // namespace switchboard::attacks
