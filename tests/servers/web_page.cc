#include "tests/servers/web_page.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "hub/base/error.h"

namespace switchboard::servers {
namespace {

constexpr char kVersion[] = "HTTP/1.0 ";
constexpr char kEndOfHeader[] = "\r\n\r\n";
constexpr size_t kBytesMax = 4 << 20;

// Empty when nobody answers.
std::string Ask(int port, const std::string& request) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience = {2, 0};
  setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  std::string answer;
  if (connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
      send(descriptor, request.data(), request.size(), MSG_NOSIGNAL) > 0) {
    char bytes[16 * 1024];
    for (ssize_t size;
         answer.size() < kBytesMax && (size = recv(descriptor, bytes, sizeof bytes, 0)) > 0;)
      answer.append(bytes, static_cast<size_t>(size));
  }
  if (descriptor >= 0) close(descriptor);
  return answer;
}

}  // namespace

absl::StatusOr<WebPage> ReadPage(int port, const std::string& path) {
  const std::string answer = Ask(port, absl::StrCat("GET ", path, " HTTP/1.0\r\n\r\n"));
  const size_t header = answer.find(kEndOfHeader);
  absl::string_view status = answer;
  WebPage page;
  if (header != std::string::npos && absl::ConsumePrefix(&status, kVersion) &&
      absl::SimpleAtoi(status.substr(0, 3), &page.status)) {
    page.body = answer.substr(header + sizeof kEndOfHeader - 1);
    return page;
  }
  return Error(absl::StatusCode::kUnavailable, "PAGE_UNREADABLE",
               absl::StrCat("nobody shows ", path, " at 127.0.0.1:", port));
}

}  // namespace switchboard::servers
