#include "tests/servers/soft_hsm.h"

#include <p11-kit/p11-kit.h>
#include <p11-kit/pkcs11.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "hub/base/error.h"

namespace switchboard::servers {
namespace {

constexpr char kProgram[] = "/usr/bin/softhsm2-util";
constexpr char kModule[] = "/usr/lib/softhsm/libsofthsm2.so";
constexpr char kVariable[] = "SOFTHSM2_CONF";
constexpr char kPin[] = "483920";

absl::Status Failed(const char* step, CK_RV code) {
  return Error(absl::StatusCode::kInternal, "TOKEN_FAILED",
               absl::StrCat(step, ": ", p11_kit_strerror(code)));
}

CK_RV Generate(CK_FUNCTION_LIST& module, CK_SLOT_ID slot, const std::string& label,
               SoftHsm::KeyKind kind) {
  CK_SESSION_HANDLE session = 0;
  CK_RV code =
      module.C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr, &session);
  if (code != CKR_OK) return code;
  std::string pin = kPin;
  code = module.C_Login(session, CKU_USER, reinterpret_cast<CK_BYTE*>(pin.data()), pin.size());
  if (code != CKR_OK && code != CKR_USER_ALREADY_LOGGED_IN) return code;
  std::string name = label;
  CK_ULONG length = static_cast<CK_ULONG>(kind.bytes);
  CK_BBOOL yes = CK_TRUE, sensitive = !kind.extractable, extractable = kind.extractable;
  CK_ATTRIBUTE wanted[] = {{CKA_VALUE_LEN, &length, sizeof length},
                           {CKA_TOKEN, &yes, sizeof yes},
                           {CKA_PRIVATE, &yes, sizeof yes},
                           {CKA_SENSITIVE, &sensitive, sizeof sensitive},
                           {CKA_EXTRACTABLE, &extractable, sizeof extractable},
                           {CKA_ENCRYPT, &yes, sizeof yes},
                           {CKA_DECRYPT, &yes, sizeof yes},
                           {CKA_LABEL, name.data(), name.size()}};
  CK_MECHANISM how{CKM_AES_KEY_GEN, nullptr, 0};
  CK_OBJECT_HANDLE made = 0;
  return module.C_GenerateKey(session, &how, wanted, std::size(wanted), &made);
}

}  // namespace

absl::Status SoftHsm::Available() {
  if (access(kProgram, X_OK) == 0 && access(kModule, R_OK) == 0) return absl::OkStatus();
  return Error(absl::StatusCode::kNotFound, "PACKAGE_MISSING",
               "there is no SoftHSM here; install Debian's package softhsm2 (tests/packages test)");
}

SoftHsm::SoftHsm(ServerFolder folder) : folder_(std::move(folder)) {}

SoftHsm::~SoftHsm() { unsetenv(kVariable); }

std::string SoftHsm::module() { return kModule; }

absl::StatusOr<std::unique_ptr<SoftHsm>> SoftHsm::Create() {
  RETURN_IF_ERROR(Available());
  ASSIGN_OR_RETURN(ServerFolder folder, ServerFolder::Make("", ""));
  std::unique_ptr<SoftHsm> token(new SoftHsm(std::move(folder)));
  std::filesystem::create_directory(token->folder_ / "tokens");
  RETURN_IF_ERROR(token->folder_.Write(
      "softhsm2.conf", absl::StrCat("directories.tokendir = ", token->folder_ / "tokens",
                                    "\nobjectstore.backend = file\nlog.level = ERROR\n")));
  RETURN_IF_ERROR(token->folder_.Write("pin", absl::StrCat(kPin, "\n")));
  RETURN_IF_ERROR(token->folder_.Run(
      {"/usr/bin/env", absl::StrCat(kVariable, "=", token->configuration_file()), kProgram,
       "--init-token", "--free", "--label", kTokenLabel, "--so-pin", "000000", "--pin", kPin}));
  setenv(kVariable, token->configuration_file().c_str(), 1);
  return token;
}

absl::Status SoftHsm::MakeKey(const std::string& label, KeyKind kind) const {
  CK_FUNCTION_LIST* module = p11_kit_module_load(kModule, 0);
  if (module == nullptr) return Failed("load", CKR_GENERAL_ERROR);
  CK_RV code = p11_kit_module_initialize(module);
  if (code == CKR_OK) {
    CK_SLOT_ID slots[8];
    CK_ULONG count = std::size(slots);
    code = module->C_GetSlotList(CK_TRUE, slots, &count);
    // The token, and a slot for the next one.
    for (CK_ULONG i = 0; code == CKR_OK && i < count; ++i) {
      CK_TOKEN_INFO token;
      const bool known = module->C_GetTokenInfo(slots[i], &token) == CKR_OK;
      const absl::string_view name(reinterpret_cast<const char*>(token.label), sizeof token.label);
      if (known && absl::StartsWith(name, kTokenLabel))
        code = Generate(*module, slots[i], label, kind);
    }
    p11_kit_module_finalize(module);
  }
  p11_kit_module_release(module);
  return code == CKR_OK ? absl::OkStatus() : Failed("make a key", code);
}

void SoftHsm::TakeOut() const {
  std::filesystem::rename(folder_ / "tokens", folder_ / "tokens.out");
}

void SoftHsm::PutBack() const {
  std::filesystem::rename(folder_ / "tokens.out", folder_ / "tokens");
}

}  // namespace switchboard::servers
