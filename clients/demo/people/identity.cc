#include "clients/demo/people/identity.h"

#include <array>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "clients/demo/people/draws.h"
#include "clients/demo/people/phone_numbers.h"
#include "clients/demo/people/population.h"

namespace switchboard::demo {
namespace {

constexpr uint64_t kIdentityStream = 1;
constexpr uint64_t kLanguageStream = 2;

enum class Language { kJapanese, kTraditional, kSimplified, kEnglish };

struct Place {
  Language language;
  int64_t rank;  // how many of the same country stand before, hence a number of its own for phones
};

// Every block of twenty holds the same mix in a seeded order, so that the rank needs no walk over
// all.
Place PlaceOf(uint64_t seed, int64_t index) {
  constexpr std::string_view kMix = "JJJJJJJJJJJTTTTSSEEE";
  constexpr auto kBlock = static_cast<int64_t>(kMix.size());
  std::string order(kMix);
  Draws draws(seed, kLanguageStream, static_cast<uint64_t>(index / kBlock));
  for (size_t i = order.size() - 1; i > 0; --i) {
    std::swap(order[i], order[static_cast<size_t>(draws.Below(static_cast<int64_t>(i) + 1))]);
  }
  const auto country = [](char c) { return c == 'T' ? 'S' : c; };
  const char own = order[static_cast<size_t>(index % kBlock)];
  int64_t in_block = 0, before = 0;
  for (size_t i = 0; i < order.size(); ++i) {
    if (country(order[i]) != country(own)) continue;
    ++in_block;
    if (static_cast<int64_t>(i) < index % kBlock) ++before;
  }
  const Language language = own == 'J'   ? Language::kJapanese
                            : own == 'T' ? Language::kTraditional
                            : own == 'S' ? Language::kSimplified
                                         : Language::kEnglish;
  return {language, index / kBlock * in_block + before};
}

const NamePart& Pick(const std::vector<NamePart>& parts, Draws& draws) {
  return parts[static_cast<size_t>(draws.Below(static_cast<int64_t>(parts.size())))];
}

const NameList& NamesOf(const NameMaterial& material, Language language) {
  switch (language) {
    case Language::kJapanese:
      return material.japanese;
    case Language::kTraditional:
      return material.chinese_traditional;
    case Language::kSimplified:
      return material.chinese_simplified;
    case Language::kEnglish:
      break;
  }
  return material.english;
}

void SetName(const NameList& names, bool female, Draws& draws, v1::Person* person) {
  const NamePart& family = Pick(names.family, draws);
  const NamePart& given = Pick(female ? names.given_female : names.given_male, draws);
  person->set_family_name(family.name);
  person->set_given_name(given.name);
  person->set_family_name_reading(family.reading);
  person->set_given_name_reading(given.reading);
}

void SetBirthDate(int age_years, Draws& draws, v1::Person* person) {
  // Born between the day after the birthday before last and today, as many years ago.
  const absl::CivilDay today(kBookYear, kBookMonth, kBookDay);
  const absl::CivilDay latest(today.year() - age_years, today.month(), today.day());
  const absl::CivilDay born = latest - draws.Below(365);
  person->mutable_birth_date()->set_year(static_cast<int32_t>(born.year()));
  person->mutable_birth_date()->set_month(born.month());
  person->mutable_birth_date()->set_day(born.day());
}

const Town& Pick(const std::vector<Town>& towns, Draws& draws) {
  return towns[static_cast<size_t>(draws.Below(static_cast<int64_t>(towns.size())))];
}

std::string ChineseStreet(Language language, Draws& draws) {
  constexpr std::array<const char*, 8> kSimplified = {"人民路", "解放路", "中山路", "建设路",
                                                      "和平路", "新华路", "文化路", "胜利路"};
  constexpr std::array<const char*, 8> kTraditional = {"人民路", "解放路", "中山路", "建設路",
                                                       "和平路", "新華路", "文化路", "勝利路"};
  const auto n = static_cast<size_t>(draws.Below(8));
  const char* road = language == Language::kTraditional ? kTraditional[n] : kSimplified[n];
  const char* number = language == Language::kTraditional ? "號" : "号";
  return absl::StrCat(road, draws.Between(1, 999), number, draws.Between(1, 40), "-",
                      draws.Between(101, 3204));
}

void SetAddress(const NameMaterial& material, Language language, Draws& draws,
                v1::Address* address) {
  const bool japan = language == Language::kJapanese;
  const bool america = language == Language::kEnglish;
  const Town& town = Pick(japan     ? material.japan
                          : america ? material.united_states
                                    : material.china,
                          draws);
  address->set_country(japan ? "JP" : america ? "US" : "CN");
  address->set_postal_code(town.postal_code);
  address->set_region(town.region);
  address->set_city(town.city);
  address->set_district(town.district);
  if (japan) {
    address->set_street(absl::StrCat(draws.Between(1, 9), "丁目", draws.Between(1, 39), "番",
                                     draws.Between(1, 28), "号"));
  } else if (america) {
    address->set_street(town.street);
  } else {
    address->set_street(ChineseStreet(language, draws));
  }
}

std::string Number(const NameMaterial& material, const Place& place, uint64_t seed, int64_t which) {
  const int64_t n = 2 * place.rank + which;
  switch (place.language) {
    case Language::kJapanese:
      return JapaneseNumber(seed, n);
    case Language::kEnglish:
      return AmericanNumber(seed, n, material.american_area_codes);
    case Language::kTraditional:
    case Language::kSimplified:
      break;
  }
  return ChineseNumber(seed, n);
}

void AddContactPoints(const NameMaterial& material, const Place& place, uint64_t seed,
                      int64_t index, Draws& draws, v1::Person* person) {
  const auto add = [&](v1::ContactKind kind, int64_t bad_in_ten_thousand) {
    v1::ContactPoint* point = person->add_contact_points();
    point->set_contact_point_id(ContactPointIdOf(kind));
    point->set_kind(kind);
    point->set_state(draws.InTenThousand(bad_in_ten_thousand) ? v1::ContactPoint::STATE_BAD
                                                              : v1::ContactPoint::STATE_GOOD);
    return point;
  };
  add(v1::CONTACT_KIND_MOBILE, 50)->set_phone(Number(material, place, seed, 0));
  add(v1::CONTACT_KIND_HOME_PHONE, 400)->set_phone(Number(material, place, seed, 1));
  const char* domain = place.language == Language::kJapanese ? "example.jp" : "example.com";
  add(v1::CONTACT_KIND_EMAIL, 0)
      ->set_email(absl::StrFormat("syn.%06d.%06x@%s", index + 1, draws.Below(1 << 24), domain));
}

// One in 25 does not want to be called in the morning.
void AddWishes(Draws& draws, v1::Person* person) {
  if (draws.Below(25) != 0) return;
  v1::Wish* wish = person->add_wishes();
  wish->set_kind(v1::WISH_KIND_NOT_BETWEEN);
  wish->mutable_from()->set_hour(8);
  wish->mutable_to()->set_hour(12);
}

}  // namespace

std::string ContactPointIdOf(v1::ContactKind kind) {
  switch (kind) {
    case v1::CONTACT_KIND_MOBILE:
      return "mobile-1";
    case v1::CONTACT_KIND_HOME_PHONE:
      return "home-1";
    case v1::CONTACT_KIND_EMAIL:
      return "email-1";
    default:
      return "";
  }
}

v1::Person MakePerson(const NameMaterial& material, const AccountRow& row, uint64_t seed,
                      int64_t index) {
  const Place place = PlaceOf(seed, index);
  Draws draws(seed, kIdentityStream, static_cast<uint64_t>(index));
  v1::Person person;
  person.set_person_id(absl::StrFormat("SYN-P-%06d", index + 1));
  SetName(NamesOf(material, place.language), row.female, draws, &person);
  SetBirthDate(row.age_years, draws, &person);
  switch (place.language) {
    case Language::kJapanese:
      person.set_language("ja");
      break;
    case Language::kTraditional:
      person.set_language("zh-Hant");
      break;
    case Language::kSimplified:
      person.set_language("zh");
      break;
    case Language::kEnglish:
      person.set_language("en");
      break;
  }
  SetAddress(material, place.language, draws, person.mutable_address());
  AddContactPoints(material, place, seed, index, draws, &person);
  AddWishes(draws, &person);
  return person;
}

}  // namespace switchboard::demo
