#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "switchboard/v1/account.pb.h"
#include "switchboard/v1/assignment.pb.h"
#include "switchboard/v1/contract.pb.h"
#include "switchboard/v1/person.pb.h"

namespace switchboard::demo {

// What identifies a person or an account, piece by piece, as bytes that a leak would hold. Written
// from the contract's own words, not from the masker's code: this is the other side of the
// comparison.
enum class Piece {
  kPersonId,
  kAccountId,
  kFamilyName,
  kGivenName,
  kWholeName,
  kFamilyReading,
  kGivenReading,
  kWholeReading,
  kBirthDate,
  kPhone,    // the national number, which every way to write it in one piece holds
  kMailbox,  // what stands before the "@"
  kPostalCode,
  kRegion,
  kCity,
  kDistrict,
  kStreet,
  kCard,  // the first twelve digits: no mask may leave more than the last four
  kInternal,
  kLanguage,  // these two are compared as fields only: they are too short and too common to look
              // for
  kProduct,
};

// "given name", "card number" …
std::string_view NameOf(Piece piece);

struct RawValue {
  Piece piece;
  std::string text;
  std::string contact_point_id;  // of a phone or mailbox
  std::string written;           // as it stands in a message: with country code, with the domain
};

// Every piece of a person and an account that is not empty; a birth date or a name in several
// writings.
std::vector<RawValue> RawValuesOf(const v1::Person& person, const v1::Account& account);

// True for pieces that belong to one account of the whole book, so that they may be looked for in
// all bytes.
bool IsDistinctive(Piece piece);

// True if a contract with these terms shows the value whole. `terms` null: nothing is shown.
bool Shows(const v1::Contract::WorkTerms* terms, const RawValue& value);

// The terms of a work type; null when the contract does not list it.
const v1::Contract::WorkTerms* TermsOf(const v1::Contract& contract, v1::WorkType work_type);

// The values that `assignment`, which is about that very person, holds though the contract
// withholds them: as part of any of its texts. A value of fewer than eight bytes is not looked for
// in tokens and ids that the hub made, nor is any value that is part of one which the contract does
// show (a family name 林 within the town 林町).
std::vector<Piece> WithheldButPresent(const v1::Contract::WorkTerms* terms,
                                      const std::vector<RawValue>& values,
                                      const v1::Assignment& assignment);

// The fields of `assignment` that the contract does not provide for, in decoded form: a class it
// does not name, an exact amount where it says band, a day where it says bucket.
std::vector<std::string> FieldsBeyondContract(const v1::Contract::WorkTerms& terms,
                                              const v1::Assignment& assignment);

}  // namespace switchboard::demo
