#include "hub/storage/token_wrapping.h"

#include <fcntl.h>
#include <p11-kit/p11-kit.h>
#include <p11-kit/pkcs11.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "hub/base/error.h"
#include "hub/base/mutex.h"
#include "hub/base/secret_file.h"

namespace switchboard::storage {
namespace {

constexpr CK_ULONG kKeyBytes = 32;
constexpr size_t kNonceBytes = 12;
constexpr size_t kTagBytes = 16;
constexpr off_t kPinBytesMax = 256;

CK_BYTE* BytesOf(std::string_view text) {
  return reinterpret_cast<CK_BYTE*>(const_cast<char*>(text.data()));
}

absl::Status TokenInvalid(const std::string& problem) {
  return Error(absl::StatusCode::kFailedPrecondition, "TOKEN_INVALID", "storage.token: " + problem);
}

absl::Status KeyStoreAway(const std::string& problem) {
  return Error(absl::StatusCode::kUnavailable, "KEY_STORE_AWAY", "storage.token: " + problem);
}

absl::Status KeyStoreAway(CK_RV code) {
  return KeyStoreAway(absl::StrCat("the token does not answer (", p11_kit_strerror(code),
                                   "); look after it, or after the service of its module"));
}

// The user's PIN: the first line of the file.
absl::StatusOr<Secret> ReadPin(const std::string& path) {
  const auto wrong = [](const std::string& problem) { return TokenInvalid("pin_file " + problem); };
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return wrong(absl::StrCat("cannot be read: ", strerror(errno)));
  struct stat facts {};
  std::string problem;
  Secret text;
  if (fstat(file, &facts) != 0 || !S_ISREG(facts.st_mode)) {
    problem = "is not a regular file";
  } else if (facts.st_size > kPinBytesMax) {
    problem = "is too long to be a PIN's";
  } else {
    problem = SecretFileProblem(facts, ProcessOwner::OfThisProcess());
    text = Secret(static_cast<size_t>(facts.st_size));
    if (read(file, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
      problem = "cannot be read";
  }
  close(file);
  if (!problem.empty()) return wrong(problem);
  const Secret pin(text.view().substr(0, std::min(text.view().find_first_of("\r\n"), text.size())));
  if (pin.empty()) return wrong("must hold the PIN in its first line");
  return Secret(pin.view());
}

// Of a module that p11-kit has loaded: initialized beside whoever else in this process uses it.
struct ModuleDeleter {
  void operator()(CK_FUNCTION_LIST* module) const {
    p11_kit_module_finalize(module);
    p11_kit_module_release(module);
  }
};
using Module = std::unique_ptr<CK_FUNCTION_LIST, ModuleDeleter>;

absl::StatusOr<Module> LoadModule(const std::string& path) {
  CK_FUNCTION_LIST* loaded = p11_kit_module_load(path.c_str(), 0);
  if (loaded == nullptr) {
    const char* why = p11_kit_message();
    return TokenInvalid(
        absl::StrCat("the module cannot be loaded: ", why == nullptr ? "it is none" : why));
  }
  if (const CK_RV code = p11_kit_module_initialize(loaded); code != CKR_OK) {
    p11_kit_module_release(loaded);
    return KeyStoreAway(code);
  }
  return Module(loaded);
}

// The slot with the token of this label.
absl::StatusOr<CK_SLOT_ID> FindToken(CK_FUNCTION_LIST& module, const std::string& label) {
  CK_ULONG count = 0;
  CK_RV code = module.C_GetSlotList(CK_TRUE, nullptr, &count);
  std::vector<CK_SLOT_ID> slots(count);
  if (code == CKR_OK && count > 0) code = module.C_GetSlotList(CK_TRUE, slots.data(), &count);
  if (code != CKR_OK) return KeyStoreAway(code);
  slots.resize(std::min<size_t>(count, slots.size()));
  std::optional<CK_SLOT_ID> found;
  for (const CK_SLOT_ID slot : slots) {
    CK_TOKEN_INFO token;
    if (module.C_GetTokenInfo(slot, &token) != CKR_OK) continue;
    const absl::string_view padded(reinterpret_cast<const char*>(token.label), sizeof token.label);
    if (absl::StripTrailingAsciiWhitespace(padded) != label) continue;
    if (found.has_value()) return TokenInvalid("two tokens have this token_label");
    found = slot;
  }
  if (!found.has_value())
    return KeyStoreAway("no token of this token_label is there; plug it in, or correct the label");
  return *found;
}

// A token locks itself after a few wrong PINs, and a supervisor starts a hub again and again.
absl::Status CheckTriesLeft(CK_FUNCTION_LIST& module, CK_SLOT_ID slot) {
  CK_TOKEN_INFO token;
  if (const CK_RV code = module.C_GetTokenInfo(slot, &token); code != CKR_OK)
    return KeyStoreAway(code);
  if ((token.flags & CKF_USER_PIN_LOCKED) != 0) {
    return TokenInvalid(
        "the token is locked for its user; have its security officer set a new PIN (pkcs11-tool "
        "--login --login-type so --init-pin), and write that into pin_file");
  }
  if ((token.flags & CKF_USER_PIN_FINAL_TRY) != 0) {
    return TokenInvalid(
        "one more wrong PIN locks the token, so the one of pin_file is not tried; look after it, "
        "log in with it by hand (pkcs11-tool --login --list-objects), which gives the token its "
        "tries back, and start the hub anew");
  }
  return absl::OkStatus();
}

}  // namespace

// A module, its token and a session on it; a call at a time.
class TokenStore::Session {
 public:
  explicit Session(TokenOptions options) : options_(std::move(options)) {}

  absl::Status Open() {
    MutexLock lock(mutex_);
    return OpenLocked();
  }

  // What a call on the session came to: OK, or what the token said.
  using Call = absl::FunctionRef<CK_RV(CK_FUNCTION_LIST& module, CK_SESSION_HANDLE session)>;

  // Makes the call, and where it fails once more in a session opened anew: a token that was away
  // has forgotten the old one, and some modules tell it by no other code than that of a failure.
  // Its code; KEY_STORE_AWAY where no session can be had. It was open before: whatever is wrong
  // now, the PIN too, is no fault of what the token wrapped.
  absl::StatusOr<CK_RV> Run(Call call) {
    MutexLock lock(mutex_);
    if (module_ != nullptr) {
      const CK_RV code = call(*module_, session_);
      if (code == CKR_OK) return code;
    }
    if (const absl::Status opened = OpenLocked(); !opened.ok())
      return Error(absl::StatusCode::kUnavailable, "KEY_STORE_AWAY", std::string(opened.message()));
    return call(*module_, session_);
  }

  // The same in a session that may write.
  absl::StatusOr<CK_RV> RunWriting(Call call) {
    return Run([&](CK_FUNCTION_LIST& module, CK_SESSION_HANDLE) {
      CK_SESSION_HANDLE writing = 0;
      CK_RV code = module.C_OpenSession(slot_, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr,
                                        nullptr, &writing);
      if (code != CKR_OK) return code;
      code = call(module, writing);
      module.C_CloseSession(writing);
      return code;
    });
  }

 private:
  absl::Status OpenLocked() SWITCHBOARD_REQUIRES(mutex_) {
    // With the module everything goes that it remembers of a token that was taken out.
    module_.reset();
    if (pin_refused_)
      return TokenInvalid("the PIN was refused before, and is not tried again; start the hub anew");
    ASSIGN_OR_RETURN(const Secret pin, ReadPin(options_.pin_file));
    ASSIGN_OR_RETURN(Module module, LoadModule(options_.module));
    ASSIGN_OR_RETURN(slot_, FindToken(*module, options_.token_label));
    RETURN_IF_ERROR(CheckTriesLeft(*module, slot_));
    CK_RV code = module->C_OpenSession(slot_, CKF_SERIAL_SESSION, nullptr, nullptr, &session_);
    if (code != CKR_OK) return KeyStoreAway(code);
    code = module->C_Login(session_, CKU_USER, BytesOf(pin.view()), pin.size());
    // A token locks itself after a few wrong ones.
    pin_refused_ = code == CKR_PIN_INCORRECT || code == CKR_PIN_LOCKED ||
                   code == CKR_PIN_LEN_RANGE || code == CKR_PIN_INVALID || code == CKR_PIN_EXPIRED;
    if (pin_refused_) {
      return TokenInvalid(absl::StrCat("the token refuses the PIN of pin_file (",
                                       p11_kit_strerror(code), "); correct it"));
    }
    if (code != CKR_OK && code != CKR_USER_ALREADY_LOGGED_IN) return KeyStoreAway(code);
    module_ = std::move(module);
    return absl::OkStatus();
  }

  const TokenOptions options_;
  Mutex mutex_;
  bool pin_refused_ SWITCHBOARD_GUARDED_BY(mutex_) = false;
  Module module_ SWITCHBOARD_GUARDED_BY(mutex_);  // null: no session
  CK_SLOT_ID slot_ = 0;                           // … likewise
  CK_SESSION_HANDLE session_ = 0;                 // … likewise
};

namespace {

struct FoundKeys {
  CK_RV code = CKR_OK;
  CK_OBJECT_HANDLE key = 0;
  CK_ULONG count = 0;
};

// Keys of this label, of which it matters whether there are none, one or more.
FoundKeys FindKeys(CK_FUNCTION_LIST& module, CK_SESSION_HANDLE session, std::string_view label) {
  CK_OBJECT_CLASS secret = CKO_SECRET_KEY;
  CK_BBOOL yes = CK_TRUE;
  CK_ATTRIBUTE wanted[] = {{CKA_CLASS, &secret, sizeof secret},
                           {CKA_TOKEN, &yes, sizeof yes},
                           {CKA_LABEL, BytesOf(label), label.size()}};
  FoundKeys found;
  CK_OBJECT_HANDLE keys[2] = {};
  found.code = module.C_FindObjectsInit(session, wanted, std::size(wanted));
  if (found.code != CKR_OK) return found;
  found.code = module.C_FindObjects(session, keys, std::size(keys), &found.count);
  module.C_FindObjectsFinal(session);
  found.key = keys[0];
  return found;
}

// What makes the key useless or unsafe; empty if nothing.
std::string KeyProblem(CK_FUNCTION_LIST& module, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key) {
  CK_KEY_TYPE type = 0;
  CK_ULONG length = 0;
  CK_BBOOL sensitive = CK_FALSE, extractable = CK_TRUE, encrypts = CK_FALSE, decrypts = CK_FALSE;
  CK_ATTRIBUTE facts[] = {{CKA_KEY_TYPE, &type, sizeof type},
                          {CKA_VALUE_LEN, &length, sizeof length},
                          {CKA_SENSITIVE, &sensitive, sizeof sensitive},
                          {CKA_EXTRACTABLE, &extractable, sizeof extractable},
                          {CKA_ENCRYPT, &encrypts, sizeof encrypts},
                          {CKA_DECRYPT, &decrypts, sizeof decrypts}};
  if (module.C_GetAttributeValue(session, key, facts, std::size(facts)) != CKR_OK)
    return "does not say what kind of key it is";
  if (type != CKK_AES || length != kKeyBytes) return "is no AES key of 256 bits";
  if (sensitive != CK_TRUE || extractable != CK_FALSE)
    return "can leave the token: it must be sensitive and not extractable";
  if (encrypts != CK_TRUE || decrypts != CK_TRUE) return "may not both encrypt and decrypt";
  return "";
}

CK_RV MakeKey(CK_FUNCTION_LIST& module, CK_SESSION_HANDLE session, std::string_view label) {
  CK_OBJECT_CLASS secret = CKO_SECRET_KEY;
  CK_KEY_TYPE type = CKK_AES;
  CK_ULONG length = kKeyBytes;
  CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
  CK_ATTRIBUTE wanted[] = {
      {CKA_CLASS, &secret, sizeof secret},     {CKA_KEY_TYPE, &type, sizeof type},
      {CKA_VALUE_LEN, &length, sizeof length}, {CKA_TOKEN, &yes, sizeof yes},
      {CKA_PRIVATE, &yes, sizeof yes},         {CKA_SENSITIVE, &yes, sizeof yes},
      {CKA_EXTRACTABLE, &no, sizeof no},       {CKA_ENCRYPT, &yes, sizeof yes},
      {CKA_DECRYPT, &yes, sizeof yes},         {CKA_LABEL, BytesOf(label), label.size()}};
  CK_MECHANISM how{CKM_AES_KEY_GEN, nullptr, 0};
  CK_OBJECT_HANDLE made = 0;
  return module.C_GenerateKey(session, &how, wanted, std::size(wanted), &made);
}

}  // namespace

// A key on the token, looked up for each use: its handle goes with the session.
class TokenStore::TokenKey : public KeyWrapping {
 public:
  TokenKey(Session& session, std::string_view label)
      : session_(session), label_(label), id_(std::string(kTokenKeyPrefix) + label_) {}

  const std::string& id() const override { return id_; }

  absl::StatusOr<std::string> Wrap(std::string_view place, const Secret& key) override {
    std::string wrapped(kNonceBytes + key.size() + kTagBytes, '\0');
    CK_BYTE* const nonce = BytesOf(wrapped);
    ASSIGN_OR_RETURN(const CK_RV code,
                     Use(place, std::string_view(wrapped).substr(0, kNonceBytes),
                         [&](CK_FUNCTION_LIST& module, CK_SESSION_HANDLE session, CK_MECHANISM& gcm,
                             CK_OBJECT_HANDLE handle) {
                           CK_RV step = module.C_GenerateRandom(session, nonce, kNonceBytes);
                           if (step == CKR_OK) step = module.C_EncryptInit(session, &gcm, handle);
                           if (step != CKR_OK) return step;
                           CK_ULONG length = key.size() + kTagBytes;
                           return module.C_Encrypt(session, BytesOf(key.view()), key.size(),
                                                   nonce + kNonceBytes, &length);
                         }));
    if (code != CKR_OK) return KeyStoreAway(code);
    return wrapped;
  }

  absl::StatusOr<Secret> Unwrap(std::string_view place, std::string_view wrapped) override {
    if (wrapped.size() != kNonceBytes + kKeyBytes + kTagBytes) return OpensNot();
    // Some modules ask for room for the tag as well.
    Secret room(kKeyBytes + kTagBytes);
    CK_ULONG length = 0;
    bool begun = false;
    ASSIGN_OR_RETURN(const CK_RV code, Use(place, wrapped.substr(0, kNonceBytes),
                                           [&](CK_FUNCTION_LIST& module, CK_SESSION_HANDLE session,
                                               CK_MECHANISM& gcm, CK_OBJECT_HANDLE handle) {
                                             const CK_RV ready =
                                                 module.C_DecryptInit(session, &gcm, handle);
                                             begun = ready == CKR_OK;
                                             if (!begun) return ready;
                                             length = room.size();
                                             return module.C_Decrypt(
                                                 session, BytesOf(wrapped.substr(kNonceBytes)),
                                                 wrapped.size() - kNonceBytes,
                                                 reinterpret_cast<CK_BYTE*>(room.data()), &length);
                                           }));
    // Of a token that took the work up twice and did not do it the bytes are to blame.
    if (code != CKR_OK && !begun) return KeyStoreAway(code);
    if (code != CKR_OK || length != kKeyBytes) return OpensNot();
    return Secret(room.view().substr(0, kKeyBytes));
  }

 private:
  using Work = absl::FunctionRef<CK_RV(CK_FUNCTION_LIST&, CK_SESSION_HANDLE, CK_MECHANISM&,
                                       CK_OBJECT_HANDLE)>;

  absl::StatusOr<CK_RV> Use(std::string_view place, std::string_view nonce, Work work) {
    CK_GCM_PARAMS parameters{};
    parameters.pIv = BytesOf(nonce);
    parameters.ulIvLen = nonce.size();
    parameters.ulIvBits = nonce.size() * 8;
    parameters.pAAD = BytesOf(place);
    parameters.ulAADLen = place.size();
    parameters.ulTagBits = kTagBytes * 8;
    CK_MECHANISM gcm{CKM_AES_GCM, &parameters, sizeof parameters};
    return session_.Run([&](CK_FUNCTION_LIST& module, CK_SESSION_HANDLE session) {
      const FoundKeys found = FindKeys(module, session, label_);
      if (found.code != CKR_OK) return found.code;
      if (found.count != 1) return CK_RV{CKR_TOKEN_NOT_PRESENT};
      return work(module, session, gcm, found.key);
    });
  }

  absl::Status OpensNot() const {
    return TokenInvalid(absl::StrCat("the key ", label_,
                                     " does not open this database's keys; put back the token or "
                                     "the key_label that belongs to it"));
  }

  Session& session_;
  const std::string label_;
  const std::string id_;
};

TokenStore::TokenStore(std::unique_ptr<Session> session) : session_(std::move(session)) {}
TokenStore::~TokenStore() = default;

absl::StatusOr<std::unique_ptr<TokenStore>> TokenStore::Open(const TokenOptions& options) {
  auto session = std::make_unique<Session>(options);
  RETURN_IF_ERROR(session->Open());
  return std::unique_ptr<TokenStore>(new TokenStore(std::move(session)));
}

absl::StatusOr<bool> TokenStore::Has(std::string_view label) {
  FoundKeys found;
  std::string problem;
  const auto look = [&](CK_FUNCTION_LIST& module, CK_SESSION_HANDLE session) {
    found = FindKeys(module, session, label);
    if (found.code != CKR_OK) return found.code;
    // In a session with a token that was taken out some modules find nothing.
    if (found.count == 0) return CK_RV{CKR_TOKEN_NOT_PRESENT};
    problem = KeyProblem(module, session, found.key);
    return CK_RV{CKR_OK};
  };
  RETURN_IF_ERROR(session_->Run(look).status());
  const absl::string_view name(label.data(), label.size());
  if (found.code != CKR_OK) return KeyStoreAway(found.code);
  if (found.count > 1) return TokenInvalid(absl::StrCat("two keys on it are labelled ", name));
  if (!problem.empty()) return TokenInvalid(absl::StrCat("the key ", name, " ", problem));
  return found.count == 1;
}

absl::StatusOr<std::unique_ptr<KeyWrapping>> TokenStore::Key(std::string_view label,
                                                             bool may_make) {
  ASSIGN_OR_RETURN(bool there, Has(label));
  const absl::string_view name(label.data(), label.size());
  if (!there && may_make) {
    const auto make = [&](CK_FUNCTION_LIST& module, CK_SESSION_HANDLE session) {
      return MakeKey(module, session, label);
    };
    ASSIGN_OR_RETURN(const CK_RV code, session_->RunWriting(make));
    if (code != CKR_OK) {
      return TokenInvalid(absl::StrCat("the token does not make a key (", p11_kit_strerror(code),
                                       "); make one by its maker's means"));
    }
    ASSIGN_OR_RETURN(there, Has(label));
  }
  if (!there) {
    return TokenInvalid(absl::StrCat(
        "no key on it is labelled ", name,
        "; put back the token that belongs to the database, or make a new key, an AES key of 256 "
        "bits that may encrypt and decrypt, is sensitive and not extractable"));
  }
  return std::make_unique<TokenKey>(*session_, label);
}

absl::Status CheckToken(const TokenOptions& options) {
  ASSIGN_OR_RETURN(const auto store, TokenStore::Open(options));
  return store->Has(options.key_label).status();
}

}  // namespace switchboard::storage
