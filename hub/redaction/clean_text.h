#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "hub/redaction/own_data.h"
#include "hub/redaction/tagger.h"
#include "switchboard/v1/redaction.pb.h"

namespace switchboard::redaction {

// Words that somebody typed, without what would tell who somebody is or how to reach them: what may
// be stored, shown and sent on. In its place stand marks ("[PHONE 1]"). Only a Cleaner makes one.
class CleanText {
 public:
  CleanText() = default;  // no words at all

  const std::string& text() const { return text_; }
  // What stood under the marks. Stays in the hub.
  const v1::HiddenText& hidden() const { return hidden_; }
  bool has_marks() const { return hidden_.values_size() > 0; }
  // Adds the marks, in the text's order.
  void MarksTo(google::protobuf::RepeatedPtrField<v1::TextMark>* marks) const;

 private:
  friend class Cleaner;

  std::string text_;
  v1::HiddenText hidden_;
};

// Cleans what people typed. Never refuses. Cleaning what is clean changes nothing as far as numbers
// and the person's own data go; a tagger may read a sentence otherwise once its names are gone.
// Immutable once loaded; thread-safe. One a process: its dictionaries take memory.
class Cleaner {
 public:
  // `japanese_dictionary`: a folder of MeCab's dictionary in UTF-8; empty: Debian's. Errors:
  // FAILED_PRECONDITION when it cannot be read.
  static absl::StatusOr<std::unique_ptr<Cleaner>> Load(const std::string& japanese_dictionary);
  // With these taggers alone, in their order; with none, of numbers and the person's own data.
  explicit Cleaner(std::vector<std::unique_ptr<const Tagger>> taggers);

  Cleaner(const Cleaner&) = delete;
  Cleaner& operator=(const Cleaner&) = delete;

  // What cleaning a text would take, told by a pass over its bytes.
  struct Work {
    // False: whoever it is about, nothing in it is to be hidden. Its person need not be read.
    bool has_candidate = false;
    // Han, kana and what is encoded beside them: at least as many as a slow tagger has to read.
    size_t slow_characters = 0;
  };
  Work WorkOf(std::string_view typed) const;

  // `typed`: plain UTF-8 (base/text.h). `own`: of whom it is about; null when not known, or when a
  // vendor may not learn by it. `language`: BCP 47, for a text without a person; empty: that of the
  // person, or not known.
  CleanText Clean(std::string_view typed, const OwnData* own, std::string_view language) const;

 private:
  const std::vector<std::unique_ptr<const Tagger>> taggers_;
};

// Takes out of a text that was cleaned before what is the person's own by what is known now. The
// new marks stand among the text's own, and count on where those stop. What stood there is not
// kept: this is for a reader's copy.
void HideOwnData(const OwnData& own, std::string* text,
                 google::protobuf::RepeatedPtrField<v1::TextMark>* marks);

}  // namespace switchboard::redaction
