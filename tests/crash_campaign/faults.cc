#include "tests/crash_campaign/faults.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "clients/demo/parties/monotonic.h"
#include "hub/base/error.h"

namespace switchboard::crash {
namespace {

using demo::MonotonicNanos;
using servers::PatroniNode;

constexpr int64_t kServiceNanosMax = 180'000'000'000;

double SecondsSince(int64_t from_ns) {
  return static_cast<double>(MonotonicNanos() - from_ns) / 1e9;
}

}  // namespace

std::string Told(const Fault& fault) {
  return absl::StrFormat(
      "%s: service again after %.1f s; commits on both servers again after %.1f s; %s", fault.name,
      fault.seconds_until_service, fault.seconds_until_both,
      fault.primary_before == fault.primary_after
          ? absl::StrCat(fault.primary_after, " stayed the primary")
          : absl::StrCat(fault.primary_after, " took the place of ", fault.primary_before));
}

absl::StatusOr<Fault> Faults::Bring(uint64_t number) {
  ASSIGN_OR_RETURN(PatroniNode * primary, cluster_.AwaitPrimary());
  Fault fault;
  fault.primary_before = primary->name();
  from_ns_ = MonotonicNanos();
  const uint64_t kind = number % 4;
  if (kind == 0) RETURN_IF_ERROR(KillPrimary(*primary, fault));
  if (kind == 1) RETURN_IF_ERROR(FreezePrimary(*primary, fault));
  if (kind == 2) RETURN_IF_ERROR(KillEtcdLeader(fault));
  if (kind == 3) RETURN_IF_ERROR(CutStandby(*primary, fault));
  RETURN_IF_ERROR(cluster_.AwaitBoth());
  fault.seconds_until_both = SecondsSince(from_ns_);
  ASSIGN_OR_RETURN(const PatroniNode* now, cluster_.AwaitPrimary());
  fault.primary_after = now->name();
  RETURN_IF_ERROR(cluster_.CheckAlive());
  if ((now == primary) == (kind >= 2)) return fault;
  return Error(absl::StatusCode::kInternal, "WRONG_PRIMARY",
               absl::StrCat(fault.name, ": ", now->name(), " is the primary"));
}

// With everything on its host: nobody says good-bye, and its lease in etcd runs out.
absl::Status Faults::KillPrimary(PatroniNode& primary, Fault& fault) {
  fault.name = "primary killed";
  primary.Kill();
  RETURN_IF_ERROR(AwaitService(fault));
  return primary.Start();
}

// It comes back as one that thinks it is the primary; by then another one is.
absl::Status Faults::FreezePrimary(PatroniNode& primary, Fault& fault) {
  fault.name = "primary frozen and back";
  primary.Freeze();
  const absl::Status served = AwaitService(fault);
  primary.Thaw();
  return served;
}

absl::Status Faults::KillEtcdLeader(Fault& fault) {
  fault.name = "etcd's leader killed";
  ASSIGN_OR_RETURN(const size_t leader, cluster_.etcd().AwaitLeader());
  cluster_.etcd().Kill(leader);
  RETURN_IF_ERROR(AwaitService(fault));
  RETURN_IF_ERROR(cluster_.etcd().AwaitLeader().status());
  // What could be read from the one that is gone, Patroni has to read elsewhere.
  RETURN_IF_ERROR(cluster_.AwaitBoth());
  return cluster_.etcd().Start(leader);
}

// Commits wait for it until Patroni has struck it off the list of those who may be promoted.
absl::Status Faults::CutStandby(PatroniNode& primary, Fault& fault) {
  fault.name = "standby off the network";
  cluster_.CutNetwork(cluster_.Other(primary));
  const absl::Status served = AwaitService(fault);
  cluster_.MendNetwork();
  return served;
}

// Two answers: the first may be to what was sent before.
absl::Status Faults::AwaitService(Fault& fault) {
  ASSIGN_OR_RETURN(const int64_t before, answered_());
  for (int64_t answers = before; answers < before + 2;) {
    if (MonotonicNanos() - from_ns_ > kServiceNanosMax) {
      return Error(absl::StatusCode::kDeadlineExceeded, "NO_SERVICE",
                   absl::StrCat(fault.name, ": the hub does not serve again"));
    }
    ASSIGN_OR_RETURN(answers, answered_());
  }
  fault.seconds_until_service = SecondsSince(from_ns_);
  return absl::OkStatus();
}

}  // namespace switchboard::crash
