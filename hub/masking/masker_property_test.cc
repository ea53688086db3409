// What must hold for every contract, checked over random contracts and records whose fields are
// found by walking the schema: a field added to Person or Account is covered without a change here.

#include <algorithm>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "google/protobuf/unknown_field_set.h"
#include "hub/contracts/contract_check.h"
#include "hub/masking/masker.h"
#include "tests/testing.h"

namespace switchboard::masking {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using v1::Contract;

const absl::Time kNow = absl::FromCivil(absl::CivilDay(2026, 11, 22), absl::UTCTimeZone());
constexpr char kListed[] = "a product, or a grade, of a list";

// A value in a message, with the class that its field, or the field around it, is annotated with.
struct Leaf {
  std::string path;  // "address.city"
  v1::DataClass data_class;
  std::string text;    // of a string field
  int64_t number = 0;  // of a number field
  bool is_text = false;
};

v1::DataClass ClassOf(const FieldDescriptor& field, v1::DataClass around) {
  return around != v1::DATA_CLASS_UNSPECIFIED ? around
                                              : field.options().GetExtension(v1::data_class);
}

// Calls visit(message, field, path, class) for every field of `message` and of what is in it.
template <typename Visit>
void Walk(Message* message, const std::string& path, v1::DataClass around, const Visit& visit) {
  for (int i = 0; i < message->GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor& field = *message->GetDescriptor()->field(i);
    const std::string field_path = path.empty() ? field.name() : path + "." + field.name();
    const v1::DataClass data_class = ClassOf(field, around);
    if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
      visit(message, field, field_path, data_class);
      continue;
    }
    const Reflection& reflection = *message->GetReflection();
    if (!field.is_repeated()) {
      if (reflection.HasField(*message, &field)) {
        Walk(reflection.MutableMessage(message, &field), field_path, data_class, visit);
      }
      continue;
    }
    for (int j = 0; j < reflection.FieldSize(*message, &field); ++j) {
      Walk(reflection.MutableRepeatedMessage(message, &field, j), field_path, data_class, visit);
    }
  }
}

// Every text and number that is set.
std::vector<Leaf> LeavesOf(const Message& original) {
  const std::unique_ptr<Message> copy(original.New());
  copy->CopyFrom(original);
  std::vector<Leaf> leaves;
  Walk(copy.get(), "", v1::DATA_CLASS_UNSPECIFIED,
       [&](Message* message, const FieldDescriptor& field, const std::string& path,
           v1::DataClass data_class) {
         const Reflection& reflection = *message->GetReflection();
         if (field.is_repeated()) {
           if (field.cpp_type() != FieldDescriptor::CPPTYPE_STRING) return;
           for (int i = 0; i < reflection.FieldSize(*message, &field); ++i) {
             leaves.push_back(
                 {path, data_class, reflection.GetRepeatedString(*message, &field, i), 0, true});
           }
           return;
         }
         if (!reflection.HasField(*message, &field)) return;
         Leaf leaf{path, data_class, "", 0, false};
         if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
           leaf.text = reflection.GetString(*message, &field);
           leaf.is_text = true;
         } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_INT32) {
           leaf.number = reflection.GetInt32(*message, &field);
         } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_INT64) {
           leaf.number = reflection.GetInt64(*message, &field);
         } else {
           return;  // enums say nothing
         }
         leaves.push_back(leaf);
       });
  return leaves;
}

class Records {
 public:
  explicit Records(uint64_t seed) : random_(seed) {}

  size_t Below(size_t end) { return random_() % end; }

  // A text that occurs nowhere else: eight characters of one of several scripts.
  std::string Marker() {
    static constexpr char32_t kScripts[][2] = {
        {U'a', U'z'}, {0x4E00, 0x9FA5}, {0x30A1, 0x30F6}, {0xAC00, 0xD7A3}};
    const auto& range = kScripts[Below(std::size(kScripts))];
    std::string text;
    for (int i = 0; i < 8; ++i) {
      const auto c = static_cast<unsigned>(range[0] + Below(range[1] - range[0] + 1));
      if (c < 0x80) {
        text += static_cast<char>(c);
      } else {
        text += {static_cast<char>(0xE0 | (c >> 12)), static_cast<char>(0x80 | ((c >> 6) & 63)),
                 static_cast<char>(0x80 | (c & 63))};
      }
    }
    return text;
  }

  std::string Digits(int count) {
    std::string digits;
    for (int i = 0; i < count; ++i) digits += static_cast<char>('1' + Below(9));
    return digits;
  }

  // Every field set, in the form that the mask of its class expects.
  template <typename Record>
  Record Rich() {
    Record record;
    if constexpr (std::is_same_v<Record, v1::Person>) {
      record.mutable_birth_date();
      record.mutable_address();
      record.add_contact_points()->set_phone("");
      record.add_contact_points()->set_email("");
      record.add_wishes();
      record.add_consents();
      record.add_other_parties()->add_contact_points()->set_phone("");
    } else {
      record.mutable_balance();
      record.mutable_amount_due();
      record.mutable_credit_limit();
      record.mutable_due_date();
    }
    Walk(&record, "", v1::DATA_CLASS_UNSPECIFIED,
         [&](Message* message, const FieldDescriptor& field, const std::string&,
             v1::DataClass data_class) { Fill(message, field, data_class); });
    return record;
  }

 private:
  void Fill(Message* message, const FieldDescriptor& field, v1::DataClass data_class) {
    const Reflection& reflection = *message->GetReflection();
    const auto* oneof = field.real_containing_oneof();
    if (oneof != nullptr && reflection.GetOneofFieldDescriptor(*message, oneof) != &field) return;
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        if (field.is_repeated()) {
          reflection.AddString(message, &field, TextFor(data_class));
        } else {
          reflection.SetString(message, &field, TextFor(data_class));
        }
        break;
      case FieldDescriptor::CPPTYPE_INT32:
        reflection.SetInt32(message, &field, SmallNumberFor(field.name(), data_class));
        break;
      case FieldDescriptor::CPPTYPE_INT64:
        reflection.SetInt64(message, &field,
                            static_cast<int64_t>(1'000'000 + Below(1'000'000'000'000)));
        break;
      default:
        break;
    }
  }

  std::string TextFor(v1::DataClass data_class) {
    if (data_class == v1::DATA_CLASS_PHONE) return "+81" + Digits(10);
    if (data_class == v1::DATA_CLASS_EMAIL) return Marker() + "@" + Marker() + ".example";
    if (data_class == v1::DATA_CLASS_CARD_NUMBER) return Digits(16);
    return Marker();
  }

  int32_t SmallNumberFor(const std::string& field, v1::DataClass data_class) {
    // Two days never share a year, so that one in the place of the other is found.
    if (field == "year" && data_class == v1::DATA_CLASS_BIRTH_DATE)
      return static_cast<int32_t>(1930 + Below(90));
    if (field == "year") return static_cast<int32_t>(2020 + Below(90));
    if (field == "month") return static_cast<int32_t>(1 + Below(12));
    if (field == "day") return static_cast<int32_t>(1 + Below(28));
    return static_cast<int32_t>(3000 + Below(7000));  // days past due; never a year
  }

  std::mt19937_64 random_;
};

// Every disclosure that the check accepts, or refuses, one class at a time.
std::vector<Contract::Disclosure> AllDisclosures(bool accepted) {
  std::vector<Contract::Disclosure> found;
  const auto add = [&](const Contract::Disclosure& disclosure) {
    Contract contract;
    contract.set_vendor_id("a");
    contract.add_languages("ja");
    contract.add_work_types()->set_work_type(v1::WORK_TYPE_CAMPAIGN);
    *contract.mutable_work_types(0)->add_disclose() = disclosure;
    if (contracts::CheckContract(contract).ok() == accepted) found.push_back(disclosure);
  };
  for (int data_class = 0; data_class <= v1::DataClass_ARRAYSIZE; ++data_class) {
    for (int show = 0; show <= Contract::Show_ARRAYSIZE; ++show) {
      for (int mask = 0; mask <= Contract::Mask_ARRAYSIZE; ++mask) {
        for (const bool ends : {false, true}) {
          for (const bool values : {false, true}) {
            Contract::Disclosure disclosure;
            disclosure.set_data_class(static_cast<v1::DataClass>(data_class));
            disclosure.set_show(static_cast<Contract::Show>(show));
            disclosure.set_mask(static_cast<Contract::Mask>(mask));
            if (ends) disclosure.add_band_ends(1000);
            if (values) disclosure.add_values(kListed);
            add(disclosure);
          }
        }
      }
    }
  }
  return found;
}

Contract ContractWith(const std::vector<Contract::Disclosure>& disclosures) {
  Contract contract;
  auto* terms = contract.add_work_types();
  terms->set_work_type(v1::WORK_TYPE_CAMPAIGN);
  for (const auto& disclosure : disclosures) *terms->add_disclose() = disclosure;
  return contract;
}

v1::Assignment Masked(const Contract& contract, const v1::Person& person,
                      const v1::Account& account) {
  v1::Assignment assignment;
  const Masker masker(contract, v1::WORK_TYPE_CAMPAIGN, std::string(32, 'k'));
  masker.Mask(person, account, kNow, &assignment);
  masker.MaskHandedOver(
      {v1::HAND_OVER_REASON_ESCALATED, absl::UnixEpoch(), "what the party before says"},
      &assignment);
  return assignment;
}

// Whether what is shown of the class may hold this field's whole value.
bool MayShow(const Contract::Disclosure& disclosure, const std::string& path) {
  // Nothing that these records hold stands in a list.
  if (!disclosure.values().empty() && (path == "product" || path == "grade")) return false;
  if (disclosure.show() == Contract::SHOW_CLEAR) return true;
  if (disclosure.show() == Contract::SHOW_BAND) return path.ends_with(".currency_code");
  if (disclosure.show() != Contract::SHOW_PARTIAL) return false;
  const std::set<std::string> shown = [&]() -> std::set<std::string> {
    switch (disclosure.mask()) {
      case Contract::MASK_FAMILY_NAME:
      case Contract::MASK_HONORIFIC:
        return {"family_name", "family_name_reading"};
      case Contract::MASK_REGION:
        return {"address.country", "address.region"};
      case Contract::MASK_CITY:
        return {"address.country", "address.region", "address.city"};
      case Contract::MASK_DISTRICT:
        return {"address.country", "address.region", "address.city", "address.district"};
      case Contract::MASK_YEAR:
        return {"birth_date.year"};
      default:
        return {};
    }
  }();
  return shown.contains(path);
}

// No raw value of a class appears that the disclosures do not allow.
void ExpectNothingLeaks(const std::vector<Contract::Disclosure>& disclosures, const Message& record,
                        const v1::Assignment& assignment) {
  const std::string bytes = assignment.SerializeAsString();
  const std::vector<Leaf> shown = LeavesOf(assignment);
  for (const Leaf& raw : LeavesOf(record)) {
    if (raw.data_class == v1::DATA_CLASS_NOT_PERSONAL) continue;
    const bool allowed =
        std::any_of(disclosures.begin(), disclosures.end(), [&](const auto& disclosure) {
          return disclosure.data_class() == raw.data_class && MayShow(disclosure, raw.path);
        });
    if (allowed) continue;
    if (raw.is_text) {
      EXPECT_EQ(bytes.find(raw.text), std::string::npos) << raw.path;
    } else if (raw.number >
               31) {  // months and days are too common to tell; their field is checked below
      for (const Leaf& leaf : shown) {
        EXPECT_NE(leaf.number, raw.number) << raw.path << " in " << leaf.path;
        if (leaf.is_text && leaf.path == "person.birth_date") {
          EXPECT_EQ(leaf.text.find(std::to_string(raw.number)), std::string::npos) << raw.path;
        }
      }
    }
  }
}

// No field of a class is present that the disclosures do not name.
void ExpectOnlyNamedClasses(const std::vector<Contract::Disclosure>& disclosures,
                            const v1::Assignment& assignment) {
  const auto named = [&](v1::DataClass data_class) {
    return std::any_of(disclosures.begin(), disclosures.end(), [&](const auto& disclosure) {
      return disclosure.data_class() == data_class && disclosure.show() != Contract::SHOW_ABSENT;
    });
  };
  for (const Leaf& leaf : LeavesOf(assignment)) {
    if (leaf.path == "person.contact_points.contact_point_id") continue;
    if (leaf.path == "person.person_token" || leaf.path == "account.account_token") {
      EXPECT_TRUE(named(v1::DATA_CLASS_REFERENCE));
    } else if (leaf.path == "person.contact_points.value") {
      EXPECT_TRUE(named(v1::DATA_CLASS_PHONE) || named(v1::DATA_CLASS_EMAIL));
    } else {
      EXPECT_TRUE(named(leaf.data_class)) << leaf.path;
    }
  }
}

TEST(MaskerProperty, RecordsAreRichAndClassified) {
  // The properties below say nothing if the records are poor.
  Records records(1);
  std::set<v1::DataClass> classes;
  std::vector<Leaf> leaves = LeavesOf(records.Rich<v1::Person>());
  for (const Leaf& leaf : LeavesOf(records.Rich<v1::Account>())) leaves.push_back(leaf);
  for (const Leaf& leaf : leaves) {
    EXPECT_NE(leaf.data_class, v1::DATA_CLASS_UNSPECIFIED) << leaf.path;
    EXPECT_TRUE(leaf.is_text ? !leaf.text.empty() : leaf.number != 0) << leaf.path;
    classes.insert(leaf.data_class);
  }
  // All but FREE_TEXT (no such field) and UNSPECIFIED.
  EXPECT_EQ(classes.size(), v1::DataClass_ARRAYSIZE - 2u);
}

TEST(MaskerProperty, NothingIsShownWithoutADisclosure) {
  Records records(2);
  for (int round = 0; round < 200; ++round) {
    const auto person = records.Rich<v1::Person>();
    const auto account = records.Rich<v1::Account>();
    const v1::Assignment assignment = Masked(ContractWith({}), person, account);
    ExpectNothingLeaks({}, person, assignment);
    ExpectNothingLeaks({}, account, assignment);
    ExpectOnlyNamedClasses({}, assignment);
    EXPECT_EQ(assignment.person().contact_points_size(), person.contact_points_size());
  }
}

TEST(MaskerProperty, OnlyWhatIsDisclosedIsShown) {
  const std::vector<Contract::Disclosure> all = AllDisclosures(/*accepted=*/true);
  for (uint64_t seed = 0; seed < 1000; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    Records records(seed);
    std::vector<Contract::Disclosure> disclosures;
    std::set<int> classes;
    for (int i = 0; i < 12; ++i) {
      const auto& disclosure = all[records.Below(all.size())];
      if (classes.insert(disclosure.data_class()).second) disclosures.push_back(disclosure);
    }
    const auto person = records.Rich<v1::Person>();
    const auto account = records.Rich<v1::Account>();
    const v1::Assignment assignment = Masked(ContractWith(disclosures), person, account);
    ExpectNothingLeaks(disclosures, person, assignment);
    ExpectNothingLeaks(disclosures, account, assignment);
    ExpectOnlyNamedClasses(disclosures, assignment);
    if (HasFailure()) return;
  }
}

// Of somebody for whom each mask has something to say: a place that is known, a number of a fixed
// line, a birthday later this month.
TEST(MaskerProperty, EveryAcceptedDisclosureShowsSomethingOfItsOwn) {
  Records records(3);
  auto person = records.Rich<v1::Person>();
  auto account = records.Rich<v1::Account>();
  person.set_language("en");
  person.mutable_contact_points(0)->set_phone("+81312345678");
  person.mutable_birth_date()->set_year(1976);
  person.mutable_birth_date()->set_month(11);
  person.mutable_birth_date()->set_day(28);
  v1::Address& address = *person.mutable_address();
  address.set_country("JP");
  address.set_region("東京都");
  address.set_city("渋谷区");
  address.set_district("神南");
  account.set_product("gold-card");
  account.set_grade("B");
  const std::string nothing = Masked(ContractWith({}), person, account).SerializeAsString();
  std::set<std::string> seen;
  for (const auto& disclosure : AllDisclosures(/*accepted=*/true)) {
    SCOPED_TRACE(disclosure.DebugString());
    account.set_product(disclosure.values().empty() ? "gold-card" : kListed);
    const std::string bytes =
        Masked(ContractWith({disclosure}), person, account).SerializeAsString();
    if (disclosure.show() == Contract::SHOW_ABSENT) {
      EXPECT_EQ(bytes, nothing);
      continue;
    }
    EXPECT_NE(bytes, nothing) << "accepted, and ignored";
    EXPECT_TRUE(seen.insert(bytes).second) << "shows the same as another";
  }
  EXPECT_GT(seen.size(), 20u);
}

TEST(MaskerProperty, WhatTheCheckRefusesShowsNothing) {
  // A contract that came past the check, or from a newer program, fails closed: INTERNAL, CLEAR
  // card numbers, masks that do not fit, unknown numbers of classes, ways and masks.
  Records records(4);
  const auto person = records.Rich<v1::Person>();
  const auto account = records.Rich<v1::Account>();
  const MaskPlan nothing;
  for (const auto& disclosure : AllDisclosures(/*accepted=*/false)) {
    SCOPED_TRACE(disclosure.DebugString());
    const Contract contract = ContractWith({disclosure});
    EXPECT_EQ(CompileMaskPlan(contract, v1::WORK_TYPE_CAMPAIGN), nothing);
    ExpectNothingLeaks({}, person, Masked(contract, person, account));
    ExpectNothingLeaks({}, account, Masked(contract, person, account));
  }
}

TEST(MaskerProperty, AClassNamedTwiceOrWithBandsOutOfOrderShowsNothing) {
  Contract::Disclosure name, amount;
  name.set_data_class(v1::DATA_CLASS_NAME);
  name.set_show(Contract::SHOW_CLEAR);
  amount.set_data_class(v1::DATA_CLASS_AMOUNT);
  amount.set_show(Contract::SHOW_BAND);
  amount.add_band_ends(5);
  amount.add_band_ends(5);
  EXPECT_EQ(CompileMaskPlan(ContractWith({name, name, amount}), v1::WORK_TYPE_CAMPAIGN),
            MaskPlan());
}

TEST(MaskerProperty, FieldsOfANewerCoreStayInside) {
  Records records(5);
  auto person = records.Rich<v1::Person>();
  auto account = records.Rich<v1::Account>();
  const std::string secret = "from a newer core";
  const auto plant = [&](Message* message, const FieldDescriptor&, const std::string&,
                         v1::DataClass) {
    message->GetReflection()->MutableUnknownFields(message)->AddLengthDelimited(5000, secret);
  };
  Walk(&person, "", v1::DATA_CLASS_UNSPECIFIED, plant);
  Walk(&account, "", v1::DATA_CLASS_UNSPECIFIED, plant);
  for (const auto& disclosure : AllDisclosures(/*accepted=*/true)) {
    const std::string bytes =
        Masked(ContractWith({disclosure}), person, account).SerializeAsString();
    EXPECT_EQ(bytes.find(secret), std::string::npos) << disclosure.DebugString();
  }
}

TEST(MaskerProperty, TheSameInputsGiveTheSameBytes) {
  Records records(6);
  const auto person = records.Rich<v1::Person>();
  const auto account = records.Rich<v1::Account>();
  const Contract contract = ContractWith(AllDisclosures(/*accepted=*/true));
  EXPECT_EQ(Masked(contract, person, account).SerializeAsString(),
            Masked(contract, person, account).SerializeAsString());
}

}  // namespace
}  // namespace switchboard::masking
