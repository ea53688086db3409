#pragma once

#include <memory>
#include <span>
#include <string>

#include "hub/redaction/folded_text.h"
#include "hub/redaction/marks.h"
#include "switchboard/v1/account.pb.h"
#include "switchboard/v1/person.pb.h"

namespace switchboard::redaction {

// What the core told of a person, ready to be found in what somebody typed, in whatever width,
// script, spelling, order and spacing:
// - names and readings: kanji, both kana, romaji by Hepburn, Kunrei and passport, pinyin,
//   traditional and simplified characters, Latin letters without their marks. A name that is also
//   a word (森, Will) only beside the other name, an honorific or a title, or, in Latin letters,
//   with a capital inside a sentence;
// - numbers of their own and of parties that may be spoken to: seven digits in a row or more,
//   national or international; e-mail addresses, also a mailbox of six letters alone;
// - the birth date in any order of its parts and in the eras of Japan and Taiwan;
// - town and street of the address, block numbers in order (一丁目2番3号 as 1-2-3); its postal
// code;
// - ids of the person and the accounts; card numbers, also their last four behind a word for it.
// Immutable; thread-safe.
class OwnData {
 public:
  OwnData(const v1::Person& person, std::span<const v1::Account* const> accounts);
  OwnData(OwnData&&) noexcept;
  OwnData& operator=(OwnData&&) noexcept;
  ~OwnData();

  // BCP 47 and ISO 3166-1 alpha-2, as the core has them; either may be empty.
  const std::string& language() const { return language_; }
  const std::string& country() const { return country_; }

  // Adds what of it stands in the text of the marks, as own.
  void Find(Marks* marks) const;

 private:
  struct Values;  // normal forms, by kind

  std::string language_, country_;
  std::unique_ptr<const Values> values_;
};

}  // namespace switchboard::redaction
