#include "hub/redaction/own_numbers.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string_view>
#include <utility>

#include "hub/base/email.h"
#include "hub/base/phone.h"
#include "hub/redaction/cue_words.h"
#include "hub/redaction/masked_card.h"
#include "hub/redaction/squeezed.h"

namespace switchboard::redaction {
namespace {

constexpr size_t kOwnDigitsMin = 7;  // of a phone number, in a row
constexpr size_t kMailboxMin = 6;    // letters and digits that say who it is without the host
constexpr size_t kMailboxShort = 3;  // that do with it
constexpr size_t kIdMin = 4;         // of an id with letters and digits
constexpr size_t kIdDigitsMin = 6;   // of one of digits alone
constexpr size_t kLastDigits = 4;    // of a card
constexpr size_t kBesideWord = 24;   // characters between a word for a card and those

const CueWords& CardWords() {
  static const CueWords& words = *new const CueWords(
      "card cards ending visa mastercard amex jcb カード 下4桁 下四桁 末尾 卡 尾号 尾號 "
      "末四位 카드 끝자리");
  return words;
}

// Mailboxes that are words of notes.
bool IsSilent(std::u32string_view local) {
  static constexpr std::u32string_view kSilent[] = {
      U"account",  U"accounts", U"billing", U"contact",   U"customer", U"customers", U"family",
      U"friend",   U"manager",  U"message", U"mobile",    U"office",   U"office1",   U"payment",
      U"payments", U"person",   U"private", U"reception", U"service",  U"support",   U"telephone"};
  return std::find(std::begin(kSilent), std::end(kSilent), local) != std::end(kSilent);
}

bool IsOfHost(const FoldedText& text, size_t index) {
  const char32_t c = text.plain()[index];
  return text.is_word(index) || c == U'.' || c == U'-';
}

// Groups that are joined, [first, behind) of the places.
struct Row {
  size_t first, behind;
};

std::vector<Row> RowsOf(const CardPlaces& places) {
  std::vector<Row> rows;
  for (const CardPlaces::Group& group : places.groups) {
    if (group.joined) {
      rows.back().behind = group.behind;
    } else {
      rows.push_back({group.first, group.behind});
    }
  }
  return rows;
}

// Digits in a row of a number.
struct Piece {
  size_t from = 0;
  size_t size = 0;
};

// The longest piece of a number that other digits begin with.
Piece LongestPiece(std::string_view own, std::string_view digits) {
  Piece longest;
  for (size_t from = 0; from < own.size(); ++from) {
    const auto same = std::mismatch(own.begin() + static_cast<std::ptrdiff_t>(from), own.end(),
                                    digits.begin(), digits.end());
    const auto size = static_cast<size_t>(same.second - digits.begin());
    if (size > longest.size) longest = {from, size};
  }
  return longest;
}

// How many digits at the end of some are dialled in front of a national number.
size_t DialledBefore(std::string_view digits, const std::string& country) {
  size_t longest = 0;
  for (const std::string& prefix : {std::string("0"), country, country + "0", "00" + country,
                                    "010" + country, "011" + country}) {
    if (digits.ends_with(prefix)) longest = std::max(longest, prefix.size());
  }
  return longest;
}

}  // namespace

OwnNumbers::OwnNumbers(const v1::Person& person, std::span<const v1::Account* const> accounts) {
  for (const v1::ContactPoint& point : person.contact_points()) AddPoint(point);
  for (const v1::OtherParty& party : person.other_parties()) {
    for (const v1::ContactPoint& point : party.contact_points()) AddPoint(point);
  }
  AddId(person.person_id());
  for (const v1::Account* account : accounts) {
    AddId(account->account_id());
    if (account->card_number().size() > kLastDigits) cards_.push_back(account->card_number());
  }
}

void OwnNumbers::AddPoint(const v1::ContactPoint& point) {
  if (point.has_phone()) {
    const std::string line = LineOf(point.phone());
    const size_t country = CountryDigitsOf(line);
    if (country == 0) return;
    phones_.push_back({line, line.substr(1, country), line.substr(1 + country)});
  } else if (point.has_email()) {
    const std::string_view email = point.email();
    const std::string_view local = email.substr(0, email.find('@'));
    std::u32string letters = Squeezed(local.substr(0, local.find('+', 1)));
    if (letters.size() < kMailboxShort) return;
    const bool alone = letters.size() >= kMailboxMin && !IsSilent(letters);
    mailboxes_.push_back({std::move(letters), MailboxOf(email), alone});
  }
}

void OwnNumbers::AddId(const std::string& id) {
  std::u32string letters = Squeezed(id);
  const auto is_digit = [](char32_t c) { return c >= U'0' && c <= U'9'; };
  const auto digits = std::count_if(letters.begin(), letters.end(), is_digit);
  const bool only_digits = static_cast<size_t>(digits) == letters.size();
  if (digits == 0 || letters.size() < (only_digits ? kIdDigitsMin : kIdMin)) return;
  ids_.push_back(std::move(letters));
}

void OwnNumbers::Find(Marks* marks) const {
  const CardPlaces written = WrittenPlaces(marks->text(), {});
  const CardPlaces spelled = SpelledPlaces(marks->text());
  for (const CardPlaces* places : {&written, &spelled}) {
    FindCards(*places, marks);
    FindPhones(*places, marks);
  }
  FindMaskedCards(marks);
  FindMailboxes(marks);
  FindIds(marks);
}

void OwnNumbers::FindCards(const CardPlaces& places, Marks* marks) const {
  for (const std::string& card : cards_) {
    const std::string last = card.substr(card.size() - kLastDigits);
    const std::string shown = std::string(card.size() - kLastDigits, '*') + last;
    const auto add = [&](size_t first, size_t behind) {
      marks->Add(
          {places.begins[first], places.ends[behind - 1], v1::TextMark::KIND_CARD, true, shown});
    };
    for (const Row& row : RowsOf(places)) {
      const std::string_view digits =
          std::string_view(places.digits).substr(row.first, row.behind - row.first);
      const size_t at = digits.find(card);
      if (at != std::string_view::npos) add(row.first + at, row.first + at + card.size());
    }
    for (const CardPlaces::Group& group : places.groups) {
      if (places.digits.compare(group.first, group.size(), last) != 0) continue;
      const bool named =
          CardWords().StandBefore(marks->text(), places.begins[group.first], kBesideWord);
      if (named) add(group.first, group.behind);
    }
  }
}

void OwnNumbers::FindMaskedCards(Marks* marks) const {
  if (cards_.empty()) return;
  const auto is_near_word = [](size_t) { return true; };
  for (const MaskedCard& masked : MaskedCards(marks->text(), is_near_word)) {
    for (const std::string& card : cards_) {
      const std::string shown =
          std::string(card.size() - kLastDigits, '*') + card.substr(card.size() - kLastDigits);
      if (masked.shown != shown) continue;
      marks->Add({masked.characters.front(), masked.characters.back() + 1, v1::TextMark::KIND_CARD,
                  true, shown});
    }
  }
}

// Digits in a row of a number, and what is dialled in front of them.
void OwnNumbers::FindPhones(const CardPlaces& places, Marks* marks) const {
  const FoldedText& text = marks->text();
  for (const Row& row : RowsOf(places)) {
    const std::string_view digits =
        std::string_view(places.digits).substr(row.first, row.behind - row.first);
    for (const Phone& phone : phones_) {
      for (size_t at = 0; at < digits.size();) {
        const Piece piece = LongestPiece(phone.national, digits.substr(at));
        if (piece.size < kOwnDigitsMin && piece.size < phone.national.size()) {
          ++at;
          continue;
        }
        const size_t dialled =
            piece.from == 0 ? DialledBefore(digits.substr(0, at), phone.country) : 0;
        size_t begin = places.begins[row.first + at - dialled];
        while (begin > 0 && (text.plain()[begin - 1] == U'+' || text.plain()[begin - 1] == U'(')) {
          --begin;
        }
        marks->Add({begin, places.ends[row.first + at + piece.size - 1], v1::TextMark::KIND_PHONE,
                    true, phone.line});
        at += piece.size;
      }
    }
  }
}

// With its tag and its host, where those stand behind it.
void OwnNumbers::FindMailboxes(Marks* marks) const {
  const FoldedText& text = marks->text();
  for (const Mailbox& mailbox : mailboxes_) {
    ForEachWhole(text, mailbox.local, [&](size_t begin, size_t end) {
      if (end < text.size() && text.plain()[end] == U'+') {
        ++end;
        while (end < text.size() && text.is_word(end) && text.plain()[end] < 0x80) ++end;
      }
      const bool has_host = end < text.size() && text.plain()[end] == U'@';
      if (!has_host && !mailbox.alone) return;
      if (has_host) {
        ++end;
        while (end < text.size() && IsOfHost(text, end) && text.plain()[end] < 0x80) ++end;
        while (!text.is_word(end - 1) && text.plain()[end - 1] != U'@') --end;
      }
      marks->Add({begin, end, v1::TextMark::KIND_EMAIL, true, mailbox.value});
    });
  }
}

void OwnNumbers::FindIds(Marks* marks) const {
  for (const std::u32string& id : ids_) {
    ForEachWhole(marks->text(), id, [&](size_t begin, size_t end) {
      marks->Add({begin, end, v1::TextMark::KIND_ACCOUNT, true, Utf8Of(id)});
    });
  }
}

}  // namespace switchboard::redaction
