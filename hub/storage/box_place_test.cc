#include "hub/storage/box_place.h"

#include <map>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace switchboard::storage {
namespace {

TEST(BoxPlaceTest, SaysTableColumnKeyAndWhatElse) {
  const BoxPlace place = BoxPlace("payment", "box").Key("E-1").With("A-1").With(7);
  EXPECT_EQ(place.bytes(), "t7:paymentc3:boxk3:E-1w3:A-1W1:7");
  EXPECT_EQ(place, BoxPlace("payment", "box").Key("E-1").With("A-1").With(7));
}

TEST(BoxPlaceTest, APartIsNotAnotherOfTheSameText) {
  const std::vector<BoxPlace> places = {
      BoxPlace("t", "c"),
      BoxPlace("tc", ""),
      BoxPlace("", "tc"),
      BoxPlace("t", "c").Key("5"),
      BoxPlace("t", "c").Key(5),
      BoxPlace("t", "c").With("5"),
      BoxPlace("t", "c").With(5),
      BoxPlace("t", "c").Key("5").With(""),
      BoxPlace("t", "c").Key("").Key("5"),
      BoxPlace("t", "c").Key("5").Key(""),
      BoxPlace("t", "ck1:5"),
      BoxPlace("t", "c").Key("5k0:"),
  };
  for (size_t i = 0; i < places.size(); ++i) {
    for (size_t j = 0; j < i; ++j) EXPECT_FALSE(places[i] == places[j]) << i << " " << j;
  }
}

// Texts of separators and digits, as an attacker would choose ids.
TEST(BoxPlaceTest, NoTwoPlacesAreAlike) {
  std::mt19937 random(11);
  const std::string letters = "kw:|01a";
  const auto text = [&] {
    std::string made;
    for (size_t size = random() % 5; made.size() < size;)
      made += letters[random() % letters.size()];
    return made;
  };
  std::map<std::string, std::vector<std::string>, std::less<>> parts_of;
  for (int run = 0; run < 20'000; ++run) {
    std::vector<std::string> parts{text(), text()};
    BoxPlace place(parts[0], parts[1]);
    for (size_t count = random() % 4; count > 0; --count) {
      const std::string part = text();
      const bool key = random() % 2 == 0;
      parts.push_back((key ? "k" : "w") + part);
      if (key) {
        place.Key(part);
      } else {
        place.With(part);
      }
    }
    const auto [known, added] = parts_of.emplace(std::string(place.bytes()), parts);
    ASSERT_TRUE(added || known->second == parts) << place.bytes();
  }
}

}  // namespace
}  // namespace switchboard::storage
