#include "hub/guard/connection_book.h"

#include "hub/identity/test_issuer.h"

namespace switchboard::guard {
namespace {

class ConnectionBookTest : public ::testing::Test {
 protected:
  using Entry = ConnectionBook::Entry;

  ConnectionBookTest() {
    ConnectionShares shares;
    shares.connections_max = 10;
    shares.per_peer_max = 4;
    shares.reserved_for_issuer = 3;
    shares.offences_of_vendor = {0.1, 2};
    book_ = std::make_unique<ConnectionBook>(shares, "secret");
  }

  // A connection of "vendor/sakura"; of nobody when empty.
  std::shared_ptr<const OpenConnection> Make(const std::string& actor) {
    const int64_t id = book_->NextId();
    return std::make_shared<const OpenConnection>(
        id, book_->NameOf(id), "192.0.2.7", clock_.Now(), certificate_,
        actor.empty() ? absl::StatusOr<identity::Peer>(absl::UnauthenticatedError("nobody"))
                      : identity::ParsePeer("spiffe://issuer.example/" + actor, "issuer.example"));
  }
  Entry Enter(const std::string& actor) { return book_->Enter(Make(actor), clock_.Now()); }
  void Leave(const OpenConnection& connection, Offence offence = Offence::kNone) {
    book_->Leave(connection, offence, clock_.Now());
  }

  ManualClock clock_;
  identity::Issuer issuer_{clock_};
  identity::PeerCertificate certificate_{*identity::ParseCertificates(issuer_.roots())};
  std::unique_ptr<ConnectionBook> book_;
};

TEST_F(ConnectionBookTest, FindsWhoseCallItIs) {
  const auto connection = Make("vendor/sakura");
  EXPECT_EQ(connection->id(), 1);
  EXPECT_EQ(connection->grpc_name(), "unix-abstract:secret-1");
  EXPECT_EQ(book_->Find(connection->grpc_name()), nullptr);
  ASSERT_EQ(book_->Enter(connection, clock_.Now()), Entry::kMade);
  EXPECT_EQ(book_->Find(connection->grpc_name()), connection);
  EXPECT_EQ(book_->Find("ipv4:192.0.2.7:1"), nullptr);
  Leave(*connection);
  EXPECT_EQ(book_->Find(connection->grpc_name()), nullptr);
  Leave(*connection);
  EXPECT_EQ(book_->count(), 0);
  EXPECT_EQ(Make("vendor/sakura")->id(), 2) << "no name serves twice";
}

TEST_F(ConnectionBookTest, APeerHasAShare) {
  for (int i = 0; i < 4; ++i) EXPECT_EQ(Enter("vendor/sakura"), Entry::kMade);
  EXPECT_EQ(Enter("vendor/sakura"), Entry::kTooManyOfPeer);
  EXPECT_EQ(Enter("vendor/jade"), Entry::kMade);
  const auto first = book_->List().front();
  Leave(*first);
  EXPECT_EQ(Enter("vendor/sakura"), Entry::kMade);
}

TEST_F(ConnectionBookTest, CoreAndOperatorsKeepRoomHoweverManyVendorsCome) {
  for (const char* vendor : {"vendor/a", "vendor/a", "vendor/a", "vendor/b", "vendor/b", "", ""})
    EXPECT_EQ(Enter(vendor), Entry::kMade);
  EXPECT_EQ(Enter("vendor/c"), Entry::kTooManyOfVendors);
  EXPECT_EQ(Enter(""), Entry::kTooManyOfVendors);
  for (const char* peer : {"core/main", "operator/ito", "hub/two"})
    EXPECT_EQ(Enter(peer), Entry::kMade);
  EXPECT_EQ(Enter("core/main"), Entry::kTooMany);
  EXPECT_EQ(book_->count(), 10);
}

TEST_F(ConnectionBookTest, ARefusedOneTakesNoShare) {
  for (int i = 0; i < 4; ++i) EXPECT_EQ(Enter("vendor/sakura"), Entry::kMade);
  const auto refused = Make("vendor/sakura");
  EXPECT_EQ(book_->Enter(refused, clock_.Now()), Entry::kTooManyOfPeer);
  Leave(*refused);
  EXPECT_EQ(book_->count(), 4);
  EXPECT_EQ(Enter("vendor/sakura"), Entry::kTooManyOfPeer);
}

TEST_F(ConnectionBookTest, AVendorThatWasShownOutTooOftenWaits) {
  const auto offend = [&](const std::string& actor, Offence offence) {
    const auto connection = Make(actor);
    if (const Entry entry = book_->Enter(connection, clock_.Now()); entry != Entry::kMade)
      return entry;
    Leave(*connection, offence);
    return Entry::kMade;
  };
  const auto kept = Make("vendor/sakura");
  ASSERT_EQ(book_->Enter(kept, clock_.Now()), Entry::kMade);
  for (const Offence sound : {Offence::kNone, Offence::kNoRequest, Offence::kTakesNoBytes,
                              Offence::kCertificateExpired, Offence::kClosedByOperator})
    for (int i = 0; i < 3; ++i) ASSERT_EQ(offend("vendor/sakura", sound), Entry::kMade);
  for (const Offence hostile : {Offence::kTooManyResets, Offence::kHeaderBlockNotEnded})
    ASSERT_EQ(offend("vendor/sakura", hostile), Entry::kMade);
  EXPECT_EQ(Enter("vendor/sakura"), Entry::kTooManyOffences);
  EXPECT_EQ(book_->Find(kept->grpc_name()), kept) << "what it has open goes on";
  EXPECT_EQ(Enter("vendor/jade"), Entry::kMade) << "others do not wait for it";
  for (int i = 0; i < 4; ++i) EXPECT_EQ(offend("core/main", Offence::kNotHttp2), Entry::kMade);
  clock_.Advance(absl::Milliseconds(9'999));
  EXPECT_EQ(Enter("vendor/sakura"), Entry::kTooManyOffences);
  clock_.Advance(absl::Milliseconds(1));
  EXPECT_EQ(offend("vendor/sakura", Offence::kTooManyPings), Entry::kMade);
  EXPECT_EQ(Enter("vendor/sakura"), Entry::kTooManyOffences);
}

TEST_F(ConnectionBookTest, ListsFromTheOldest) {
  for (const char* peer : {"vendor/b", "core/main", "vendor/a"}) Enter(peer);
  std::vector<int64_t> ids;
  for (const auto& one : book_->List()) ids.push_back(one->id());
  EXPECT_THAT(ids, ::testing::ElementsAre(1, 2, 3));
}

}  // namespace
}  // namespace switchboard::guard
