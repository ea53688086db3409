#include "hub/ingest/said_words.h"

#include <algorithm>
#include <vector>

#include "google/protobuf/util/message_differencer.h"
#include "google/protobuf/util/time_util.h"
#include "hub/base/error.h"
#include "hub/base/proto_time.h"
#include "hub/ingest/record_check.h"
#include "hub/permits/permit_book.h"
#include "hub/rules/wishes.h"

namespace switchboard::ingest {
namespace {

using google::protobuf::util::MessageDifferencer;
using google::protobuf::util::TimeUtil;
using v1::CoreEvent;
using Said = v1::CoreEvent::Said;

// How far ahead of the hub's clock something may have been said.
constexpr absl::Duration kSayAheadMax = absl::Minutes(1);

template <typename List, typename Predicate>
void RemoveIf(List* list, Predicate fits) {
  list->erase(std::remove_if(list->begin(), list->end(), fits), list->end());
}

// Whether taking back `withdrawn` takes this consent back.
bool Withdraws(const v1::Consent& withdrawn, const v1::Consent& consent) {
  const auto fits = [](const std::string& wanted, const std::string& actual) {
    return wanted.empty() || wanted == actual;
  };
  return consent.what() == withdrawn.what() && fits(withdrawn.party_id(), consent.party_id()) &&
         fits(withdrawn.contact_point(), consent.contact_point()) &&
         fits(withdrawn.collector(), consent.collector()) &&
         fits(withdrawn.account(), consent.account());
}

void Withdraw(const v1::Consent& withdrawn, int64_t say_time_us, v1::Person& person) {
  const auto at = TimeUtil::MicrosecondsToTimestamp(say_time_us);
  for (v1::Consent& consent : *person.mutable_consents()) {
    if (!Withdraws(withdrawn, consent)) continue;
    // Given again since.
    if (TimeOf(consent.given()) > TimeOf(at)) continue;
    if (!consent.has_withdrawn() || TimeOf(consent.withdrawn()) > TimeOf(at))
      *consent.mutable_withdrawn() = at;
  }
}

void Apply(const Said& said, int64_t say_time_us, v1::Person& person) {
  switch (said.word_case()) {
    case Said::kWish:
    case Said::kWishEnded: {
      const v1::Wish& wish = said.has_wish() ? said.wish() : said.wish_ended();
      RemoveIf(person.mutable_wishes(),
               [&wish](const v1::Wish& other) { return MessageDifferencer::Equals(other, wish); });
      if (said.has_wish()) *person.add_wishes() = wish;
      return;
    }
    case Said::kConsent: {
      // Once, and taken back where it was.
      const bool known = std::any_of(person.consents().begin(), person.consents().end(),
                                     [&said](v1::Consent other) {
                                       if (!said.consent().has_withdrawn()) other.clear_withdrawn();
                                       return MessageDifferencer::Equals(other, said.consent());
                                     });
      if (!known) *person.add_consents() = said.consent();
      return;
    }
    case Said::kConsentWithdrawn:
      return Withdraw(said.consent_withdrawn(), say_time_us, person);
    case Said::kEmployerForbids:
      return person.set_employer_forbids(said.employer_forbids());
    case Said::kOtherParty:
    case Said::kPartyEnded: {
      const std::string& id =
          said.has_other_party() ? said.other_party().party_id() : said.party_ended();
      RemoveIf(person.mutable_other_parties(),
               [&id](const v1::OtherParty& party) { return party.party_id() == id; });
      if (said.has_other_party()) *person.add_other_parties() = said.other_party();
      return;
    }
    case Said::WORD_NOT_SET:
      return;
  }
}

// The event's own name for what is wrong with the record that the word is in.
FieldProblem InEvent(const Said& said, FieldProblem problem) {
  const auto* word = said.GetReflection()->GetOneofFieldDescriptor(
      said, Said::descriptor()->FindOneofByName("word"));
  const size_t place = problem.field.find(']');
  const std::string rest = place == std::string::npos ? "" : problem.field.substr(place + 1);
  return {"said." + word->name() + rest, std::move(problem.problem)};
}

// The ids that a word names. Those of a word that is kept are held against the person's record too.
void CheckIds(const v1::Wish& wish, const std::string& path, FieldCheck& check) {
  if (!wish.contact_point().empty()) check.Id(wish.contact_point(), path + ".contact_point");
}

void CheckIds(const v1::Consent& consent, const std::string& path, FieldCheck& check) {
  if (!consent.party_id().empty()) check.Id(consent.party_id(), path + ".party_id");
  if (!consent.contact_point().empty()) check.Id(consent.contact_point(), path + ".contact_point");
  if (!consent.collector().empty()) check.Label(consent.collector(), 1, 32, path + ".collector");
  if (!consent.account().empty()) check.CoreId(consent.account(), path + ".account");
}

}  // namespace

void CheckSaid(const Said& said, absl::Time now, FieldCheck& check) {
  check.CoreId(said.person_id(), "said.person_id");
  if (said.has_say_time()) check.TimeUntil(said.say_time(), now, kSayAheadMax, "said.say_time");
  switch (said.word_case()) {
    case Said::kWish:
      CheckIds(said.wish(), "said.wish", check);
      return rules::CheckWish(said.wish(), "said.wish", check);
    case Said::kWishEnded:
      CheckIds(said.wish_ended(), "said.wish_ended", check);
      return rules::CheckWish(said.wish_ended(), "said.wish_ended", check);
    case Said::kConsent:
      CheckIds(said.consent(), "said.consent", check);
      return rules::CheckConsent(said.consent(), "said.consent", check);
    case Said::kConsentWithdrawn: {
      const v1::Consent& withdrawn = said.consent_withdrawn();
      CheckIds(withdrawn, "said.consent_withdrawn", check);
      check.Enum(v1::ConsentKind_IsValid(withdrawn.what()), withdrawn.what(),
                 "said.consent_withdrawn.what");
      return check.Require(!withdrawn.has_given() && !withdrawn.has_until() &&
                               !withdrawn.has_withdrawn() && withdrawn.how().empty(),
                           "said.consent_withdrawn",
                           "names what, party_id, contact_point, collector and account only; when "
                           "stands in say_time");
    }
    case Said::kPartyEnded:
      return check.Id(said.party_ended(), "said.party_ended");
    // Held against the person's record.
    case Said::kOtherParty:
    case Said::kEmployerForbids:
      return;
    case Said::WORD_NOT_SET:
      return check.Fail("said", "must hold a word: a wish, a consent, another party, …");
  }
}

absl::StatusOr<HeardWord> HearWord(storage::Transaction& transaction, const book::Book& book,
                                   std::string_view event_id, const Said& said, int64_t received_us,
                                   bool again) {
  HeardWord heard;
  ASSIGN_OR_RETURN(heard.known, book.HoldPerson(transaction, said.person_id()));
  if (!heard.known) return heard;
  ASSIGN_OR_RETURN(auto persons, book.ReadPersons(transaction.connection(), {said.person_id()}));
  const auto found = persons.find(said.person_id());
  if (found == persons.end()) return absl::DataLossError("a stored person cannot be read");
  // A word without a time was said when it came first; then it is news, though the core's clock be
  // ahead of this one.
  const int64_t as_of_us = found->second.as_of_us;
  if (said.has_say_time()) {
    heard.say_time_us = absl::ToUnixMicros(TimeOf(said.say_time()));
  } else {
    heard.say_time_us = again ? received_us : std::max(received_us, as_of_us);
  }
  heard.outdated = as_of_us > heard.say_time_us;
  heard.before = std::move(found->second.person);
  heard.person = heard.before;
  Apply(said, heard.say_time_us, heard.person);
  ASSIGN_OR_RETURN(const auto since,
                   book.WordsSince(transaction.connection(), said.person_id(), heard.say_time_us));
  for (const book::Word& word : since) {
    if (word.say_time_us > heard.say_time_us || word.event_id > event_id)
      Apply(word.said, word.say_time_us, heard.person);
  }
  auto problem = AdmitWords(heard.person);
  if (problem.has_value()) heard.problem = InEvent(said, *std::move(problem));
  return heard;
}

absl::StatusOr<int64_t> KeepWord(storage::Transaction& transaction, const book::Book& book,
                                 std::string_view actor, std::string_view event_id,
                                 const Said& said, HeardWord& heard) {
  SWITCHBOARD_ASSERT(heard.known && !heard.problem.has_value());
  if (heard.outdated) return 0;
  ASSIGN_OR_RETURN(const bool kept,
                   book.KeepWord(transaction, said.person_id(),
                                 {std::string(event_id), heard.say_time_us, said}));
  if (!kept) return 0;
  RETURN_IF_ERROR(book.KeepPast(transaction, {{&heard.before, &heard.person}}));
  RETURN_IF_ERROR(book.ReplacePerson(transaction, heard.person));
  return VoidPermitsOfPerson(transaction, actor, said.person_id());
}

absl::StatusOr<int64_t> VoidPermitsOfPerson(storage::Transaction& transaction,
                                            std::string_view actor, const std::string& person_id) {
  permits::PermitFilter filter;
  filter.person_id = person_id;
  filter.cause = v1::AuditEvent::PermitVoided::CAUSE_PERSON;
  return permits::VoidPermits(transaction, actor, filter);
}

absl::Status SayAgain(storage::Transaction& transaction, const book::Book& book,
                      std::string_view actor, const v1::Person& before) {
  const std::string& person_id = before.person_id();
  storage::Connection& connection = transaction.connection();
  ASSIGN_OR_RETURN(auto persons, book.ReadPersons(connection, {person_id}));
  const auto found = persons.find(person_id);
  if (found == persons.end()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto words,
                   book.WordsSince(connection, person_id, found->second.as_of_us));
  v1::Person& person = found->second.person;
  for (const book::Word& word : words) {
    v1::Person with_word = person;
    Apply(word.said, word.say_time_us, with_word);
    // The record is another one by now, and may have no room for it, or its contact point's id.
    if (!AdmitWords(with_word).has_value()) person = std::move(with_word);
  }
  if (book::RulesReadOtherwise(before, person))
    RETURN_IF_ERROR(VoidPermitsOfPerson(transaction, actor, person_id).status());
  RETURN_IF_ERROR(book.KeepPast(transaction, {{&before, &person}}));
  if (words.empty()) return absl::OkStatus();
  return book.ReplacePerson(transaction, person);
}

}  // namespace switchboard::ingest
