#include "hub/watch.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "hub/audit/heads.h"
#include "hub/audit/kept_checkpoints.h"
#include "hub/audit/log_tree.h"
#include "hub/audit/quarantine.h"
#include "hub/base/error.h"
#include "hub/base/unused_memory.h"
#include "hub/deletions/deletion_book.h"
#include "hub/identity/material_files.h"
#include "hub/outcomes/late_words.h"
#include "hub/permits/permit_budget.h"
#include "hub/reports/audit_reading.h"
#include "hub/reports/gauges.h"
#include "hub/retention/policy.h"
#include "hub/unmasking/unmasking_book.h"
#include "hub/upkeep/backup_folder.h"
#include "hub/upkeep/key_rotation_row.h"

namespace switchboard {
namespace {

constexpr std::pair<v1::TextKind, const char*> kTextKinds[] = {
    {v1::TEXT_KIND_CONTRACT, "contract"},   {v1::TEXT_KIND_ROUTING_PLAN, "routing_plan"},
    {v1::TEXT_KIND_RULE_PACK, "rule_pack"}, {v1::TEXT_KIND_CODE_MAP, "code_map"},
    {v1::TEXT_KIND_SCRIPT, "script"},
};
constexpr absl::Duration kLookInterval = absl::Seconds(5);
constexpr absl::Duration kReturnInterval = absl::Minutes(1);
constexpr absl::Duration kHour = absl::Hours(1);
constexpr absl::Duration kDay = absl::Hours(24);
// Of each event the log writes a hundred lines in ten seconds.
constexpr int kHeadsPerLook = 40;
constexpr absl::Duration kHeldUpMax = kDay;
constexpr absl::Duration kWordMax = absl::Minutes(15);
constexpr absl::Duration kProofMax = absl::Minutes(10);
constexpr absl::Duration kEndsSoon = absl::Hours(14 * 24);
constexpr absl::Duration kOverdueMax = absl::Hours(1);  // beyond the interval

// Whether a time has come. One further away than its interval was set before the clock stepped
// back.
bool IsDue(absl::Time next, absl::Duration interval, absl::Time now) {
  return now >= next || next - now > interval;
}

absl::Status HeldUpBy(const reports::WaitedFor& one) {
  if (one.is_nobody()) {
    return Error(absl::StatusCode::kFailedPrecondition, "NO_READER",
                 "outcomes stay until a reader of the core feed has confirmed them, and there is "
                 "none: none ever confirmed anything, or all were retired");
  }
  return Error(absl::StatusCode::kFailedPrecondition, "READER_BEHIND",
               "outcomes stay until this reader has confirmed them; let it read on, or retire it "
               "with switchboard core retire");
}

absl::Status Withheld() {
  return Error(
      absl::StatusCode::kInternal, "WIRE_WITHHELD",
      "rows or permits were about to show the vendor what its contract does not grant, and "
      "did not leave; see which fields (switchboard quarantine list), mend what masks or "
      "the record, and let them be read anew (switchboard quarantine retry)");
}

absl::Status WithoutMeaning(const std::string& vendor_id) {
  return Error(absl::StatusCode::kFailedPrecondition, "OUTCOMES_UNMAPPED",
               absl::StrCat("outcomes wait because their codes have no meaning in the vendor's "
                            "code map; see which (switchboard codes unmapped ",
                            vendor_id,
                            "), have a version released that has them (switchboard codes "
                            "propose) and let them be recorded (switchboard quarantine retry "
                            "--vendor ",
                            vendor_id, ")"));
}

absl::Status ProofWaits() {
  return Error(
      absl::StatusCode::kFailedPrecondition, "KEY_PROOF_WAITS",
      "the old keys stay until every transaction that was under way before has ended; see "
      "pg_prepared_xacts and pg_stat_activity for one, of any database of the server, that "
      "was left prepared or open, and end it");
}

absl::Status Overdue(const std::string& vendor_id) {
  return Error(
      absl::StatusCode::kFailedPrecondition, "DELETION_OVERDUE",
      absl::StrCat("the vendor has not confirmed that it deleted what it was shown, though "
                   "the time of its contract is up; see which (switchboard deletion list "
                   "--overdue --vendor ",
                   vendor_id, "), and ask it"));
}

}  // namespace

void Watch::LookAtOnce() {
  looking_ = true;
  Look();
  next_look_ = parts_.true_clock.Now() + kLookInterval;
}

void Watch::Tick() {
  LookAtDatabase();
  LookAtDisk();
  const absl::Time now = parts_.true_clock.Now();
  if (!IsDue(next_look_, kLookInterval, now) || looking_.exchange(true)) return;
  next_look_ = now + kLookInterval;
  parts_.executor.Post([this] { Look(); });
}

void Watch::LookAtDatabase() {
  const bool reachable = parts_.hub.database_reachable();
  if (reachable == reachable_) return;
  reachable_ = reachable;
  parts_.on_database(reachable);
  reachable ? parts_.log.Info("database_back", {}) : parts_.log.Error("database_away", {});
}

void Watch::LookAtDisk() {
  const storage::DiskRoom& disk = parts_.hub.disk();
  const bool low = disk.low();
  const bool reserve = disk.has_reserve();
  const int64_t free_mib = disk.free_bytes() >> 20;
  if (low && !disk_low_) parts_.log.Error("disk_low", {{"free_mib", free_mib}});
  if (!low && disk_low_) parts_.log.Info("disk_has_room", {{"free_mib", free_mib}});
  if (!reserve && disk_reserve_)
    parts_.log.Error("disk_reserve_given_up", {{"free_mib", free_mib}});
  disk_low_ = low;
  disk_reserve_ = reserve;
  parts_.metrics.disk_free_bytes.Set(static_cast<double>(disk.free_bytes()));
  parts_.metrics.disk_low.Set(low ? 1 : 0);
  parts_.metrics.disk_reserve.Set(reserve ? 1 : 0);
}

// While the database is away the gauges stay as they are, which /readyz tells.
void Watch::Look() {
  const absl::Time now = parts_.clock.Now(), true_now = parts_.true_clock.Now();
  parts_.hub.readers()
      .Run([this, now](storage::Connection& reader) {
        return reports::LookAtGauges(reader, now, parts_.metrics);
      })
      .IgnoreError();
  LookAtFiles(true_now);
  CountProposals(now);
  if (IsDue(next_return_, kReturnInterval, true_now)) {
    next_return_ = true_now + kReturnInterval;
    ReturnUnusedMemory();
  }
  if (IsDue(next_heads_, kDay, now)) {
    next_heads_ = now + kDay;
    ReadHeads();
  }
  TellHeads();
  TellHeldUpErasure(now);
  TellSpentBudgets(now);
  TellLateWords(now);
  TellUnmapped(now);
  TellUnmaskings(now);
  TellOverdueDeletions(now);
  TellWithheld(now);
  TellWaitingProof(now);
  TellCheckpoints(now);
  if (IsDue(next_certificates_, kDay, true_now)) {
    next_certificates_ = true_now + kDay;
    TellCertificates(true_now);
  }
  looking_ = false;
}

void Watch::CountProposals(absl::Time now) {
  std::map<v1::TextKind, int64_t> open;
  const absl::Status read =
      parts_.hub.readers().Run([&](storage::Connection& reader) -> absl::Status {
        ASSIGN_OR_RETURN(open, parts_.hub.releases().CountOpen(reader, now));
        return absl::OkStatus();
      });
  if (!read.ok()) return;
  for (const auto& [kind, name] : kTextKinds)
    parts_.metrics.proposals_open.Set(open.contains(kind) ? open.at(kind) : 0, name);
}

void Watch::LookAtFiles(absl::Time now) {
  auto& expiry = parts_.metrics.certificate_expiry_seconds;
  const auto tls = parts_.tls.live();
  const auto set = [&](const char* file, absl::Time end) {
    expiry.Set(static_cast<double>(absl::ToUnixSeconds(end)), file);
  };
  set(identity::kCertificateFile, tls->material.not_after);
  set(identity::kRootsFile, tls->material.roots_not_after);
  if (!tls->material.revocations_pem.empty())
    set(identity::kRevocationsFile, tls->revocations.next_update());
  const std::string& folder = parts_.config.storage().backup_folder();
  if (folder.empty()) return;
  const auto newest = upkeep::NewestBackupTime(folder);
  parts_.metrics.backup_age_seconds.Set(newest.has_value()
                                            ? absl::ToDoubleSeconds(now - *newest)
                                            : std::numeric_limits<double>::infinity(),
                                        parts_.config.hub_id());
}

void Watch::ReadHeads() {
  v1::ListAuditHeadsResponse response;
  const absl::Status read =
      parts_.hub.readers().Run([&](storage::Connection& reader) -> absl::Status {
        ASSIGN_OR_RETURN(response, reports::ListAuditHeads(reader));
        return absl::OkStatus();
      });
  if (!read.ok()) next_heads_ = absl::InfinitePast();  // with the next look
  heads_to_tell_.assign(response.heads().rbegin(), response.heads().rend());
}

void Watch::TellHeads() {
  for (int told = 0; told < kHeadsPerLook && !heads_to_tell_.empty(); ++told) {
    const v1::AuditHead& head = heads_to_tell_.back();
    parts_.log.Info("audit_heads", {{"chain_id", head.chain_id()},
                                    {"sequence", head.sequence()},
                                    {"hash", audit::LogTextOfHash(head.hash())},
                                    {"commit_time_us", head.commit_time_us()}});
    heads_to_tell_.pop_back();
  }
}

void Watch::TellHeldUpErasure(absl::Time now) {
  if (!retention::Policy(parts_.config.retention()).erases_anything()) return;
  std::vector<reports::WaitedFor> readers;
  const absl::Status read =
      parts_.hub.readers().Run([&](storage::Connection& reader) -> absl::Status {
        ASSIGN_OR_RETURN(readers, reports::ReadersWaitedFor(reader));
        return absl::OkStatus();
      });
  if (!read.ok()) return;
  for (const reports::WaitedFor& one : readers) {
    const absl::Duration waiting = now - absl::FromUnixMicros(one.waiting_since_us);
    if (!one.holds_up_erasure || waiting <= kHeldUpMax) continue;
    absl::Time& next =
        held_up_told_.try_emplace(one.core + " " + one.reader, absl::InfinitePast()).first->second;
    if (!IsDue(next, kDay, now)) continue;
    next = now + kDay;
    parts_.log.Warning("erasure_held_up", {{"core", one.core},
                                           {"reader", one.reader.empty() ? telemetry::kUnnamedReader
                                                                         : one.reader.c_str()},
                                           {"unconfirmed", one.unconfirmed},
                                           {"waiting", waiting},
                                           {"why", HeldUpBy(one)}});
  }
}

void Watch::TellSpentBudgets(absl::Time now) {
  std::vector<permits::SpentBudget> spent;
  const absl::Status read =
      parts_.hub.readers().Run([&](storage::Connection& reader) -> absl::Status {
        ASSIGN_OR_RETURN(spent, permits::SpentBudgets(reader, now));
        return absl::OkStatus();
      });
  if (!read.ok()) return;
  for (const permits::SpentBudget& one : spent) {
    absl::Time& until = spent_told_[one.vendor_id];
    if (now < until) continue;
    until = permits::NextHour(now);
    parts_.log.Error("permit_budget_spent", {{"vendor_id", one.vendor_id},
                                             {"given", one.use.given},
                                             {"unused", one.use.unused},
                                             {"refused", one.use.refused}});
  }
}

void Watch::TellLateWords(absl::Time now) {
  std::vector<outcomes::LateWords> waiting;
  const absl::Status read =
      parts_.hub.readers().Run([&](storage::Connection& reader) -> absl::Status {
        ASSIGN_OR_RETURN(waiting, outcomes::LateWordsWaiting(reader, now));
        return absl::OkStatus();
      });
  if (!read.ok()) return;
  for (const outcomes::LateWords& one : waiting) {
    absl::Time& next = words_told_[one.vendor_id];
    if (!IsDue(next, kDay, now)) continue;
    next = now + kDay;
    parts_.log.Error(
        "stops_wait",
        {{"vendor_id", one.vendor_id}, {"taken", one.taken}, {"waiting", one.waiting}});
  }
}

void Watch::TellUnmapped(absl::Time now) {
  std::vector<audit::UnmappedWaiting> waiting;
  const absl::Status read =
      parts_.hub.readers().Run([&](storage::Connection& reader) -> absl::Status {
        ASSIGN_OR_RETURN(waiting, audit::ListUnmapped(reader));
        return absl::OkStatus();
      });
  if (!read.ok()) return;
  for (const audit::UnmappedWaiting& one : waiting) {
    absl::Time& next = codes_told_[one.actor];
    if (!IsDue(next, kDay, now)) continue;
    next = now + kDay;
    const std::string vendor_id(absl::StripPrefix(one.actor, "vendor/"));
    parts_.log.Error("outcomes_unmapped",
                     {{"vendor_id", vendor_id},
                      {"count", one.count},
                      {"waiting", now - absl::FromUnixMicros(one.first_time_us)},
                      {"why", WithoutMeaning(vendor_id)}});
  }
}

void Watch::TellUnmaskings(absl::Time now) {
  std::vector<unmasking::WaitingUnmaskings> waiting;
  const absl::Status read =
      parts_.hub.readers().Run([&](storage::Connection& reader) -> absl::Status {
        ASSIGN_OR_RETURN(waiting, unmasking::UnmaskingsWaiting(reader, now));
        return absl::OkStatus();
      });
  if (!read.ok()) return;
  for (const unmasking::WaitingUnmaskings& one : waiting) {
    const absl::Duration longest = now - absl::FromUnixMicros(one.first_time_us);
    if (longest <= kWordMax) continue;
    absl::Time& next = unmask_told_[one.vendor_id];
    if (!IsDue(next, kHour, now)) continue;
    next = now + kHour;
    parts_.log.Warning("unmaskings_wait",
                       {{"vendor_id", one.vendor_id}, {"count", one.count}, {"waiting", longest}});
  }
}

void Watch::TellOverdueDeletions(absl::Time now) {
  std::vector<deletions::OpenOrders> orders;
  const absl::Status read =
      parts_.hub.readers().Run([&](storage::Connection& reader) -> absl::Status {
        ASSIGN_OR_RETURN(orders, deletions::CountOpenOrders(reader, now));
        return absl::OkStatus();
      });
  if (!read.ok()) return;
  for (const deletions::OpenOrders& one : orders) {
    if (one.overdue == 0) continue;
    absl::Time& next = overdue_told_[one.vendor_id];
    if (!IsDue(next, kDay, now)) continue;
    next = now + kDay;
    parts_.log.Error(
        "deletion_overdue",
        {{"vendor_id", one.vendor_id}, {"count", one.overdue}, {"why", Overdue(one.vendor_id)}});
  }
}

void Watch::TellWithheld(absl::Time now) {
  std::vector<audit::WithheldWaiting> waiting;
  const absl::Status read =
      parts_.hub.readers().Run([&](storage::Connection& reader) -> absl::Status {
        ASSIGN_OR_RETURN(waiting, audit::ListWithheld(reader));
        return absl::OkStatus();
      });
  if (!read.ok()) return;
  for (const audit::WithheldWaiting& one : waiting) {
    absl::Time& next = withheld_told_[one.vendor_id];
    if (!IsDue(next, kHour, now)) continue;
    next = now + kHour;
    parts_.log.Error("wire_withheld", {{"vendor_id", one.vendor_id},
                                       {"count", one.count},
                                       {"waiting", now - absl::FromUnixMicros(one.first_time_us)},
                                       {"why", Withheld()}});
  }
}

void Watch::TellWaitingProof(absl::Time now) {
  std::optional<upkeep::KeyRotationRow> row;
  const absl::Status read =
      parts_.hub.readers().Run([&](storage::Connection& reader) -> absl::Status {
        ASSIGN_OR_RETURN(row, upkeep::NewestRotation(reader));
        return absl::OkStatus();
      });
  if (!read.ok()) return;
  // A proof that has begun has looked at a box, or gone on to another row.
  const bool waits = row.has_value() && row->step == v1::ListKeysResponse::Rotation::STEP_PROVING &&
                     row->seen == 0 && row->after.empty();
  const absl::Duration waited =
      waits ? std::max(absl::ZeroDuration(), now - absl::FromUnixMicros(row->step_us))
            : absl::ZeroDuration();
  parts_.metrics.key_proof_wait_seconds.Set(absl::ToDoubleSeconds(waited));
  const int speed = std::max(1, parts_.config.rehearsal().speed());
  if (waited <= kProofMax * speed || !IsDue(next_proof_, kHour, now)) return;
  next_proof_ = now + kHour;
  parts_.log.Warning("key_proof_waits", {{"waited", waited}, {"problem", ProofWaits()}});
}

void Watch::TellCheckpoints(absl::Time now) {
  std::optional<int64_t> oldest_us;
  std::map<std::string, absl::Time> waiting;  // since when, by place that has not all
  const absl::Status read =
      parts_.hub.readers().Run([&](storage::Connection& reader) -> absl::Status {
        ASSIGN_OR_RETURN(oldest_us, audit::OldestWithoutLeaf(reader));
        ASSIGN_OR_RETURN(const auto deliveries, audit::Deliveries(reader));
        std::map<std::string, int64_t> sizes;
        for (const audit::Delivery& one : deliveries) sizes[one.place] = one.size;
        for (const auto& state : parts_.hub.checkpoint_places().States()) {
          ASSIGN_OR_RETURN(const auto next, audit::CheckpointsAfter(reader, sizes[state.place], 1));
          if (!next.empty()) waiting[state.place] = absl::FromUnixMicros(next.front().make_time_us);
        }
        return absl::OkStatus();
      });
  if (!read.ok()) return;
  TellPlaces(waiting, now);
  const absl::Duration late =
      now - absl::FromUnixMicros(oldest_us.value_or(absl::ToUnixMicros(now)));
  const absl::Duration allowed =
      kOverdueMax + absl::Seconds(parts_.config.audit().checkpoint_interval().seconds());
  // A day of a rehearsal may pass in seconds.
  const int speed = std::max(1, parts_.config.rehearsal().speed());
  if (late <= allowed * speed || !IsDue(next_overdue_, kDay, now)) return;
  next_overdue_ = now + kDay;
  parts_.log.Error("checkpoint_overdue", {{"waiting", late}});
}

void Watch::TellPlaces(const std::map<std::string, absl::Time>& waiting, absl::Time now) {
  const auto is_told = [now](std::map<std::string, absl::Time>& told, const std::string& place) {
    absl::Time& next = told.try_emplace(place, absl::InfinitePast()).first->second;
    if (!IsDue(next, kDay, now)) return true;
    next = now + kDay;
    return false;
  };
  for (const auto& state : parts_.hub.checkpoint_places().States()) {
    const auto since = waiting.find(state.place);
    const absl::Duration late = since == waiting.end() ? absl::ZeroDuration() : now - since->second;
    parts_.metrics.checkpoint_undelivered_seconds.Set(absl::ToDoubleSeconds(late), state.place);
    parts_.metrics.checkpoint_conflict.Set(state.conflict.ok() ? 0 : 1, state.place);
    if (!state.conflict.ok() && !is_told(conflicts_told_, state.place))
      parts_.log.Error("checkpoint_conflict", {{"place", state.place}, {"why", state.conflict}});
    const bool is_away = !state.last.ok() && ErrorReason(state.last) != ErrorReason(state.conflict);
    if (is_away && !is_told(undelivered_told_, state.place)) {
      parts_.log.Warning("checkpoint_undelivered",
                         {{"place", state.place}, {"waiting", late}, {"why", state.last}});
    }
  }
}

void Watch::TellCertificates(absl::Time now) {
  const auto tell = [&](const char* file, absl::Time end) {
    if (end - now > kEndsSoon) return;
    parts_.log.Warning("certificate_ends_soon", {{"file", file}, {"left", end - now}});
  };
  const auto tls = parts_.tls.live();
  tell(identity::kCertificateFile, tls->material.not_after);
  tell(identity::kRootsFile, tls->material.roots_not_after);
}

}  // namespace switchboard
