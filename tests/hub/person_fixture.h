#pragma once

// A hub that keeps what it has for years, and what its operators may do for a person.

#include <string>
#include <vector>

#include "tests/hub/retention_fixture.h"

namespace switchboard::testing {

inline constexpr char kKeepForYears[] =
    "classes: [{keep_days: 3000}]\naccounts_keep_days: 3000\nquarantine_keep_days: 3000\n";

// A-1 of P-1 and A-2 of P-2. Operators ito and abe.
class PersonTest : public HubRetentionTest {
 protected:
  explicit PersonTest(const char* settings = kKeepForYears) : HubRetentionTest(settings) {}
  void SetUp() override {
    HubRetentionTest::SetUp();
    ASSERT_OK(world_.Import({AccountIn(1, "A-1", "P-1"), AccountIn(2, "A-2", "P-2")}));
  }

  absl::StatusOr<v1::PersonRequest> Open(const v1::PersonRequest& asked,
                                         const std::string& who = "ito") {
    v1::OpenPersonRequestRequest request;
    *request.mutable_request() = asked;
    auto response = world_.Await<v1::OpenPersonRequestResponse>([&](auto done) {
      world_.hub().privacy_api().OpenPersonRequest(Operator(who), request, done);
    });
    if (!response.ok()) return response.status();
    return response->request();
  }
  static v1::PersonRequest Asked(v1::PersonRequest::Kind kind, const std::string& id = "letter-1",
                                 const std::string& person_id = "P-1") {
    v1::PersonRequest asked;
    asked.set_request_id(id);
    asked.set_person_id(person_id);
    asked.set_kind(kind);
    asked.set_reference("letter of 3 May");
    if (kind == v1::PersonRequest::KIND_CORRECTION) asked.add_fields("address.city");
    return asked;
  }
  absl::StatusOr<v1::PersonRequest> Decide(bool agreed = true, const std::string& who = "abe",
                                           const std::string& id = "letter-1") {
    v1::DecidePersonRequestRequest request;
    request.set_request_id(id);
    request.set_agreed(agreed);
    auto response = world_.Await<v1::DecidePersonRequestResponse>([&](auto done) {
      world_.hub().privacy_api().DecidePersonRequest(Operator(who), request, done);
    });
    if (!response.ok()) return response.status();
    return response->request();
  }
  // The only request there is.
  v1::PersonRequest Only() {
    v1::ListPersonRequestsRequest request;
    request.set_closed_too(true);
    const auto response = world_.Await<v1::ListPersonRequestsResponse>([&](auto done) {
      world_.hub().privacy_api().ListPersonRequests(Operator(), request, done);
    });
    EXPECT_OK(response);
    if (!response.ok() || response->requests_size() != 1) {
      ADD_FAILURE() << "not one request";
      return {};
    }
    return response->requests(0);
  }
  absl::StatusOr<v1::ReadPersonDataResponse> Read(const std::string& who = "ito",
                                                  const std::string& after = "") {
    v1::ReadPersonDataRequest request;
    request.set_request_id("letter-1");
    request.set_after(after);
    return world_.Await<v1::ReadPersonDataResponse>([&](auto done) {
      world_.hub().privacy_api().ReadPersonData(Operator(who), request, done);
    });
  }
  absl::StatusOr<v1::FindPersonsResponse> Find(const v1::FindPersonsRequest& request,
                                               const std::string& who = "ito") {
    return world_.Await<v1::FindPersonsResponse>(
        [&](auto done) { world_.hub().privacy_api().FindPersons(Operator(who), request, done); });
  }
  void PlaceHold() {
    v1::PlaceLegalHoldRequest request;
    request.mutable_hold()->set_hold_id("court-1");
    request.mutable_hold()->set_person_id("P-1");
    request.mutable_hold()->set_origin(v1::LegalHold::ORIGIN_COURT);
    request.mutable_hold()->set_reference("docket of the district court");
    ASSERT_OK(world_.Await<v1::PlaceLegalHoldResponse>(
        [&](auto done) { world_.hub().privacy_api().PlaceLegalHold(Operator(), request, done); }));
  }
  void EndHold() {
    v1::EndLegalHoldRequest request;
    request.set_hold_id("court-1");
    ASSERT_OK(world_.Await<v1::EndLegalHoldResponse>(
        [&](auto done) { world_.hub().privacy_api().EndLegalHold(Operator(), request, done); }));
  }
  // The core reads to the end of its feed, and confirms it.
  void CoreReads() {
    ASSERT_OK_AND_ASSIGN(const auto page, world_.ReadCoreFeed(0));
    ASSERT_OK(world_.ReadCoreFeed(page.newest()));
  }
  v1::ReportRetentionResponse Report() {
    const auto response = world_.Await<v1::ReportRetentionResponse>(
        [&](auto done) { world_.hub().privacy_api().ReportRetention(Operator(), {}, done); });
    EXPECT_OK(response);
    return response.ok() ? *response : v1::ReportRetentionResponse();
  }
  int EventsOf(v1::AuditEvent::Kind kind) {
    int count = 0;
    for (const auto& event : world_.AuditEvents()) count += event.kind() == kind ? 1 : 0;
    return count;
  }
};

}  // namespace switchboard::testing
