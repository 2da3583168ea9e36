#pragma once

#include <unistd.h>

#include <iterator>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "support/command.h"

namespace gaffer::test {

/// The command under strace(1), which writes to `trace` and does what `options` say. The program
/// is a child of ours as without it; what it starts is not traced.
inline Command under_strace(Command command, const std::string& trace,
                            const std::vector<std::string>& options) {
  std::vector<std::string> words{"/usr/bin/strace", "-D", "-qq", "-o", trace};
  words.insert(words.end(), options.begin(), options.end());
  // Given to the program alone, for strace itself must not count as something it has left.
  for (const auto& [name, value] : std::exchange(command.environment, {})) {
    // LeakSanitizer is a tracer itself, and there can be only one.
    const auto* more = name == "ASAN_OPTIONS" ? ":detect_leaks=0" : "";
    words.insert(words.end(), {"-E", name + "="});
    words.back().append(value).append(more);
  }
  words.insert(words.end(), command.argv.begin(), command.argv.end());
  command.argv = std::move(words);
  return command;
}

/// Whether strace is installed and allowed to trace, which in a container it may not be.
inline bool can_strace() {
  return ::access("/usr/bin/strace", X_OK) == 0 &&
         run(under_strace({.argv = {"/bin/true"}}, "/dev/null",
                          {"-e", "inject=getppid:error=EPERM"}))
                 .status == 0;
}

/// How often a program made each system call, by what strace wrote.
inline std::map<std::string, int> count_calls(std::string_view trace) {
  std::map<std::string, int> counts;
  for (const std::string_view line : split(trace, '\n')) {
    const auto name = line.substr(0, line.find('('));
    if (name.size() != line.size()) ++counts[std::string(name)];
  }
  return counts;
}

}  // namespace gaffer::test
