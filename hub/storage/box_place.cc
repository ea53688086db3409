#include "hub/storage/box_place.h"

namespace switchboard::storage {
namespace {

constexpr size_t kExpectedBytes = 96;

}  // namespace

BoxPlace::BoxPlace(std::string_view table, std::string_view column) {
  bytes_.reserve(kExpectedBytes);
  Add('t', table);
  Add('c', column);
}

BoxPlace& BoxPlace::Key(std::string_view text) { return Add('k', text); }
BoxPlace& BoxPlace::Key(int64_t number) { return Add('K', std::to_string(number)); }
BoxPlace& BoxPlace::With(std::string_view text) { return Add('w', text); }
BoxPlace& BoxPlace::With(int64_t number) { return Add('W', std::to_string(number)); }

BoxPlace& BoxPlace::Add(char kind, std::string_view part) {
  bytes_ += kind;
  bytes_ += std::to_string(part.size());
  bytes_ += ':';
  bytes_ += part;
  return *this;
}

}  // namespace switchboard::storage
