#pragma once

#include <span>
#include <string>
#include <vector>

#include "hub/redaction/card_places.h"
#include "hub/redaction/marks.h"
#include "switchboard/v1/account.pb.h"
#include "switchboard/v1/person.pb.h"

namespace switchboard::redaction {

// Phones, e-mail addresses, ids and card numbers of a person and of the parties beside them
// (own_data.h), ready to be found. Immutable.
class OwnNumbers {
 public:
  OwnNumbers(const v1::Person& person, std::span<const v1::Account* const> accounts);

  // Adds them, as own.
  void Find(Marks* marks) const;

 private:
  struct Phone {
    std::string line;      // E.164
    std::string country;   // digits of the country code
    std::string national;  // digits behind it
  };
  struct Mailbox {
    std::u32string local;  // letters and digits, in the loose dress
    std::string value;     // normal form of the address
    bool alone;            // whether it counts without its host
  };

  void AddPoint(const v1::ContactPoint& point);
  void AddId(const std::string& id);
  void FindCards(const CardPlaces& places, Marks* marks) const;
  void FindMaskedCards(Marks* marks) const;
  void FindPhones(const CardPlaces& places, Marks* marks) const;
  void FindMailboxes(Marks* marks) const;
  void FindIds(Marks* marks) const;

  std::vector<Phone> phones_;
  std::vector<Mailbox> mailboxes_;
  std::vector<std::u32string> ids_;  // letters and digits, in the loose dress
  std::vector<std::string> cards_;
};

}  // namespace switchboard::redaction
