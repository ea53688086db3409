#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "hub/masking/wire_schema.h"
#include "switchboard/v1/contract.pb.h"

namespace switchboard::masking {

// What a contract grants for one work type, as the guard on the wire reads it for itself
// (wire_guard.h). Nothing of it comes from those who mask: what they take a contract to say is what
// it is there to check. Immutable.
class WireGrants {
 public:
  // A work type that the contract does not list is granted nothing.
  WireGrants(const v1::Contract& contract, v1::WorkType work_type);
  // Beside what rows show, what may be unmasked of these classes.
  WireGrants(const v1::Contract& contract, v1::WorkType work_type,
             absl::Span<const v1::DataClass> unmasked);

  // Whether anything of the class may be shown, and whether all of it may. What is of no class, or
  // not personal, always may.
  bool Names(v1::DataClass data_class) const;
  bool ShowsClear(v1::DataClass data_class) const;

  // Whether a number may stand in a field of this class and form: of a sum, of a day, an end of a
  // band.
  bool AllowsNumber(v1::DataClass data_class, WireForm form, uint64_t number) const;

  // What is to be said of a text in a field of this class and form, apart from whose it is.
  enum class Verdict {
    kRefused,   // no such text may stand there
    kHarmless,  // it may, and can hold nothing else: it is of a form, or of a list
    kOpen,      // it may, unless it holds what is not granted
  };
  // `country`: that of the address around it.
  Verdict JudgeText(v1::DataClass data_class, WireForm form, std::string_view country,
                    std::string_view text) const;

  // Whether what a record has in a field of this class and form is granted, as far as a field can
  // be.
  bool ShowsValue(v1::DataClass data_class, WireForm form) const;

 private:
  struct Grant {
    v1::Contract::Show show = v1::Contract::SHOW_ABSENT;
    v1::Contract::Mask mask = v1::Contract::MASK_UNSPECIFIED;
    std::vector<int64_t> band_ends;
    std::set<std::string, std::less<>> values;

    bool IsClear() const { return show == v1::Contract::SHOW_CLEAR; }
    bool IsBand() const { return show == v1::Contract::SHOW_BAND; }
    bool Has(v1::Contract::Mask wanted) const {
      return show == v1::Contract::SHOW_PARTIAL && mask == wanted;
    }
  };

  const Grant& Of(v1::DataClass data_class) const;
  static Verdict JudgeName(const Grant& grant, std::string_view text);
  static Verdict JudgeBirthDate(const Grant& grant, std::string_view text);
  static Verdict JudgePhone(const Grant& grant, std::string_view text);
  static Verdict JudgeAddress(const Grant& grant, WireForm form, std::string_view country,
                              std::string_view text);
  static Verdict JudgeCredit(const Grant& grant, WireForm form, std::string_view text);
  static Verdict JudgeCode(const Grant& grant, std::string_view text);

  std::array<Grant, v1::DataClass_ARRAYSIZE> grants_;
};

}  // namespace switchboard::masking
