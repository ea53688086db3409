#pragma once

#include <string>
#include <string_view>

#include <sys/types.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace switchboard::identity {

// Names of the files in every directory with TLS material.
inline constexpr char kCertificateFile[] = "tls.crt";
inline constexpr char kKeyFile[] = "tls.key";
inline constexpr char kRootsFile[] = "ca.crt";
inline constexpr char kRevocationsFile[] = "crl.pem";  // need not be there

// FAILED_PRECONDITION, TLS_MATERIAL_INVALID with metadata "file"; the text is "<file>: <problem>".
absl::Status MaterialError(std::string_view file, std::string_view problem);

// Who may read a file.
enum class Secrecy {
  kPublic,
  // A key: refused when its mode is more open than secret_file.h allows.
  kSecret,
};

// The bytes of a regular file of 1 byte to 1 MiB; symbolic links are followed. Mode and content are
// those of one and the same open file. Errors: as MaterialError. Never quotes the content.
absl::StatusOr<std::string> ReadMaterial(const std::string& path, Secrecy secrecy);

// Puts `content` into `path` with exactly `mode`, by a new file and a rename, so that a reader sees
// the old or the new bytes and no key is readable for others at any instant. Errors: UNAVAILABLE,
// FILE_NOT_WRITTEN with metadata "file".
absl::Status WriteMaterial(const std::string& path, std::string_view content, mode_t mode);

}  // namespace switchboard::identity
