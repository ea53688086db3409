// switchboard-verify: what an audit log's checkpoints and proofs are worth, without the hub.

#include <google/protobuf/stubs/logging.h>

#include <iostream>

#include "clients/verify/command_line.h"

int main(int argc, char** argv) {
  // What is wrong with a proof is said in words, and not by the library that reads it as well.
  google::protobuf::SetLogHandler(nullptr);
  return switchboard::verify::Run(argc, argv, std::cout, std::cerr);
}
