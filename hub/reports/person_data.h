#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/time/time.h"
#include "hub/book/book.h"
#include "hub/core_feed/core_feed.h"
#include "hub/reports/disclosure_record.h"
#include "hub/storage/database.h"
#include "switchboard/v1/privacy_keeping.pb.h"

namespace switchboard::reports {

// All that is kept of a person, in pages of at most 2 MiB; nothing that is the issuer's own
// (INTERNAL) is in them. `after`: ReadPersonDataResponse.next of the page before; empty at the
// beginning. INVALID_ARGUMENT, FIELD_INVALID: it is none.
class PersonData {
 public:
  // All outlive it.
  PersonData(const book::Book& book, const core_feed::CoreFeed& feed,
             const DisclosureRecord& disclosures)
      : book_(book), feed_(feed), disclosures_(disclosures) {}

  absl::StatusOr<v1::ReadPersonDataResponse> Read(storage::Connection& reader,
                                                  const std::string& person_id,
                                                  std::string_view after, absl::Time now) const;

 private:
  struct Page;
  using Section = absl::StatusOr<std::string> (PersonData::*)(Page&,
                                                              const std::string& after) const;
  struct Named {
    std::string_view name;
    Section add;
  };
  static const Named kSections[];

  // Each adds what is behind `after` in it, as far as there is room; from where to go on, empty
  // where that was all.
  absl::StatusOr<std::string> AddPerson(Page& page, const std::string& after) const;
  absl::StatusOr<std::string> AddAccounts(Page& page, const std::string& after) const;
  absl::StatusOr<std::string> AddItems(Page& page, const std::string& after) const;
  absl::StatusOr<std::string> AddDisclosures(Page& page, const std::string& after) const;
  absl::StatusOr<std::string> AddSaid(Page& page, const std::string& after) const;
  absl::StatusOr<std::string> AddContacts(Page& page, const std::string& after) const;
  absl::StatusOr<std::string> AddStops(Page& page, const std::string& after) const;
  absl::StatusOr<std::string> AddFormer(Page& page, const std::string& after) const;
  absl::StatusOr<std::string> AddPermits(Page& page, const std::string& after) const;
  absl::StatusOr<std::string> AddRecordings(Page& page, const std::string& after) const;

  // The same of items of the feed: what `fill` makes of each.
  absl::StatusOr<std::string> AddOfFeed(
      Page& page, const std::string& after, std::vector<int64_t> sequences,
      absl::FunctionRef<void(v1::CoreItem&, v1::ReadPersonDataResponse::Section&)> fill) const;

  const book::Book& book_;
  const core_feed::CoreFeed& feed_;
  const DisclosureRecord& disclosures_;
};

}  // namespace switchboard::reports
