#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace switchboard::bench {

// The order in which the core's ids come.
enum class IdOrder { kGrowing, kRandom };

// The core's id of the account or the person ('A' or 'P') with this number; all are as long.
std::string CoreIdOf(IdOrder order, char kind, int64_t number);

// What the hub would mint for its thing `number` of this kind: 48 bits of time, then random ones.
std::string IdBytes(char kind, int64_t number);
// The same as the text that base/ids.h gives.
std::string IdText(char kind, int64_t number);

// Bytes that nobody can compress, others for each seed. Valid for ever.
std::string_view Noise(uint64_t seed, size_t bytes);

// An assignment or a permit as a layout names it to those who ask: by id, by number, or by both.
struct Handle {
  std::string id{};
  int64_t number = 0;
};

// An account with its owner on the way into the book, and what is found about it there.
struct BookAccount {
  int64_t number = 0;  // counts from 0
  int vendor = 0;
  int64_t as_of_us = 0;
  std::string account_id{};
  std::string person_id{};
  std::string_view person_box{};
  std::string_view account_box{};
  std::string_view digest{};
  std::string_view why_box{};
  // What its assignment is to be called, in both forms.
  std::string new_id_text{};
  std::string new_id_bytes{};

  bool known = false;
  int64_t person_number = 0;
  int64_t account_number = 0;
  Handle assignment{};  // of a known one, the live assignment
};

// A contact that a vendor asks a permit for.
struct PermitRequest {
  Handle assignment{};
  std::string request_id{};
  std::string number_digest{};
  std::string new_id_text{};
  std::string new_id_bytes{};
};

// An outcome that a vendor reports, and what is found about it.
struct OutcomeReport {
  Handle assignment{};
  std::string outcome_id{};
  Handle permit{};
  bool has_permit = false;
  std::string_view digest{};
  std::string_view facts{};
  std::string_view box{};

  std::string account_id{};
};

// Account `number`; its boxes are others for each `version`.
BookAccount MakeBookAccount(IdOrder order, int64_t number, int version);

}  // namespace switchboard::bench
