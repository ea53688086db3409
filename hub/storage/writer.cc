#include "hub/storage/writer.h"

#include <algorithm>
#include <functional>
#include <future>

#include "hub/base/error.h"

namespace switchboard::storage {

absl::StatusOr<std::unique_ptr<Writer>> Writer::Open(Database& database, Clock& clock,
                                                     const WriterOptions& options, Hooks hooks) {
  std::unique_ptr<Writer> writer(new Writer(
      std::move(hooks), std::max<size_t>(1, std::min(options.piece_max, database.piece_max()))));
  const auto lanes = static_cast<size_t>(database.lanes());
  WriterOptions share = options;
  share.group_max = std::min(options.group_max, database.group_max());
  share.queue_max = std::max<size_t>(1, options.queue_max / lanes);
  share.party_max = std::max<size_t>(1, options.party_max / lanes);
  for (size_t lane = 0; lane < lanes; ++lane) {
    ASSIGN_OR_RETURN(auto connection, database.OpenWriter());
    // The last is one for bulk units, where nothing urgent waits.
    if (lane + 1 == lanes) connection->WatchTables();
    writer->lanes_.push_back(std::make_unique<Lane>(static_cast<int>(lane), std::move(connection),
                                                    clock, share, writer->hooks_));
  }
  return writer;
}

Writer::~Writer() { Stop(); }

void Writer::Submit(Urgency urgency, std::string_view party, Unit unit, Done done) {
  Lane& lane = party.empty() ? LeastLoaded(urgency) : LaneOf(urgency, party);
  lane.Submit(urgency, party, std::move(unit), std::move(done));
}

void Writer::Submit(Urgency urgency, std::string_view party, std::string_view shard, Unit unit,
                    Done done) {
  LaneOf(urgency, shard).Submit(urgency, party, std::move(unit), std::move(done));
}

void Writer::Submit(Urgency urgency, Unit unit, Done done) {
  Submit(urgency, "", std::move(unit), std::move(done));
}

// Where there are several lanes, nothing urgent waits for a unit of a thousand accounts.
absl::Span<const std::unique_ptr<Lane>> Writer::LanesOf(Urgency urgency) const {
  const auto all = absl::MakeConstSpan(lanes_);
  if (all.size() == 1) return all;
  const size_t apart = all.size() / 2;
  return urgency == Urgency::kBulk ? all.subspan(apart) : all.first(apart);
}

Lane& Writer::LaneOf(Urgency urgency, std::string_view key) const {
  const auto lanes = LanesOf(urgency);
  return *lanes[std::hash<std::string_view>()(key) % lanes.size()];
}

Lane& Writer::LeastLoaded(Urgency urgency) const {
  const auto lanes = LanesOf(urgency);
  return **std::min_element(lanes.begin(), lanes.end(), [](const auto& one, const auto& other) {
    return one->load() < other->load();
  });
}

absl::Status Writer::SubmitAndWait(Urgency urgency, Unit unit) {
  auto answer = std::make_shared<std::promise<absl::Status>>();
  auto future = answer->get_future();
  Submit(urgency, std::move(unit),
         [answer](const absl::Status& status) { answer->set_value(status); });
  return future.get();
}

void Writer::Start() {
  for (auto& lane : lanes_) lane->Start();
}

void Writer::Stop() {
  for (auto& lane : lanes_) lane->Stop();
}

bool Writer::RunGroup() {
  for (auto& lane : lanes_) {
    if (lane->RunGroup()) return true;
  }
  return false;
}

size_t Writer::queue_length() const {
  size_t length = 0;
  for (const auto& lane : lanes_) length += lane->queue_length();
  return length;
}

}  // namespace switchboard::storage
