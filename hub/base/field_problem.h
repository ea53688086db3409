#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "hub/base/text.h"
#include "switchboard/v1/person.pb.h"
#include "switchboard/v1/values.pb.h"

// What is wrong with one field of a message that somebody sent. Says what is allowed, never quotes
// the value.

namespace google::protobuf {
class Duration;
class Timestamp;
}  // namespace google::protobuf

namespace switchboard {

struct FieldProblem {
  std::string field;    // path: "person.birth_date.month"
  std::string problem;  // "must be 1 to 12"
};

// INVALID_ARGUMENT, FIELD_INVALID; metadata "field" names it.
absl::Status FieldInvalid(const FieldProblem& problem);

// Collects the first problem found; later checks are skipped. One per message. There is one method
// per kind of field, and every input uses it, so that a kind has one rule. Methods for texts take
// the field itself, and bring it to its normal form first (text.h). A text of any size costs no
// more than a look at each byte: what it holds is asked only of one that is no longer than it may
// be.
class FieldCheck {
 public:
  const std::optional<FieldProblem>& problem() const { return problem_; }
  bool ok() const { return !problem_.has_value(); }

  // Reports a problem of `field`, unless one is known already.
  void Fail(std::string_view field, std::string_view problem);
  // Reports `problem` unless `holds`.
  void Require(bool holds, std::string_view field, std::string_view problem) {
    if (!holds) Fail(field, problem);
  }

  // Ids. None of them reaches anybody; see ReachesNobody.

  // An id that a core or a vendor made for a message (event, outcome, request, source), or that the
  // hub minted: 1 to 64 bytes of [A-Za-z0-9._:-].
  void Id(std::string_view value, std::string_view field);
  // The core's id of a person or an account: as above, but customers' numbers may look like phone
  // numbers.
  void CoreId(std::string_view value, std::string_view field);
  // An id of a contact point of `person`, which vendors see: as Id, and it gives nothing away of
  // what it stands for, nor of whose it is (id_text.h).
  void ContactPointId(std::string_view value, const v1::Person& person, std::string_view field);
  // An id of a stop, "outcome:<vendor_id>:<outcome_id>/<reason>/<version>" too: 1 to 160 bytes of
  // [A-Za-z0-9._:/-], otherwise as Id; each part of an outcome's by itself.
  void StopId(std::string_view value, std::string_view field);
  // A sender's own reference, an agent's for instance: empty, or up to 64 bytes of
  // [A-Za-z0-9._:/-], and asterisks, which stand where a card number was (card_removal.h).
  void Reference(std::string_view value, std::string_view field);
  // Where something lies: a URI of 1 to 500 bytes, a scheme, a colon and printable ASCII without
  // spaces. Card numbers are replaced, not refused; numbers and addresses are not looked for.
  void Uri(std::string_view value, std::string_view field);
  // A media type, as "application/pdf": at most 100 bytes.
  void MediaType(std::string_view value, std::string_view field);
  // `min` to `max` bytes of [a-z0-9-]: ids of vendors (1 to 32), names of readers.
  void Label(std::string_view value, size_t min, size_t max, std::string_view field);
  // No payment card number, nor what looks like a phone number or an e-mail address, also in the
  // dress of an id (card_number.h, id_text.h, id_mail.h). What is kept in clear, whatever it is
  // for, is held to this: logs and indexes keep ids, and they outlive the erasure of a person.
  void ReachesNobody(std::string_view value, std::string_view field);

  // Texts.

  // One line of `min` to `max` bytes of UTF-8 without control and format characters (text.h), nor a
  // card number: parts of an address.
  void Line(std::string* value, size_t min, size_t max, std::string_view field);
  // As Line, and without what reaches somebody, a phone number or an e-mail address (id_text.h):
  // names of persons and of programs, codes of products and grades.
  void Name(std::string* value, size_t min, size_t max, std::string_view field);
  // As Line, with tabs and line feeds, and without a look for card numbers: notes, reasons.
  void Paragraphs(std::string* value, size_t min, size_t max, std::string_view field);
  // `min` to `max` bytes of UTF-8 without control and format characters, as they stand: a text that
  // is in its normal form already, or that nobody keeps.
  void Text(TextForm form, std::string_view value, size_t min, size_t max, std::string_view field);
  // A name of a file without its folder: one line of 1 to 255 bytes, no slash or backslash, not
  // "." or "..".
  void FileName(std::string* value, std::string_view field);
  // An e-mail address (email.h).
  void Email(std::string* value, std::string_view field);
  // A phone number in E.164 that may exist (phone.h).
  void Phone(std::string_view value, std::string_view field);
  // A language tag (locale_codes.h).
  void Language(std::string_view value, std::string_view field);
  // A country (locale_codes.h).
  void Country(std::string_view value, std::string_view field);

  // Values.

  // A calendar day from 1900 to 2200.
  void Day(const v1::Date& date, std::string_view field);
  // A calendar day from 1900 on that has begun somewhere on earth at `now`: of birth, for instance.
  void PastDay(const v1::Date& date, absl::Time now, std::string_view field);
  // A currency in use (ISO 4217) and a magnitude of at most 10^15 minor units, not below `min`.
  void Amount(const v1::Money& money, int64_t min, std::string_view field);
  // The same of an amount that is kept as it was reported, whatever currency that is: three capital
  // letters.
  void ReportedAmount(const v1::Money& money, int64_t min, std::string_view field);
  // From 2000 to 2200, with valid nanoseconds.
  void Time(const google::protobuf::Timestamp& time, std::string_view field);
  // As Time, and at most `ahead` of `now`: bookings, days as of which something is true.
  void TimeUntil(const google::protobuf::Timestamp& time, absl::Time now, absl::Duration ahead,
                 std::string_view field);
  // A time that is kept as it was reported, however doubtful: any that a Timestamp can hold.
  void ReportedTime(const google::protobuf::Timestamp& time, std::string_view field);
  // Not UNSPECIFIED and known to this version.
  void Enum(bool known, int value, std::string_view field);

 private:
  void Magnitude(const v1::Money& money, int64_t min, std::string_view field);

  std::optional<FieldProblem> problem_;
};

// Largest magnitude of an amount, in minor units.
inline constexpr int64_t kMinorUnitsMax = 1'000'000'000'000'000;

}  // namespace switchboard
