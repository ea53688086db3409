#include "hub/api/permit_streams.h"

#include <algorithm>

#include "hub/base/error.h"
#include "hub/base/proto_time.h"
#include "hub/masking/permit_answer.h"
#include "hub/permits/permit_book.h"

namespace switchboard::api {
namespace {

using masking::PermitAnswer;

// How many of a stream's permits are looked up at once.
constexpr size_t kLookUpMax = 500;

absl::Status Malformed() {
  return Error(absl::StatusCode::kInvalidArgument, "MESSAGE_MALFORMED",
               "the bytes are no RequestPermitsRequest");
}

// Whether the request itself is wrong, and the next one may be right.
bool IsOfRequest(const absl::Status& status) {
  return absl::IsInvalidArgument(status) && ErrorReason(status) == "FIELD_INVALID";
}

}  // namespace

void PermitStream::Take(const std::string& bytes,
                        const Done<masking::ToVendor<v1::RequestPermitsResponse>>& done) {
  v1::RequestPermitsRequest request;
  if (!request.ParseFromString(bytes)) return done(Malformed());
  const v1::RequestPermitRequest& asked = request.request();
  ask_(asked, [self = shared_from_this(), asked, done](const absl::StatusOr<Answer>& answered) {
    if (!answered.ok()) {
      if (!IsOfRequest(answered.status())) return done(answered.status());
      return done(PermitAnswer::Problem(asked, ErrorMetadata(answered.status(), "field"),
                                        std::string(answered.status().message())));
    }
    const v1::RequestPermitResponse response = answered->Read();
    auto message = PermitAnswer::OnStream(asked, *answered);
    if (response.has_denial()) return done(std::move(message));
    self->Note(asked.assignment_id(), response.permit(), [&] { done(std::move(message)); });
  });
}

// Nothing is told of the permit before it is given.
void PermitStream::Note(const std::string& assignment_id, const v1::Permit& permit,
                        const std::function<void()>& answer) {
  answer();
  MutexLock lock(mutex_);
  const auto early = std::find(early_.begin(), early_.end(), permit.permit_id());
  if (early != early_.end()) {
    early_.erase(early);
    return TellVoid(permit.permit_id(), assignment_id);
  }
  given_[permit.permit_id()] = {assignment_id, TimeOf(permit.expire_time())};
}

void PermitStream::PermitVoid(const std::string& permit_id) {
  MutexLock lock(mutex_);
  const auto given = given_.find(permit_id);
  if (given == given_.end()) {
    early_.push_back(permit_id);
    if (early_.size() > kEarlyMax) early_.pop_front();
    return;
  }
  TellVoid(permit_id, given->second.assignment_id);
  given_.erase(given);
}

void PermitStream::TellVoid(const std::string& permit_id, const std::string& assignment_id) {
  if (outlet_ == nullptr) return;
  outlet_->Tell(PermitAnswer::Voided(permit_id, assignment_id));
}

void PermitStream::Detach() {
  MutexLock lock(mutex_);
  outlet_ = nullptr;
}

bool PermitStream::ending() {
  MutexLock lock(mutex_);
  return ending_;
}

void PermitStream::End(const absl::Status& status) {
  MutexLock lock(mutex_);
  ending_ = true;
  if (outlet_ != nullptr) outlet_->End(status);
}

std::vector<std::string> PermitStream::OpenPermits(absl::Time now) {
  MutexLock lock(mutex_);
  std::erase_if(given_, [now](const auto& one) { return one.second.expire_time <= now; });
  std::vector<std::string> permit_ids;
  for (const auto& [permit_id, given] : given_) permit_ids.push_back(permit_id);
  return permit_ids;
}

void PermitStreams::Add(const std::shared_ptr<PermitStream>& stream) {
  auto open = streams_.Of(stream->vendor_id());
  std::erase_if(open, [](const auto& other) { return other->ending(); });
  streams_.Add(stream->vendor_id(), stream);
  if (open.size() < kOfVendorMax) return;
  const auto oldest = std::min_element(open.begin(), open.end(), [](const auto& a, const auto& b) {
    return a->open_time() < b->open_time();
  });
  (*oldest)->End(Error(absl::StatusCode::kResourceExhausted, "SUPERSEDED",
                       "the vendor has opened too many of these streams; use those it has"));
}

void PermitStreams::PermitVoid(const std::string& vendor_id, const std::string& permit_id) {
  for (const auto& stream : streams_.Of(vendor_id)) stream->PermitVoid(permit_id);
}

void PermitStreams::ContractChanged(const std::string& vendor_id, absl::Time now) {
  auto open = streams_.Of(vendor_id);
  if (open.empty()) return;
  executor_.Post(
      [&contracts = contracts_, &readers = readers_, vendor_id, now, open = std::move(open)] {
        const absl::Status in_force = readers.Run([&](storage::Connection& reader) {
          return contracts.InForce(reader, vendor_id, now).status();
        });
        // Whoever asks for a permit is judged by the contract all the same.
        if (!absl::IsPermissionDenied(in_force)) return;
        for (const auto& stream : open) stream->End(in_force);
      });
}

void PermitStreams::Tick(absl::Time now, absl::Time true_now) {
  for (const auto& stream : streams_.All()) {
    if (true_now - stream->open_time() >= lifetime_) stream->End(absl::OkStatus());
    LookFor(stream, now);
  }
}

void PermitStreams::LookFor(const std::shared_ptr<PermitStream>& stream, absl::Time now) {
  std::vector<std::string> open = stream->OpenPermits(now);
  if (open.empty() || !stream->BeginLook()) return;
  executor_.Post([&readers = readers_, stream, open = std::move(open)] {
    for (size_t from = 0; from < open.size(); from += kLookUpMax) {
      const auto first = open.begin() + static_cast<std::ptrdiff_t>(from);
      const auto last =
          open.begin() + static_cast<std::ptrdiff_t>(std::min(open.size(), from + kLookUpMax));
      // The next look is a second away; one that fails is left out.
      (void)readers.Run([&](storage::Connection& reader) -> absl::Status {
        ASSIGN_OR_RETURN(const auto permits,
                         permits::FindPermits(reader, stream->vendor_id(), {first, last}));
        for (const auto& [permit_id, permit] : permits) {
          if (permit.state == permits::PermitState::kVoid) stream->PermitVoid(permit_id);
        }
        return absl::OkStatus();
      });
    }
    stream->Looked();
  });
}

}  // namespace switchboard::api
