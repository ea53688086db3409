#include "hub/masking/domain_mask.h"

#include <optional>
#include <string>
#include <utility>

#include "gtest/gtest.h"

namespace switchboard::masking {
namespace {

v1::Person Owner(const char* family, const char* given, const char* email) {
  v1::Person person;
  person.set_family_name(family);
  person.set_given_name(given);
  person.add_contact_points()->set_email(email);
  return person;
}

TEST(DomainMask, ShowsHostNamesAndNothingElse) {
  const std::pair<const char*, std::optional<std::string>> kRows[] = {
      {"taro.yamada@example.co.jp", "***@example.co.jp"},
      {"taro@例え.jp", "***@例え.jp"},
      {"taro@xn--r8jz45g.jp", "***@xn--r8jz45g.jp"},
      // Whatever is no address has no host.
      {"taro@example.jp (Yamada Taro 090-0000-0000)", std::nullopt},
      {"taro@example.jp\nTEL 090-0000-0000", std::nullopt},
      {"taro@example.jp 携帯は夫", std::nullopt},
      {"Taro <taro@example.jp>", std::nullopt},
      {"mailto:taro@example.jp?cc=x", std::nullopt},
      {"taro@09012345678", std::nullopt},
      {"taro@090-1234-5678.jp", std::nullopt},
      {"taro@09012345678.example.jp", std::nullopt},
      {"taro@4111111111111111.jp", std::nullopt},
      {"\"a@b\"@example.com", std::nullopt},
      {"a@b@example.com", std::nullopt},
      {"no-domain", std::nullopt},
      {"", std::nullopt},
  };
  for (const auto& [email, masked] : kRows) {
    EXPECT_EQ(DomainMask(email, Owner("Suzuki", "Ichiro", email)), masked) << email;
  }
}

TEST(DomainMask, AHostThatTellsWhoseItIsStaysInside) {
  struct Row {
    const char* family;
    const char* given;
    const char* email;
    bool shown;
  };
  const Row kRows[] = {
      {"Yamada", "Taro", "me@yamada.example", false},
      {"Yamada", "Taro", "me@taro-yamada.example.jp", false},
      {"Yamada", "Taro", "me@TAROYAMADA.example", false},
      {"Abe", "Jun", "me@abe.example", false},
      {"Abe", "Jun", "me@abenteuer.example", true},  // three letters are no word of it
      {"Müller", "Eva", "me@muller.example", false},
      {"Müller", "Eva", "me@müller.example", false},
      {"Muller", "Eva", "me@müller.example", false},
      {"Müller", "Eva", "me@xn--mller-kva.example", false},
      {"Петров", "Иван", "me@петров.example", false},
      {"山田", "太郎", "me@山田.example", false},
      {"山田", "太郎", "me@xn--rhtu98c.example", false},  // 山田 in ASCII
      {"山田", "太郎", "me@山田太郎.example", false},
      {"李", "伟", "me@李.example", false},
      {"李", "伟", "me@桃李.example", true},  // of one character only the label itself
      {"김", "민수", "me@민수.example", false},
      // The mailbox in the host, or a piece of the host in the mailbox.
      {"山田", "太郎", "tyamada@tyamada.example", false},
      {"山田", "太郎", "taro.yamada@yamada.example", false},
      {"山田", "太郎", "info@mail.example.info", true},
      {"山田", "太郎", "taro@docomo.ne.jp", true},
      {"山田", "太郎", "taro@mail.yahoo.co.jp", true},
  };
  for (const Row& row : kRows) {
    const auto masked = DomainMask(row.email, Owner(row.family, row.given, row.email));
    const std::string host = std::string(row.email).substr(std::string(row.email).find('@'));
    EXPECT_EQ(masked, row.shown ? std::make_optional("***" + host) : std::nullopt) << row.email;
  }
}

TEST(DomainMask, AMailboxOfAnotherAddressAndAReadingTellToo) {
  v1::Person person = Owner("山田", "太郎", "me@blueheron.example");
  EXPECT_EQ(DomainMask("me@blueheron.example", person), "***@blueheron.example");
  person.add_contact_points()->set_email("blue.heron@example.jp");
  EXPECT_EQ(DomainMask("me@blueheron.example", person), std::nullopt);
  person.set_family_name_reading("Yamada");
  EXPECT_EQ(DomainMask("me@yamada.example", person), std::nullopt);
  person.set_given_name_reading("タロウ");
  EXPECT_EQ(DomainMask("me@タロウ.example", person), std::nullopt);
}

}  // namespace
}  // namespace switchboard::masking
