// What a core or a vendor makes up says nothing of anybody, in whatever field it stands (I4). The
// fields are those of the protocol: one that is new is tried by being there.
#include <algorithm>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "switchboard/v1/privacy.pb.h"
#include "tests/engine.h"
#include "tests/hub/sent_requests.h"

namespace switchboard {
namespace {

namespace pb = ::google::protobuf;
using adapters::CallCode;

using testing::At;
using ::testing::ElementsAre;
using testing::InTokyo;
using testing::MakeOutcome;
using testing::MakeRecord;
using testing::Reply;
using testing::Requests;
using testing::Statuses;

// A number in six dresses, a card, and an address in those of ids and of labels; nobody's of these
// tests.
constexpr const char* kPlanted[] = {
    "817048162359",
    "81-70-4816-2359",
    "07048162359",
    "070-4816-2359",
    "tel07048162359x",
    "919847162035",
    "4012888888881881",
    "hanako.tachibana_at_kaisha.co.jp",
    "hanako-at-kaisha-dot-jp",
};

// What is only compared with what the hub has made, and goes nowhere.
constexpr const char* kPassedOver[] = {
    "Sync open.cursor.generation",        // another one than the feed's: that begins anew
    "Sync ack.cursor.generation",         // another one than the stream's: that ends
    "Sync ack.rejections.assignment_id",  // none of the vendor's own
};

// Methods of which a good request names what an answer of the hub's said before.
constexpr const char* kOfWhatIsKnown[] = {"ReleasePermit", "ObjectToRecall", "ConfirmDeletion"};

template <size_t kSize>
bool IsOneOf(const char* const (&names)[kSize], const std::string& name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

// From a request down to one text.
using Path = std::vector<const pb::FieldDescriptor*>;

// "promise.script_id" from a place on.
std::string NameOf(const Path& path, size_t from = 0) {
  std::string name;
  for (size_t i = from; i < path.size(); ++i)
    absl::StrAppend(&name, i == from ? "" : ".", path[i]->name());
  return name;
}

// `around`: the class of the field that holds the message, which stands for all in it.
void CollectTexts(const pb::Descriptor& message, v1::DataClass around, Path& path,
                  std::vector<Path>& texts) {
  constexpr size_t kDepthMax = 12;
  for (int i = 0; i < message.field_count(); ++i) {
    const pb::FieldDescriptor& field = *message.field(i);
    const v1::DataClass own = field.options().GetExtension(v1::data_class);
    const v1::DataClass here = around == v1::DATA_CLASS_UNSPECIFIED ? own : around;
    path.push_back(&field);
    if (field.type() == pb::FieldDescriptor::TYPE_STRING && here == v1::DATA_CLASS_NOT_PERSONAL)
      texts.push_back(path);
    if (field.message_type() != nullptr && path.size() < kDepthMax)
      CollectTexts(*field.message_type(), here, path, texts);
    path.pop_back();
  }
}

// Every text of a request that is said to be not personal.
std::vector<Path> TextsOf(const pb::Descriptor& request) {
  std::vector<Path> texts;
  Path path;
  CollectTexts(request, v1::DATA_CLASS_UNSPECIFIED, path, texts);
  return texts;
}

std::vector<const pb::MethodDescriptor*> Methods() {
  std::vector<const pb::MethodDescriptor*> methods;
  for (const pb::FileDescriptor* file : {v1::PostEventsRequest::descriptor()->file(),
                                         v1::ReportOutcomesRequest::descriptor()->file()}) {
    for (int i = 0; i < file->service_count(); ++i) {
      for (int j = 0; j < file->service(i)->method_count(); ++j)
        methods.push_back(file->service(i)->method(j));
    }
  }
  return methods;
}

// The message that has the text, in the first place of each list; null where the request has none.
pb::Message* HolderIn(pb::Message& request, const Path& path) {
  pb::Message* message = &request;
  for (size_t i = 0; i + 1 < path.size(); ++i) {
    const pb::Reflection& reflection = *message->GetReflection();
    if (path[i]->is_repeated()) {
      if (reflection.FieldSize(*message, path[i]) == 0) return nullptr;
      message = reflection.MutableRepeatedMessage(message, path[i], 0);
    } else {
      if (!reflection.HasField(*message, path[i])) return nullptr;
      message = reflection.MutableMessage(message, path[i]);
    }
  }
  return message;
}

bool HasText(const pb::Message& holder, const pb::FieldDescriptor& field) {
  return field.is_repeated() ? holder.GetReflection()->FieldSize(holder, &field) > 0
                             : holder.GetReflection()->HasField(holder, &field);
}

void Plant(const std::string& text, const pb::FieldDescriptor& field, pb::Message& holder) {
  const pb::Reflection& reflection = *holder.GetReflection();
  if (!field.is_repeated()) return reflection.SetString(&holder, &field, text);
  if (!HasText(holder, field)) return reflection.AddString(&holder, &field, text);
  reflection.SetRepeatedString(&holder, &field, 0, text);
}

class HubPlantedIdsTest : public testing::SentRequests {
 protected:
  // The good request that has the text; or else one that has a place for it.
  std::unique_ptr<pb::Message> GoodFor(const std::string& method, const Path& path) {
    Requests good = Good(method);
    std::unique_ptr<pb::Message> with_place;
    for (auto& request : good) {
      const pb::Message* holder = HolderIn(*request, path);
      if (holder == nullptr) continue;
      if (HasText(*holder, *path.back())) return std::move(request);
      if (with_place == nullptr) with_place = std::move(request);
    }
    return with_place;
  }

  // Whether what the core reads last had a card number, and has it no more.
  bool IsReplaced(const std::string& planted) {
    const auto read = world_.ReadCoreFeed(0);
    EXPECT_OK(read);
    bool told = false;
    if (!read.ok()) return false;
    for (const v1::CoreItem& item : read->items()) {
      if (item.SerializeAsString().find(planted) != std::string::npos) return false;
      if (!item.has_outcome()) continue;
      const auto& marks = item.outcome().marks();
      told = std::find(marks.begin(), marks.end(), v1::RecordedOutcome::MARK_CARD_REMOVED) !=
             marks.end();
    }
    return told;
  }

  void TryToPlant(const std::string& text, const std::string& method, const Path& path) {
    const std::string where = absl::StrCat(method, " ", NameOf(path));
    const std::unique_ptr<pb::Message> request = GoodFor(method, path);
    ASSERT_NE(request, nullptr) << where << ": no good request here has what holds it; add one";
    // The form of a media type is no refusal of what is in it.
    const bool media_type = path.back()->name() == "media_type";
    const std::string planted = media_type ? absl::StrCat("application/", text) : text;
    Plant(planted, *path.back(), *HolderIn(*request, path));
    const Reply answer = methods_.at(method).send(*request);
    if (IsOneOf(kPassedOver, where)) return;
    // Receipts, and streams of requests, speak of one item.
    const bool of_item = (path[0]->is_repeated() && path.size() > 1) || method == "RequestPermits";
    if (answer.refused) {
      EXPECT_EQ(answer.field, NameOf(path, of_item ? 1 : 0)) << where << " " << planted;
    } else {
      EXPECT_TRUE(IsReplaced(planted)) << where << " took " << planted;
    }
  }

  // Of what the hub writes and shows; behind its edge it writes no line of a log.
  void ExpectNowhere(const std::vector<std::string>& texts) {
    world_.Settle();
    bool finds_ids = false;
    const auto look_through = [&](const std::string& place, const std::string& content) {
      finds_ids = finds_ids || content.find("P-1") != std::string::npos;
      for (const std::string& text : texts)
        EXPECT_EQ(content.find(text), std::string::npos) << place << " holds " << text;
    };
    look_through("the metrics", world_.metrics.Text());
    for (const v1::AuditEvent& event : world_.AuditEvents())
      look_through("the audit log", event.ShortDebugString());
    for (const std::string& file : testing::StorageFiles(world_.folder().string()))
      look_through(file, testing::ReadFileIfThere(file).value_or(""));
    EXPECT_TRUE(finds_ids);  // the look itself finds what is there
  }
};

TEST_F(HubPlantedIdsTest, WhatReachesSomebodyIsTakenInNoField) {
  int texts = 0;
  for (const pb::MethodDescriptor* method : Methods()) {
    ASSERT_TRUE(methods_.contains(method->name())) << method->name();
    for (const Path& path : TextsOf(*method->input_type())) {
      ++texts;
      for (const char* planted : kPlanted) TryToPlant(planted, method->name(), path);
    }
  }
  EXPECT_GT(texts, 50);  // the walk really went through the requests
  ExpectNowhere({std::begin(kPlanted), std::end(kPlanted)});
}

// Or else what is planted would be refused for something else.
TEST_F(HubPlantedIdsTest, TheSameRequestsAreTakenAsTheyAre) {
  std::vector<const pb::MethodDescriptor*> methods = Methods();
  // Work that was handed over is known no more.
  std::stable_partition(methods.begin(), methods.end(),
                        [](const auto* method) { return method->name() != "HandOver"; });
  for (const pb::MethodDescriptor* method : methods) {
    if (IsOneOf(kOfWhatIsKnown, method->name())) continue;
    for (const auto& request : Good(method->name())) {
      const Reply answer = methods_.at(method->name()).send(*request);
      EXPECT_FALSE(answer.refused)
          << method->name() << ", " << answer.field << ": " << request->ShortDebugString();
    }
  }
}

// An id that looks like nobody's number may be the number of whom it is about, written without its
// 0 for instance.
TEST_F(HubPlantedIdsTest, IdsAboutSomebodyDoNotSayWho) {
  const std::vector<std::string> telling = {"9012345678", "call-9012345678-1", "c-taro.yamada-01"};
  const auto report = [&](v1::Outcome outcome) {
    return Statuses(world_.Report("sakura", {std::move(outcome)}));
  };
  const auto field_of = [&](const std::string& request_id) {
    v1::RequestPermitRequest request = GoodContact();
    request.set_request_id(request_id);
    return methods_.at("RequestPermit").send(request).field;
  };
  for (const std::string& id : telling) {
    EXPECT_EQ(field_of(id), "request_id") << id;
    EXPECT_THAT(report(At(MakeOutcome(id, id_), Now())), ElementsAre("INVALID")) << id;
    v1::Outcome unmapped = At(MakeOutcome(id, id_), Now());
    unmapped.clear_result();
    unmapped.set_vendor_code("NEW");
    EXPECT_THAT(report(unmapped), ElementsAre("INVALID")) << id;
  }
  // Somebody else's, as far as the hub is to know.
  EXPECT_EQ(field_of("9087654321"), "");
  EXPECT_THAT(report(At(MakeOutcome("9087654321", id_), Now())), ElementsAre("RECORDED"));
  // The number becomes the person's: what was recorded under the id is corrected all the same.
  ASSERT_OK(world_.Import({testing::WithMobile(InTokyo(MakeRecord(11)), "+819087654321")}, "late"));
  EXPECT_THAT(report(At(MakeOutcome("9087654321", id_, CallCode::kBusy, 2), Now())),
              ElementsAre("RECORDED"));
  EXPECT_EQ(field_of("9087000000"), "");
  EXPECT_EQ(field_of("1-9087654321"), "request_id");
  // Of work that has ended as well.
  ASSERT_OK(world_.Post({testing::Payment("pay-1", "A-1")}));
  EXPECT_EQ(field_of("2-9087654321"), "request_id");
  EXPECT_THAT(report(At(MakeOutcome("3-9087654321", id_), Now())), ElementsAre("INVALID"));
  ExpectNowhere(telling);
  ExpectNowhere({"1-9087654321", "2-9087654321", "3-9087654321"});
}

}  // namespace
}  // namespace switchboard
