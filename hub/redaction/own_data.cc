#include "hub/redaction/own_data.h"

#include "hub/redaction/birth_date.h"
#include "hub/redaction/own_address.h"
#include "hub/redaction/own_names.h"
#include "hub/redaction/own_numbers.h"

namespace switchboard::redaction {

struct OwnData::Values {
  Values(const v1::Person& person, std::span<const v1::Account* const> accounts)
      : names(person),
        numbers(person, accounts),
        address(person.address()),
        birth_date(person.birth_date()) {}

  const OwnNames names;
  const OwnNumbers numbers;
  const OwnAddress address;
  const v1::Date birth_date;
};

OwnData::OwnData(const v1::Person& person, std::span<const v1::Account* const> accounts)
    : language_(person.language()),
      country_(person.address().country()),
      values_(std::make_unique<const Values>(person, accounts)) {}

OwnData::OwnData(OwnData&&) noexcept = default;
OwnData& OwnData::operator=(OwnData&&) noexcept = default;
OwnData::~OwnData() = default;

void OwnData::Find(Marks* marks) const {
  values_->numbers.Find(marks);
  values_->names.Find(marks);
  values_->address.Find(marks);
  FindBirthDate(values_->birth_date, marks);
}

}  // namespace switchboard::redaction
