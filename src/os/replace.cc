#include "os/replace.h"

#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace gaffer::os {

Error replace_program(const std::vector<std::string>& argv,
                      const std::vector<std::string>& environment, const std::string& directory) {
  if (!directory.empty() && ::chdir(directory.c_str()) != 0)
    return os_error("cannot change to directory " + directory, errno);
  for (const int signal : {SIGPIPE, SIGXFSZ})
    std::signal(signal, SIG_DFL);                    // Ignored ones would stay so.
  std::vector<std::string> variables = environment;  // putenv(3) keeps them.
  ::clearenv();
  for (std::string& variable : variables)
    ::putenv(variable.data());
  std::vector<std::string> words = argv;
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (std::string& word : words)
    pointers.push_back(word.data());
  pointers.push_back(nullptr);
  ::execvp(pointers.front(), pointers.data());
  const int reason = errno;
  ::clearenv();  // The variables end with this function.
  return os_error("cannot execute " + argv.front(), reason);
}

}  // namespace gaffer::os
