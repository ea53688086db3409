#include "hub/stops/stops.h"

#include <vector>

#include "hub/book/terms_change.h"
#include "tests/database_fixture.h"

namespace switchboard::stops {
namespace {

using storage::Transaction;
using ::testing::ElementsAre;
using testing::IsOk;
using testing::TestDatabase;
using ::testing::UnorderedElementsAre;

class StopsTest : public ::testing::Test {
 protected:
  absl::Status Place(const char* id, const StopSubject& subject,
                     v1::StopReason reason = v1::STOP_REASON_DISPUTE) {
    return test_.Run([&](Transaction& t) {
      return PlaceStop(t, {id, subject, {reason, "core/main"}});
    });
  }
  bool Lift(const char* id) {
    bool lifted = false;
    EXPECT_OK(test_.Run([&](Transaction& t) -> absl::Status {
      ASSIGN_OR_RETURN(lifted, LiftStop(t, id));
      return absl::OkStatus();
    }));
    return lifted;
  }
  std::vector<StopSubject> Among(const std::vector<StopSubject>& subjects) {
    std::vector<StopSubject> found;
    EXPECT_OK(test_.readers->Run([&](storage::Connection& reader) -> absl::Status {
      ASSIGN_OR_RETURN(found, StoppedAmong(reader, subjects, test_.clock.Now()));
      return absl::OkStatus();
    }));
    return found;
  }
  int64_t TermsChanges() {
    int64_t changes = -1;
    EXPECT_OK(test_.readers->Run([&](storage::Connection& reader) -> absl::Status {
      ASSIGN_OR_RETURN(changes, book::TermsChanges(reader));
      return absl::OkStatus();
    }));
    return changes;
  }

  TestDatabase test_;
};

// Ids of different kinds may be spelt alike: each kind stops itself only.
TEST_F(StopsTest, EachKindStopsItselfOnly) {
  const std::vector<StopSubject> subjects = {
      StopSubject::Person("X"), StopSubject::Account("X"), StopSubject::ContactPoint("X", "m"),
      StopSubject::Vendor("X"), StopSubject::WorkType(v1::WORK_TYPE_CAMPAIGN)};
  EXPECT_TRUE(Among(subjects).empty());
  for (size_t i = 0; i < subjects.size(); ++i) {
    const std::string id = "stop-" + std::to_string(i);
    ASSERT_OK(Place(id.c_str(), subjects[i]));
    EXPECT_THAT(Among(subjects), ElementsAre(subjects[i]));
    for (const StopSubject& subject : subjects) {
      EXPECT_EQ(Among({subject}).size(), subject == subjects[i] ? 1u : 0u);
    }
    EXPECT_TRUE(Lift(id.c_str()));
    EXPECT_TRUE(Among(subjects).empty());
  }
}

TEST_F(StopsTest, ContactPointsBelongToTheirPerson) {
  ASSERT_OK(Place("1", StopSubject::ContactPoint("P-1", "mobile")));
  EXPECT_TRUE(Among({StopSubject::ContactPoint("P-2", "mobile")}).empty());
  EXPECT_TRUE(Among({StopSubject::ContactPoint("P-1", "home")}).empty());
  EXPECT_TRUE(Among({StopSubject::Person("P-1")}).empty());
  EXPECT_EQ(Among({StopSubject::ContactPoint("P-1", "mobile")}).size(), 1u);
}

TEST_F(StopsTest, SeveralStopsLieOnOneSubjectUntilAllAreLifted) {
  const auto person = StopSubject::Person("P-1");
  ASSERT_OK(Place("1", person));
  ASSERT_OK(Place("2", person));
  EXPECT_TRUE(Lift("1"));
  EXPECT_EQ(Among({person}).size(), 1u);
  EXPECT_FALSE(Lift("1"));
  EXPECT_TRUE(Lift("2"));
  EXPECT_TRUE(Among({person}).empty());
  EXPECT_FALSE(Lift("never placed"));
}

TEST_F(StopsTest, IdsAreUsedOnceForASubject) {
  const auto person = StopSubject::Person("P-1");
  ASSERT_OK(Place("1", person));
  EXPECT_EQ(Place("1", person).code(), absl::StatusCode::kAlreadyExists);
  EXPECT_TRUE(Lift("1"));
  EXPECT_EQ(Place("1", person).code(), absl::StatusCode::kAlreadyExists);
  EXPECT_TRUE(Among({person}).empty());
}

TEST_F(StopsTest, OneIdLiesOnSeveralSubjectsAndIsLiftedFromAll) {
  const auto point = StopSubject::ContactPoint("P-1", "mobile");
  const auto number = StopSubject::Number("d1");
  ASSERT_OK(Place("1", point));
  ASSERT_OK(Place("1", number));
  EXPECT_THAT(Among({point, number}), ElementsAre(point, number));
  EXPECT_TRUE(Lift("1"));
  EXPECT_TRUE(Among({point, number}).empty());
}

// Whatever is left of it, lifted or not: a number is met once.
TEST_F(StopsTest, LiesOnANumberForEverybodyOrForOnePerson) {
  const auto lies = [this](const char* id) {
    bool found = false;
    EXPECT_OK(test_.readers->Run([&](storage::Connection& reader) -> absl::Status {
      ASSIGN_OR_RETURN(found, LiesOnNumber(reader, id));
      return absl::OkStatus();
    }));
    return found;
  };
  ASSERT_OK(Place("1", StopSubject::ContactPoint("P-1", "mobile")));
  ASSERT_OK(Place("2", StopSubject::Number("d1")));
  ASSERT_OK(Place("3", StopSubject::NumberOfPerson("P-1", "d1")));
  EXPECT_FALSE(lies("1"));
  EXPECT_TRUE(lies("2"));
  EXPECT_TRUE(lies("3"));
  EXPECT_TRUE(Lift("2"));
  EXPECT_TRUE(lies("2"));
}

// When it was placed is when it was placed first.
TEST_F(StopsTest, StopThatComesToLieOnMoreKeepsItsTime) {
  const auto person = StopSubject::Person("P-7");
  ASSERT_OK(test_.Run([&](Transaction& t) {
    NewStop stop{"1", person, {v1::STOP_REASON_WRONG_NUMBER, "vendor/sakura"}};
    stop.place_time_us = 5;
    return PlaceStop(t, stop);
  }));
  EXPECT_OK(test_.readers->Run([&](storage::Connection& reader) -> absl::Status {
    ASSIGN_OR_RETURN(const auto found, StopsOn(reader, {person}, test_.clock.Now()));
    EXPECT_EQ(found.size(), 1u);
    for (const Stop& stop : found) {
      EXPECT_EQ(stop.place_time_us, 5);
      EXPECT_EQ(stop.origin, "vendor/sakura");
    }
    return absl::OkStatus();
  }));
}

// I12: what was true before a payment never ends its stop.
TEST_F(StopsTest, PaymentsAreSettledByLaterDataOnly) {
  const auto account = StopSubject::Account("A-1");
  const auto place = [&](const char* id, int64_t settle_us) {
    return test_.Run([&](Transaction& t) {
      return PlaceStop(t, {id, account, {v1::STOP_REASON_PAYMENT, "core/main"}, settle_us});
    });
  };
  const auto settle = [&](int64_t as_of_us) {
    int64_t settled = -1;
    EXPECT_OK(test_.Run([&](Transaction& t) -> absl::Status {
      ASSIGN_OR_RETURN(settled, SettlePayments(t, "core/main", "A-1", as_of_us));
      return absl::OkStatus();
    }));
    return settled;
  };
  ASSERT_OK(place("1", 100));
  ASSERT_OK(place("2", 200));
  ASSERT_OK(Place("dispute", account));
  EXPECT_EQ(settle(100), 0);  // the same moment is not later
  EXPECT_EQ(settle(101), 1);
  EXPECT_EQ(settle(101), 0);
  EXPECT_EQ(settle(300), 1);
  EXPECT_THAT(Among({account}), ElementsAre(account));  // the dispute
}

TEST_F(StopsTest, LiftsByReasonAndSubject) {
  const auto account = StopSubject::Account("A-1");
  ASSERT_OK(Place("pay-1", account, v1::STOP_REASON_PAYMENT));
  ASSERT_OK(Place("pay-2", account, v1::STOP_REASON_PAYMENT));
  ASSERT_OK(Place("dispute", account, v1::STOP_REASON_DISPUTE));
  ASSERT_OK(Place("other", StopSubject::Account("A-2"), v1::STOP_REASON_PAYMENT));
  ASSERT_OK(Place("person", StopSubject::Person("A-1"), v1::STOP_REASON_PAYMENT));
  ASSERT_OK(
      test_.Run([&](Transaction& t) { return LiftStops(t, account, v1::STOP_REASON_PAYMENT); }));
  EXPECT_EQ(Among({account}).size(), 1u);  // the dispute
  EXPECT_FALSE(Lift("pay-1"));
  EXPECT_FALSE(Lift("pay-2"));
  EXPECT_THAT(Among({StopSubject::Account("A-2"), StopSubject::Person("A-1")}),
              UnorderedElementsAre(StopSubject::Account("A-2"), StopSubject::Person("A-1")));
}

// An end that is found later holds from the beginning, and is found once.
TEST_F(StopsTest, AnEndThatWasAwaitedIsSetOnce) {
  const auto person = StopSubject::Person("P-1");
  ASSERT_OK(test_.Run([&](Transaction& t) {
    NewStop stop{"1", person, {v1::STOP_REASON_BREATHING_SPACE, "core/main"}};
    stop.awaits_end = true;
    return PlaceStop(t, stop);
  }));
  ASSERT_OK(Place("2", person));
  EXPECT_EQ(Among({person}).size(), 1u);
  std::vector<std::string> awaiting;
  const auto end = [&](int64_t end_time_us) {
    return test_.Run([&](Transaction& t) -> absl::Status {
      ASSIGN_OR_RETURN(const auto found, StopsAwaitingEnd(t.connection(), person));
      for (const Stop& stop : found) {
        awaiting.push_back(stop.stop_id);
        RETURN_IF_ERROR(EndStop(t, stop, end_time_us));
      }
      return absl::OkStatus();
    });
  };
  ASSERT_OK(end(absl::ToUnixMicros(test_.clock.Now())));
  ASSERT_OK(end(0));
  EXPECT_THAT(awaiting, ElementsAre("1"));
  EXPECT_OK(test_.readers->Run([&](storage::Connection& reader) -> absl::Status {
    ASSIGN_OR_RETURN(const auto found, StopsOn(reader, {person}, test_.clock.Now()));
    EXPECT_EQ(found.size(), 1u);
    for (const Stop& stop : found) EXPECT_EQ(stop.stop_id, "2");
    return absl::OkStatus();
  }));
}

TEST_F(StopsTest, AVendorIsNotStoppedBeyondTheEnd) {
  const absl::Time end = test_.clock.Now() + absl::Hours(1);
  ASSERT_OK(test_.Run([&](Transaction& t) {
    NewStop stop{"1", StopSubject::Vendor("sakura"), {v1::STOP_REASON_OPERATOR, "operator/ito"}};
    stop.terms.end_time_us = absl::ToUnixMicros(end);
    return PlaceStop(t, stop);
  }));
  const auto stopped = [&](absl::Time now) {
    size_t count = 0;
    EXPECT_OK(test_.readers->Run([&](storage::Connection& reader) -> absl::Status {
      ASSIGN_OR_RETURN(const auto found, StoppedVendors(reader, now));
      count = found.size();
      return absl::OkStatus();
    }));
    return count;
  };
  EXPECT_EQ(stopped(end - absl::Microseconds(1)), 1u);
  EXPECT_EQ(stopped(end), 0u);
}

// Of nobody else's: those come by the hundred a second.
TEST_F(StopsTest, StopsOfVendorsChangeTheTermsOfVendors) {
  const StopSubject vendor = StopSubject::Vendor("sakura");
  ASSERT_OK(Place("of-a-person", StopSubject::Person("P-1")));
  EXPECT_TRUE(Lift("of-a-person"));
  EXPECT_EQ(TermsChanges(), 0);
  ASSERT_OK(Place("of-a-vendor", vendor, v1::STOP_REASON_OPERATOR));
  EXPECT_EQ(TermsChanges(), 1);
  EXPECT_FALSE(Place("of-a-vendor", vendor, v1::STOP_REASON_OPERATOR).ok());
  EXPECT_EQ(TermsChanges(), 1);
  EXPECT_FALSE(Lift("of-a-vendor"));
  ASSERT_OK(
      test_.Run([&](Transaction& t) { return LiftStops(t, vendor, v1::STOP_REASON_OPERATOR); }));
  EXPECT_EQ(TermsChanges(), 2);
}

}  // namespace
}  // namespace switchboard::stops
