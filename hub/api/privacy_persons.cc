#include <google/protobuf/descriptor.h>

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/util/time_util.h"
#include "hub/api/privacy_api.h"
#include "hub/api/read_for.h"
#include "hub/audit/audit_log.h"
#include "hub/base/day_number.h"
#include "hub/base/error.h"
#include "hub/base/field_problem.h"
#include "hub/book/holds.h"
#include "hub/core_feed/core_feed.h"
#include "hub/disclosures/answers.h"
#include "hub/person_requests/person_requests.h"
#include "hub/reports/disclosure_record.h"
#include "hub/reports/person_data.h"
#include "hub/reports/person_search.h"
#include "hub/retention/waiting.h"
#include "hub/storage/counter.h"
#include "hub/storage/submit.h"

namespace switchboard::api {
namespace {

using google::protobuf::util::TimeUtil;
using person_requests::PersonRequests;
using storage::Transaction;
using storage::Urgency;

constexpr int kRequestsPage = 1'000;
constexpr int kFieldsMax = 20;
constexpr size_t kReferenceBytesMax = 200;
constexpr int64_t kLookUpsADay = 100;
// More than are taken on a day: so far lie the counts of two days apart.
constexpr int64_t kDayStep = 1'000'000;

// Whether a path leads to a field of a person: "family_name", "address.city".
bool IsPathOfPerson(const std::string& path) {
  const google::protobuf::Descriptor* type = v1::Person::descriptor();
  for (const std::string& name : std::vector<std::string>(absl::StrSplit(path, '.'))) {
    const auto* field = type == nullptr ? nullptr : type->FindFieldByName(name);
    if (field == nullptr) return false;
    type = field->message_type();
  }
  return true;
}

std::optional<FieldProblem> Check(v1::PersonRequest& request) {
  FieldCheck check;
  check.Id(request.request_id(), "request.request_id");
  check.CoreId(request.person_id(), "request.person_id");
  check.Enum(v1::PersonRequest::Kind_IsValid(request.kind()), request.kind(), "request.kind");
  check.Line(request.mutable_reference(), 1, kReferenceBytesMax, "request.reference");
  const int fields = request.fields_size();
  if (request.kind() == v1::PersonRequest::KIND_CORRECTION) {
    check.Require(fields >= 1 && fields <= kFieldsMax, "request.fields",
                  absl::StrCat("must be 1 to ", kFieldsMax));
  } else {
    check.Require(fields == 0, "request.fields", "is of a correction; leave it out");
  }
  for (int i = 0; i < std::min(fields, kFieldsMax); ++i) {
    check.Require(IsPathOfPerson(request.fields(i)), absl::StrCat("request.fields[", i, "]"),
                  "must be the path of a field of Person, as \"address.city\"");
  }
  return check.problem();
}

std::optional<FieldProblem> Check(v1::FindPersonsRequest& request) {
  FieldCheck check;
  switch (request.by_case()) {
    case v1::FindPersonsRequest::kPhone:
      check.Phone(request.phone(), "phone");
      break;
    case v1::FindPersonsRequest::kEmail:
      check.Email(request.mutable_email(), "email");
      break;
    case v1::FindPersonsRequest::kCardNumber: {
      const std::string& card = request.card_number();
      const bool digits =
          std::all_of(card.begin(), card.end(), [](char c) { return c >= '0' && c <= '9'; });
      check.Require(digits && card.size() >= 12 && card.size() <= 19, "card_number",
                    "must be 12 to 19 digits");
      break;
    }
    case v1::FindPersonsRequest::BY_NOT_SET:
      check.Fail("by", "must be a phone number, an e-mail address or a card number");
  }
  return check.problem();
}

// One more look-up of an operator, on the day of the unit. Nobody takes the row who does not hold
// the key, and so nobody waits for it.
absl::Status CountLookUp(Transaction& transaction, const std::string& actor) {
  const storage::Key key = book::LookUpsKey(actor);
  RETURN_IF_ERROR(transaction.Hold({&key, 1}));
  const std::string name = "look-ups/" + actor;
  const auto day = absl::ToCivilDay(transaction.now(), absl::UTCTimeZone());
  const int64_t before = DayNumberOf(day) * kDayStep;
  RETURN_IF_ERROR(storage::RaiseNumber(transaction, name, before));
  ASSIGN_OR_RETURN(const int64_t newest, storage::TakeNumbers(transaction, name, 1));
  if (newest - before < kLookUpsADay) return absl::OkStatus();
  return ExhaustedError("TOO_MANY_LOOK_UPS",
                        absl::StrCat("you have looked for ", kLookUpsADay, " persons today"),
                        absl::FromCivil(day + 1, absl::UTCTimeZone()) - transaction.now());
}

// Who looked, and whom that found. What was looked for stands nowhere.
absl::Status NoteLookUp(Transaction& transaction, const disclosures::Answers& answers,
                        const std::string& actor, const std::vector<std::string>& found) {
  std::vector<disclosures::Answer> shown;
  for (const std::string& person_id : found) {
    v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_LOOKED_UP, actor);
    event.set_person_id(person_id);
    audit::Record(transaction, std::move(event));
    disclosures::Answer& answer = shown.emplace_back();
    answer.kind = v1::DisclosureLine::KIND_LOOK_UP;
    answer.shown_to = actor;
    answer.person_id = person_id;
    answer.shown = person_id;
  }
  if (!found.empty()) return answers.Write(transaction, shown);
  audit::Record(transaction, audit::Event(v1::AuditEvent::KIND_LOOKED_UP, actor));
  return absl::OkStatus();
}

// Refused items that one answer has opened at most, to say whom they name.
constexpr int kWaitItems = 2'000;

absl::Status AddWaits(storage::Connection& reader, const retention::Eraser& eraser, absl::Time now,
                      std::vector<v1::PersonRequest>& requests) {
  ASSIGN_OR_RETURN(const auto held, legal_holds::Held::Read(reader));
  int items_left = kWaitItems;
  for (v1::PersonRequest& request : requests) {
    const bool waits = request.kind() == v1::PersonRequest::KIND_DELETION &&
                       request.state() == v1::PersonRequest::STATE_AGREED;
    if (!waits) continue;
    const person_requests::AgreedDeletion deletion = {
        request.request_id(), request.person_id(),
        TimeUtil::TimestampToMicroseconds(request.decide_time())};
    ASSIGN_OR_RETURN(const auto sentences,
                     retention::WaitsFor(reader, eraser, held, now, deletion, items_left));
    request.mutable_waits_for()->Assign(sentences.begin(), sentences.end());
  }
  return absl::OkStatus();
}

// From where a reading of this request goes on, as it was handed out: with a keyed digest before
// it, so that nobody makes one up, skips a page, and has the request done.
std::string HandOut(const storage::Sealer& sealer, const std::string& request_id,
                    const std::string& place) {
  constexpr size_t kDigestBytes = 16;
  if (place.empty()) return place;
  const std::string digest =
      sealer.Digest(absl::StrCat("person data ", request_id, " ", place)).substr(0, kDigestBytes);
  return absl::StrCat(absl::BytesToHexString(digest), "/", place);
}

absl::StatusOr<std::string> TakeBack(const storage::Sealer& sealer, const std::string& request_id,
                                     const std::string& after) {
  const size_t slash = after.find('/');
  const std::string place = slash == std::string::npos ? "" : after.substr(slash + 1);
  if (after == HandOut(sealer, request_id, place)) return place;
  return FieldInvalid({"after", "must be `next` of the page before, or empty"});
}

}  // namespace

void PrivacyApi::FindPersons(const identity::Peer& caller, v1::FindPersonsRequest request,
                             Done<v1::FindPersonsResponse> done) {
  if (const auto problem = Check(request)) return done(FieldInvalid(*problem));
  using Found = std::vector<std::string>;
  const std::string actor = caller.Actor();
  Done<Found> note = [this, actor, done](absl::StatusOr<Found> found) {
    if (!found.ok()) return done(found.status());
    storage::SubmitFor<v1::FindPersonsResponse>(
        parts_.writer, Urgency::kUrgent, actor,
        [this, actor, found = *std::move(found)](
            Transaction& transaction) -> absl::StatusOr<v1::FindPersonsResponse> {
          RETURN_IF_ERROR(NoteLookUp(transaction, disclosures::Answers(parts_.sealer, parts_.ids),
                                     actor, found));
          v1::FindPersonsResponse response;
          response.mutable_person_ids()->Assign(found.begin(), found.end());
          return response;
        },
        done);
  };
  parts_.writer.Submit(
      Urgency::kUrgent, actor,
      [actor](Transaction& transaction) { return CountLookUp(transaction, actor); },
      [this, actor, request = std::move(request), note](const absl::Status& counted) {
        if (!counted.ok()) return note(counted);
        ReadFor<Found>(
            parts_.readers, parts_.reports, actor,
            [this, request](storage::Connection& reader) {
              return reports::SearchPersons(reader, parts_.book, request);
            },
            note);
      });
}

void PrivacyApi::OpenPersonRequest(const identity::Peer& caller,
                                   v1::OpenPersonRequestRequest request,
                                   Done<v1::OpenPersonRequestResponse> done) {
  if (const auto problem = Check(*request.mutable_request())) return done(FieldInvalid(*problem));
  storage::SubmitFor<v1::OpenPersonRequestResponse>(
      parts_.writer, Urgency::kUrgent, caller.Actor(),
      [this, actor = caller.Actor(), asked = request.request()](
          Transaction& transaction) -> absl::StatusOr<v1::OpenPersonRequestResponse> {
        v1::OpenPersonRequestResponse response;
        ASSIGN_OR_RETURN(
            *response.mutable_request(),
            PersonRequests(parts_.sealer, parts_.book).Open(transaction, actor, asked));
        return response;
      },
      std::move(done));
}

void PrivacyApi::DecidePersonRequest(const identity::Peer& caller,
                                     v1::DecidePersonRequestRequest request,
                                     Done<v1::DecidePersonRequestResponse> done) {
  FieldCheck check;
  check.Id(request.request_id(), "request_id");
  if (!check.ok()) return done(FieldInvalid(*check.problem()));
  storage::SubmitFor<v1::DecidePersonRequestResponse>(
      parts_.writer, Urgency::kUrgent, caller.Actor(),
      [this, actor = caller.Actor(), request = std::move(request)](
          Transaction& transaction) -> absl::StatusOr<v1::DecidePersonRequestResponse> {
        v1::DecidePersonRequestResponse response;
        ASSIGN_OR_RETURN(*response.mutable_request(),
                         PersonRequests(parts_.sealer, parts_.book)
                             .Decide(transaction, actor, request.request_id(), request.agreed()));
        return response;
      },
      std::move(done));
}

void PrivacyApi::ListPersonRequests(const identity::Peer& caller,
                                    v1::ListPersonRequestsRequest request,
                                    Done<v1::ListPersonRequestsResponse> done) {
  ReadFor<v1::ListPersonRequestsResponse>(
      parts_.readers, parts_.reports, caller.Actor(),
      [this, request = std::move(request)](
          storage::Connection& reader) -> absl::StatusOr<v1::ListPersonRequestsResponse> {
        ASSIGN_OR_RETURN(auto requests,
                         PersonRequests(parts_.sealer, parts_.book)
                             .List(reader, request.after(), request.closed_too(), kRequestsPage));
        RETURN_IF_ERROR(AddWaits(reader, parts_.eraser, parts_.clock.Now(), requests));
        v1::ListPersonRequestsResponse response;
        for (v1::PersonRequest& one : requests) *response.add_requests() = std::move(one);
        return response;
      },
      done);
}

// The page is read first; nothing of it leaves before it is in the audit log.
void PrivacyApi::ReadPersonData(const identity::Peer& caller, v1::ReadPersonDataRequest request,
                                Done<v1::ReadPersonDataResponse> done) {
  using Page = std::pair<v1::ReadPersonDataResponse, std::string>;  // and whose it is
  const std::string actor = caller.Actor();
  const std::string request_id = request.request_id();
  Done<Page> note = [this, actor, request_id, done](absl::StatusOr<Page> page) {
    if (!page.ok()) return done(page.status());
    storage::SubmitFor<v1::ReadPersonDataResponse>(
        parts_.writer, Urgency::kUrgent, actor,
        [this, actor, request_id, page = *std::move(page)](
            Transaction& transaction) -> absl::StatusOr<v1::ReadPersonDataResponse> {
          const auto& [shown, person_id] = page;
          disclosures::Answer answer;
          answer.kind = v1::DisclosureLine::KIND_PERSON_DATA;
          answer.shown_to = actor;
          answer.person_id = person_id;
          answer.subject_id = request_id;
          answer.shown = shown.SerializeAsString();
          RETURN_IF_ERROR(PersonRequests(parts_.sealer, parts_.book)
                              .NotePage(transaction, actor, request_id,
                                        /*last=*/shown.next().empty(),
                                        disclosures::ShownDigest(parts_.sealer, answer.shown)));
          RETURN_IF_ERROR(
              disclosures::Answers(parts_.sealer, parts_.ids).Write(transaction, answer));
          return shown;
        },
        done);
  };
  ReadFor<Page>(
      parts_.readers, parts_.reports, actor,
      [this, actor, request](storage::Connection& reader) -> absl::StatusOr<Page> {
        ASSIGN_OR_RETURN(
            const v1::PersonRequest found,
            PersonRequests(parts_.sealer, parts_.book)
                .FindReadable(reader, actor, request.request_id(), parts_.clock.Now()));
        const core_feed::CoreFeed feed(parts_.sealer);
        const reports::DisclosureRecord disclosures(parts_.book, parts_.contracts, parts_.sealer,
                                                    parts_.clock);
        ASSIGN_OR_RETURN(const std::string place,
                         TakeBack(parts_.sealer, request.request_id(), request.after()));
        ASSIGN_OR_RETURN(auto page,
                         reports::PersonData(parts_.book, feed, disclosures)
                             .Read(reader, found.person_id(), place, parts_.clock.Now()));
        page.set_next(HandOut(parts_.sealer, request.request_id(), page.next()));
        return Page(std::move(page), found.person_id());
      },
      note);
}

}  // namespace switchboard::api
