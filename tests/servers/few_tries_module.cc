// A PKCS #11 module for tests: SoftHSM's, which never says that a token is about to lock itself.
// What TOKEN_FLAGS has, a number, is added to what a token says of itself.

#include <dlfcn.h>
#include <p11-kit/pkcs11.h>

#include <cstdlib>

namespace {

CK_FUNCTION_LIST* softhsm = nullptr;

CK_RV GetTokenInfo(CK_SLOT_ID slot, CK_TOKEN_INFO* token) {
  const CK_RV code = softhsm->C_GetTokenInfo(slot, token);
  const char* const flags = std::getenv("TOKEN_FLAGS");
  if (code == CKR_OK && flags != nullptr) token->flags |= std::strtoul(flags, nullptr, 10);
  return code;
}

}  // namespace

extern "C" CK_RV C_GetFunctionList(CK_FUNCTION_LIST** list) {
  static CK_FUNCTION_LIST functions;
  if (softhsm == nullptr) {
    void* const module = dlopen("/usr/lib/softhsm/libsofthsm2.so", RTLD_NOW | RTLD_LOCAL);
    if (module == nullptr) return CKR_GENERAL_ERROR;
    const auto get = reinterpret_cast<CK_C_GetFunctionList>(dlsym(module, "C_GetFunctionList"));
    if (get == nullptr || get(&softhsm) != CKR_OK) return CKR_GENERAL_ERROR;
    functions = *softhsm;
    functions.C_GetTokenInfo = GetTokenInfo;
  }
  *list = &functions;
  return CKR_OK;
}
