// switchboard: the operators' command line.

#include <grpc/support/log.h>

#include <iostream>

#include "clients/cli/command_line.h"

int main(int argc, char** argv) {
  // What gRPC says of a connection that fails is said again, in words, by ProblemText.
  gpr_set_log_verbosity(static_cast<gpr_log_severity>(GPR_LOG_SEVERITY_ERROR + 1));
  switchboard::SystemClock clock;
  switchboard::cli::Session session(clock, std::cout, std::cerr);
  return switchboard::cli::Run(argc, argv, session);
}
