// Runs a fuzz target where libFuzzer is not: every input of its corpus, then a number of mutations
// of them, always the same ones. `fuzz_NAME CORPUS COUNT`
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

using Random = std::mt19937_64;

constexpr size_t kInputBytesMax = 1 << 16;

std::string Read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void Run(const std::string& input) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(input.data()), input.size());
}

size_t Below(Random& random, size_t end) { return end == 0 ? 0 : random() % end; }

// One of: a bit turned, a byte set, a piece left out, doubled, or taken from another input.
void Mutate(std::string& input, const std::string& other, Random& random) {
  const size_t at = Below(random, input.size() + 1);
  const size_t length = Below(random, std::min<size_t>(32, input.size() - at) + 1);
  switch (random() % 5) {
    case 0:
      if (at < input.size()) input[at] = static_cast<char>(input[at] ^ (1 << (random() % 8)));
      return;
    case 1:
      if (at < input.size()) input[at] = static_cast<char>(random());
      return;
    case 2:
      input.erase(at, length);
      return;
    case 3:
      input.insert(at, input.substr(at, length));
      return;
    default: {
      const size_t from = Below(random, other.size() + 1);
      input.insert(at, other.substr(from, Below(random, 64)));
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: " << argv[0] << " CORPUS COUNT\n";
    return 2;
  }
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(argv[1]))
    paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> corpus;
  for (const auto& path : paths) corpus.push_back(Read(path));
  if (corpus.empty()) {
    std::cerr << argv[1] << ": no inputs\n";
    return 1;
  }
  for (const std::string& input : corpus) Run(input);
  Random random(1);
  const long count = std::strtol(argv[2], nullptr, 10);
  for (long i = 0; i < count; ++i) {
    std::string input = corpus[Below(random, corpus.size())];
    for (size_t mutations = 1 + random() % 4; mutations > 0; --mutations)
      Mutate(input, corpus[Below(random, corpus.size())], random);
    input.resize(std::min(input.size(), kInputBytesMax));
    Run(input);
  }
  std::cout << corpus.size() << " inputs and " << count << " mutations: nothing found\n";
  return 0;
}
