#pragma once

#include <string_view>

#include "hub/api/field_error.h"
#include "hub/base/field_problem.h"
#include "hub/contracts/contract_check.h"

namespace switchboard::api {

// Of the name that the errors of a text go by.
inline absl::Status CheckFileName(std::string_view file_name) {
  FieldCheck check;
  check.Text(TextForm::kLine, file_name, 0, contracts::kFileNameBytesMax, "file_name");
  return check.ok() ? absl::OkStatus() : FieldInvalid(*check.problem());
}

}  // namespace switchboard::api
