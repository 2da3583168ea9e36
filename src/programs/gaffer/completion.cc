#include <memory>
#include <string>
#include <vector>

#include "programs/gaffer/commands.h"

namespace gaffer::programs {

Command completion_command(const std::string& program) {
  const auto shell = std::make_shared<std::string>();
  return {
      .name = "completion",
      .heading = "About gaffer",
      .summary = "Print what makes a shell complete commands and names.",
      .arguments = {{.names = "SHELL",
                     .text = "bash, zsh or fish",
                     .into = shell.get(),
                     .is_required = true,
                     .candidates = {.words =
                                        [] {
                                          return std::vector<std::string>{"bash", "zsh", "fish"};
                                        }}}},
      .examples = {{"source <(gaffer completion bash)", "in ~/.bashrc"},
                   {"source <(gaffer completion zsh)", "in ~/.zshrc, behind compinit"},
                   {"gaffer completion fish | source", "in ~/.config/fish/config.fish"}},
      .run = [shell, program] {
        const std::string script = completion_script(program, *shell);
        if (!script.empty()) return print(script);
        return report({Errc::InvalidArgument, 0,
                       "no completion for \"" + *shell + "\": use bash, zsh or fish"});
      }};
}

Command complete_command(const Program& program) {
  const auto words = std::make_shared<std::vector<std::string>>();
  return {.name = "complete",
          .heading = "About gaffer",
          .summary = "Print what could stand in the place of the last word.",
          .arguments = {{.names = "WORD", .text = "the line so far", .into = words.get()}},
          .run =
              [words, &program] {
                std::string text;
                for (const std::string& line : complete(program, *words))
                  text += line + "\n";
                return print(text);
              },
          .takes_the_rest = true,
          .is_hidden = true};
}

Command version_command() {
  return {.name = "version",
          .heading = "About gaffer",
          .summary = "Print the version.",
          .arguments = {},
          .examples = {{"gaffer version", "gaffer " GAFFER_VERSION}},
          .run = [] { return print("gaffer " GAFFER_VERSION "\n"); }};
}

}  // namespace gaffer::programs
