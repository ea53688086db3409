#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace switchboard {

// E-mail addresses: the addr-spec of RFC 5322 section 3.4.1 as a dot-atom, with the letters of any
// script that RFC 6531 adds, and nothing else: no comment, display name, quoted part, blank, mailto
// or address literal.

// True for local@host of at most 254 bytes, 64 of them local. The local part holds letters, marks
// and digits of any script and !#$%&'*+/=?^_`{|}~- in pieces joined by single dots. The host is as
// IsHostName says.
bool IsEmailAddress(std::string_view text);

// At least two labels of letters, digits and inner hyphens (RFC 1123), or letters of other scripts
// (IDNA 2008 by UTS 46); at most 63 bytes a label and 253 in all, in their ASCII form; the last
// label is not all digits.
bool IsHostName(std::string_view text);

// The host of an address, or nothing when it is no e-mail address.
std::optional<std::string_view> HostOfEmail(std::string_view email);

// The same text for every spelling that reaches the same mailbox: letters of one case in any
// script, the host in its ASCII form (UTS 46), without what stands behind a plus sign. What is no
// address comes back in lower case. Thread-safe.
std::string MailboxOf(std::string_view email);

}  // namespace switchboard
