#pragma once

#include <string_view>

namespace switchboard {

// True if an id, label or code holds what is an e-mail address in the dress of an id, which has no
// "@". Words are joined there by . _ : / - or a change of case, in whatever case they are:
// - a word, the word "at" and a host: taro.yamada_at_example.co.jp, taro-at-example-dot-jp,
//   taroAtExampleDotCom. The host's labels are joined by a dot or the word "dot", and its last one
//   is a country's or another well-known domain; joined otherwise, one that is no word of English
//   (taro-at-example-jp);
// - whatever stands before one of the hosts at which people in general have their mailboxes:
//   tyamada.gmail.com, taro-docomo-ne-jp, tyamadagmail.com.
// What is random holds none. Costs a few passes. Pure.
bool HoldsMailAddress(std::string_view id);

}  // namespace switchboard
