#include "hub/reports/person_search.h"

#include <set>

#include "hub/base/email.h"
#include "hub/base/error.h"
#include "hub/base/phone.h"
#include "hub/book/erasure.h"

namespace switchboard::reports {
namespace {

constexpr int kPage = 500;

bool AnyReaches(const google::protobuf::RepeatedPtrField<v1::ContactPoint>& points, bool phone,
                const std::string& wanted) {
  for (const v1::ContactPoint& point : points) {
    const bool reaches = phone ? point.has_phone() && LineOf(point.phone()) == wanted
                               : point.has_email() && MailboxOf(point.email()) == wanted;
    if (reaches) return true;
  }
  return false;
}

bool IsReached(const v1::Person& person, bool phone, const std::string& wanted) {
  if (AnyReaches(person.contact_points(), phone, wanted)) return true;
  for (const v1::OtherParty& party : person.other_parties())
    if (AnyReaches(party.contact_points(), phone, wanted)) return true;
  return false;
}

absl::StatusOr<std::vector<std::string>> WithCard(storage::Connection& reader,
                                                  const book::Book& book,
                                                  const std::string& card_number) {
  std::set<std::string> found;
  std::string after;
  while (found.size() < kFoundMax) {
    ASSIGN_OR_RETURN(const auto page, book::AccountsAfter(reader, after, kPage));
    std::vector<std::string> ids;
    for (const book::AccountAge& account : page) ids.push_back(account.account_id);
    ASSIGN_OR_RETURN(const auto accounts, book.ReadAccounts(reader, ids));
    for (const auto& [account_id, opened] : accounts) {
      if (opened.account.card_number() == card_number && found.size() < kFoundMax)
        found.insert(opened.account.person_id());
    }
    if (page.size() < size_t{kPage}) break;
    after = page.back().account_id;
  }
  return std::vector<std::string>(found.begin(), found.end());
}

}  // namespace

absl::StatusOr<std::vector<std::string>> SearchPersons(storage::Connection& reader,
                                                       const book::Book& book,
                                                       const v1::FindPersonsRequest& request) {
  if (request.has_card_number()) return WithCard(reader, book, request.card_number());
  const bool phone = request.has_phone();
  const std::string wanted = phone ? LineOf(request.phone()) : MailboxOf(request.email());
  std::vector<std::string> found;
  RETURN_IF_ERROR(book.ForEachPerson(reader, [&](const v1::Person& person) {
    if (found.size() < kFoundMax && IsReached(person, phone, wanted))
      found.push_back(person.person_id());
  }));
  return found;
}

}  // namespace switchboard::reports
