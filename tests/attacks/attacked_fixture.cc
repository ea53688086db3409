#include "tests/attacks/attacked_fixture.h"

#include <iostream>
#include <utility>
#include <vector>

namespace switchboard::attacks {
namespace {

using testing::IsOk;

// What one attack may cost, whatever it sends.
constexpr int64_t kResidentKibMax = 64 << 10;
constexpr double kCpuSecondsForEachMiB = 1.0;
// Of the bystanders and of the hub's own clockwork meanwhile.
constexpr double kCpuSecondsBeside = 3.0;

void Add(Bystanders::Met more, Bystanders::Met& to) {
  to.answered += more.answered;
  for (std::string& one : more.refused) to.refused.push_back(std::move(one));
  to.stops.insert(to.stops.end(), more.stops.begin(), more.stops.end());
  to.permits.insert(to.permits.end(), more.permits.begin(), more.permits.end());
}

}  // namespace

void AttackedFixture::Begin(const std::string& more_config, const std::string& folder) {
  ASSERT_OK_AND_ASSIGN(hub_, AttackedHub::Start(more_config, clock_, folder));
  Bystanders::Options options;
  options.hub_address = hub_->address();
  options.core_tls = hub_->TlsOf("core-main");
  options.vendor_tls = hub_->TlsOf("vendor-asahi");
  options.vendor_folder = hub_->VendorFolder("asahi");
  ASSERT_OK_AND_ASSIGN(bystanders_, Bystanders::Start(options, clock_));
  Work(40);
  quiet_ = std::exchange(met_, Bystanders::Met());
  EXPECT_TRUE(quiet_.refused.empty());
}

void AttackedFixture::TearDown() {
  bystanders_.reset();
  if (hub_ == nullptr) return;
  EXPECT_OK(hub_->Stop());
}

void AttackedFixture::Work(int64_t calls) {
  const int64_t before = calls_;
  EXPECT_TRUE(testing::Eventually([&] {
    Bystanders::Met met = bystanders_->TakeMet();
    calls_ += static_cast<int64_t>(met.stops.size() + met.permits.size());
    Add(std::move(met), met_);
    return calls_ - before >= calls;
  }));
}

void AttackedFixture::Suffer(const std::function<int64_t()>& attack) {
  Work(10);
  met_ = Bystanders::Met();
  ASSERT_OK_AND_ASSIGN(const HubUse before, hub_->Use());
  const int64_t sent = attack();
  Work(20);
  ASSERT_OK_AND_ASSIGN(const HubUse after, hub_->Use());
  const double mib = static_cast<double>(sent) / (1 << 20);
  const double cpu_seconds = after.cpu_seconds - before.cpu_seconds;
  const int64_t resident_kib = after.resident_kib - before.resident_kib;
#ifndef __SANITIZE_ADDRESS__  // which keeps what is freed
  EXPECT_LE(resident_kib, kResidentKibMax);
#endif
  EXPECT_LE(cpu_seconds, kCpuSecondsForEachMiB * mib + kCpuSecondsBeside);
  EXPECT_EQ(met_.refused, std::vector<std::string>());
  std::cout << "  sent " << mib << " MiB; memory +" << resident_kib << " KiB, files +"
            << (after.file_bytes - before.file_bytes) / 1024 << " KiB, CPU " << cpu_seconds
            << " s\n  quiet: " << quiet_.Describe() << "\n  now:   " << met_.Describe() << "\n";
}

std::unique_ptr<testing::RawPeer> AttackedFixture::Connect(const std::string& peer,
                                                           const std::string& from_address) {
  testing::RawPeer::Options options;
  options.folder = hub_->TlsOf(peer);
  options.from_address = from_address;
  auto connected = testing::RawPeer::Connect(hub_->address(), options);
  EXPECT_OK(connected);
  return connected.ok() ? *std::move(connected) : nullptr;
}

}  // namespace switchboard::attacks
