#include "clients/demo/evidence/leak_scan.h"

#include <algorithm>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "clients/demo/evidence/byte_scan.h"
#include "switchboard/v1/vendor_service.pb.h"

namespace switchboard::demo {
namespace {

// Bounds the memory of one pass: some hundred bytes for each account.
constexpr int64_t kAccountsPerPass = 100'000;
constexpr size_t kSamplesMax = 200;
constexpr size_t kExamplesMax = 10;

bool EndsWith(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

class Scan {
 public:
  Scan(const LeakScanInput& input, std::string_view tap) : input_(input), tap_(tap) {
    for (const auto& placement : *input_.placements) {
      if (placement.vendor_id() != input_.contract->vendor_id()) continue;
      placements_[placement.assignment_id()] = &placement;
      auto& types = work_types_[placement.account_id()];
      if (std::find(types.begin(), types.end(), placement.work_type()) == types.end()) {
        types.push_back(placement.work_type());
      }
    }
  }

  LeakScanResult Run() {
    result_.bytes = static_cast<int64_t>(tap_.size());
    for (int64_t first = 0; first < input_.population->size(); first += kAccountsPerPass)
      ScanAllBytes(first);
    ForEachFrame(tap_, [this](const TapFrame& frame) {
      ++result_.frames;
      if (EndsWith(frame.method, "Sync")) ReadSync(frame);
    });
    return std::move(result_);
  }

 private:
  struct Searched {
    RawValue value;
    std::string account_id;
  };

  void ScanAllBytes(int64_t first) {
    const int64_t last = std::min(first + kAccountsPerPass, input_.population->size());
    std::vector<Searched> searched;
    std::vector<std::string> texts;
    for (int64_t i = first; i < last; ++i) {
      const v1::AccountRecord record = input_.population->Record(i);
      for (RawValue& value : RawValuesOf(record.person(), record.account())) {
        if (!IsDistinctive(value.piece) || value.text.size() < ByteScan::kValueBytesMin) continue;
        texts.push_back(value.text);
        searched.push_back({std::move(value), record.account().account_id()});
      }
    }
    result_.values_searched += static_cast<int64_t>(texts.size());
    const ByteScan scan(std::move(texts));
    const size_t cut = ForEachFrame(tap_, [&](const TapFrame& frame) {
      const auto check = [&](size_t value, size_t) { Check(searched[value], frame); };
      scan.Find(frame.message, check);
      scan.Find(frame.method, check);
    });
    scan.Find(tap_.substr(tap_.size() - cut),
              [&](size_t value, size_t) { Check(searched[value], {}); });
  }

  void Check(const Searched& searched, const TapFrame& frame) {
    if (ShownByPlacement(searched) || IsPermittedNumber(searched, frame)) return;
    Found(std::string(NameOf(searched.value.piece)), searched.account_id, frame.method);
  }

  bool ShownByPlacement(const Searched& searched) const {
    const auto types = work_types_.find(searched.account_id);
    if (types == work_types_.end()) return false;
    return std::any_of(types->second.begin(), types->second.end(), [&](v1::WorkType work_type) {
      return Shows(TermsOf(*input_.contract, work_type), searched.value);
    });
  }

  bool IsPermittedNumber(const Searched& searched, const TapFrame& frame) const {
    if (input_.contract->permits().dial() != v1::Contract::PermitTerms::DIAL_NUMBER) return false;
    if (searched.value.piece != Piece::kPhone || !EndsWith(frame.method, "RequestPermit"))
      return false;
    v1::RequestPermitResponse response;
    if (!response.ParseFromArray(frame.message.data(), static_cast<int>(frame.message.size())))
      return false;
    const auto permit = input_.permits->find(response.permit().permit_id());
    return permit != input_.permits->end() && permit->second.account_id == searched.account_id &&
           permit->second.contact_point_id == searched.value.contact_point_id &&
           EndsWith(response.permit().dial(), searched.value.text);
  }

  void ReadSync(const TapFrame& frame) {
    v1::SyncResponse response;
    if (!response.ParseFromArray(frame.message.data(), static_cast<int>(frame.message.size())))
      return;
    for (const auto& change : response.batch().changes()) {
      if (change.has_assigned()) ReadAssignment(change.assigned(), frame);
    }
  }

  void ReadAssignment(const v1::Assignment& assignment, const TapFrame& frame) {
    ++result_.assignments_read;
    // An assignment that was never placed here is not the scan's to judge.
    const auto placement = placements_.find(assignment.assignment_id());
    if (placement == placements_.end()) return;
    const int64_t index = input_.population->IndexOf(placement->second->account_id());
    if (index < 0) return;
    const v1::Contract::WorkTerms* terms =
        TermsOf(*input_.contract, placement->second->work_type());
    const v1::AccountRecord record = input_.population->Record(index);
    const std::string& account_id = record.account().account_id();
    for (const Piece piece :
         WithheldButPresent(terms, RawValuesOf(record.person(), record.account()), assignment)) {
      // Distinctive ones were counted by the scan of all bytes.
      if (!IsDistinctive(piece)) Found(std::string(NameOf(piece)), account_id, frame.method);
    }
    if (terms != nullptr) {
      for (const std::string& field : FieldsBeyondContract(*terms, assignment))
        Found(field, account_id, frame.method);
    }
    if (result_.samples.size() < kSamplesMax ||
        result_.samples.contains(assignment.assignment_id())) {
      result_.samples[assignment.assignment_id()] = assignment;
    }
  }

  void Found(const std::string& field, const std::string& account_id, std::string_view method) {
    ++result_.raw_values_found;
    ++result_.by_field[field];
    if (result_.examples.size() < kExamplesMax) {
      result_.examples.push_back(
          absl::StrCat(field, " of ", account_id, " in ",
                       method.empty() ? std::string("a frame cut short") : std::string(method)));
    }
  }

  const LeakScanInput& input_;
  const std::string_view tap_;
  // At this vendor: placements by assignment, work types by account.
  absl::flat_hash_map<std::string, const v1::ListPlacementsResponse::Placement*> placements_;
  absl::flat_hash_map<std::string, std::vector<v1::WorkType>> work_types_;
  LeakScanResult result_;
};

}  // namespace

LeakScanResult ScanForLeaks(const LeakScanInput& input, std::string_view tap) {
  return Scan(input, tap).Run();
}

void AddTo(const LeakScanResult& later, LeakScanResult* all) {
  all->bytes += later.bytes;
  all->frames += later.frames;
  all->assignments_read += later.assignments_read;
  all->raw_values_found += later.raw_values_found;
  for (const auto& [field, count] : later.by_field) all->by_field[field] += count;
  for (const std::string& example : later.examples) {
    if (all->examples.size() < kExamplesMax) all->examples.push_back(example);
  }
}

}  // namespace switchboard::demo
