// Feeds every file of the given files and directories to a fuzzer's function, once: a corpus as a
// test, for compilers without libFuzzer. A broken invariant aborts.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

bool replay_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string content(std::istreambuf_iterator<char>(file), {});
  if (!file) {
    std::fprintf(stderr, "cannot read %s\n", path.c_str());
    return false;
  }
  // Said before, so that the last line names the culprit.
  std::printf("%s (%zu bytes)\n", path.c_str(), content.size());
  std::fflush(stdout);
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(content.data()), content.size());
  return true;
}

/// How many files were replayed, or -1 after one that could not be read.
int replay(const std::filesystem::path& path) {
  if (!std::filesystem::is_directory(path)) return replay_file(path) ? 1 : -1;
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(path)) {
    if (!replay_file(entry.path())) return -1;
    ++count;
  }
  return count;
}

}  // namespace

int main(int argc, char** argv) {
  int total = 0;
  for (int i = 1; i < argc; ++i) {
    const int count = replay(argv[i]);
    if (count < 0) return 1;
    total += count;
  }
  if (total == 0) {
    std::fprintf(stderr, "usage: %s FILE|DIRECTORY..., with at least one file\n", argv[0]);
    return 2;
  }
  return 0;
}
