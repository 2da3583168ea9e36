#include <algorithm>

#include "base/strings.h"
#include "programs/command_line/command.h"

namespace gaffer::programs {
namespace {

// Bash parts words at colons, which names of groups have: the words are read anew from the line, and
// what stands before the last colon is taken off the answers.
constexpr std::string_view kBash = R"(_PROGRAM() {
  local IFS=$'\n' word line before
  local -a words=()
  COMPREPLY=()
  read -r -d '' line <<<"${COMP_LINE:0:COMP_POINT}"
  word=${COMP_LINE:0:COMP_POINT}
  IFS=$' \t' read -r -a words <<<"$word"
  case $word in *[[:space:]]) words+=('') ;; esac
  before=${words[${#words[@]}-1]}
  case $before in *:*) before=${before%:*}: ;; *) before= ;; esac
  while IFS= read -r line; do
    if [ "$line" = :files ]; then
      compopt -o filenames 2>/dev/null
      while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "${words[${#words[@]}-1]}")
    else
      line=${line%%$'\t'*}
      COMPREPLY+=("${line#"$before"}")
    fi
  done < <("${words[0]}" complete -- "${words[@]:1}" 2>/dev/null)
}
complete -F _PROGRAM PROGRAM
)";

constexpr std::string_view kZsh = R"(#compdef PROGRAM
_PROGRAM() {
  local line
  local -a found
  for line in "${(@f)$("${words[1]}" complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    [[ -z $line ]] && continue
    if [[ $line == :files ]]; then
      _files
      continue
    fi
    line=${line//:/\\:}
    found+=("${line/$'\t'/:}")
  done
  (( $#found )) && _describe PROGRAM found
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  _PROGRAM "$@"
else
  compdef _PROGRAM PROGRAM
fi
)";

constexpr std::string_view kFish = R"(function __PROGRAM_complete
    set -l words (commandline -opc) (commandline -ct)
    for line in ($words[1] complete -- $words[2..-1] 2>/dev/null)
        if test "$line" = ":files"
            __fish_complete_path (commandline -ct)
        else
            echo $line
        end
    end
end
complete -c PROGRAM -f -a '(__PROGRAM_complete)'
)";

constexpr std::string_view kPlaceholder = "PROGRAM";

using Arguments = std::vector<const Argument*>;

bool has_name(const Argument& argument, std::string_view name) {
  const auto names = split(argument.names, ',');
  return argument.is_option() && std::ranges::find(names, name) != names.end();
}

const Argument* find_option(const Arguments& arguments, std::string_view name) {
  const auto found =
      std::ranges::find_if(arguments, [&](const Argument* one) { return has_name(*one, name); });
  return found == arguments.end() ? nullptr : *found;
}

void add(Completions& into, std::string_view begin, const std::string& word,
         const std::string& text) {
  if (word.starts_with(begin)) into.push_back(text.empty() ? word : word + "\t" + text);
}

void add_candidates(Completions& into, std::string_view begin, const Candidates& candidates) {
  if (candidates.words) {
    for (const std::string& word : candidates.words())
      add(into, begin, word, "");
  }
  if (candidates.files) into.emplace_back(":files");
}

/// What the words before the last one say.
struct Place {
  const Command* command = nullptr;
  Arguments arguments;              ///< Those that can stand here.
  const Argument* value = nullptr;  ///< The option whose value comes here.
  std::size_t words = 0;            ///< Of the command, before this one.
  std::string family;               ///< The first word of a command of two, and a space.
};

/// A word where the command has not been said yet.
void enter_command(Place& place, const Program& program, const std::string& word) {
  const auto found = std::ranges::find(program.commands, place.family + word, &Command::name);
  if (found != program.commands.end()) {
    place.command = &*found;
    for (const Argument& argument : found->arguments)
      place.arguments.push_back(&argument);
  } else if (is_family(program, word)) {
    place.family = word + " ";
  }
}

Place place_of(const Program& program, const std::vector<std::string>& words) {
  Place place;
  for (const Argument& argument : program.arguments)
    place.arguments.push_back(&argument);
  for (std::size_t at = 0; at + 1 < words.size(); ++at) {
    const std::string& word = words[at];
    if (place.value != nullptr) {
      place.value = nullptr;
    } else if (word.starts_with('-')) {
      const Argument* option = find_option(place.arguments, word);
      if (option != nullptr && !option->value.empty()) place.value = option;
    } else if (place.command != nullptr) {
      ++place.words;
    } else {
      enter_command(place, program, word);
    }
  }
  return place;
}

/// The word that stands in this place of the command; the last may stand again and again.
const Argument* word_at(const Place& place) {
  const Argument* last = nullptr;
  std::size_t at = 0;
  for (const Argument* argument : place.arguments) {
    if (argument->is_option()) continue;
    last = argument;
    if (at++ == place.words) return last;
  }
  const bool repeats =
      last != nullptr && std::holds_alternative<std::vector<std::string>*>(last->into);
  return repeats ? last : nullptr;
}

/// The words that can follow the family, or begin the line; of several with one first word one.
void add_commands(Completions& into, std::string_view begin, const Program& program,
                  const std::string& family) {
  std::string last;
  for (const Command& command : program.commands) {
    if (command.is_hidden || !command.name.starts_with(family)) continue;
    const std::string rest = command.name.substr(family.size());
    const std::string word = rest.substr(0, rest.find(' '));
    if (word != last) add(into, begin, word, word == rest ? command.summary : "");
    last = word;
  }
}

}  // namespace

Completions complete(const Program& program, const std::vector<std::string>& words) {
  Completions found;
  const std::string begin = words.empty() ? "" : words.back();
  const Place place = place_of(program, words);
  if (place.value != nullptr) {
    add_candidates(found, begin, place.value->candidates);
  } else if (begin.starts_with('-')) {
    for (const Argument* argument : place.arguments) {
      if (!argument->is_option()) continue;
      for (const std::string_view name : split(argument->names, ','))
        add(found, begin, std::string(name), argument->text);
    }
    add(found, begin, "--help", "what it takes, with examples");
  } else if (place.command == nullptr && !program.commands.empty()) {
    add_commands(found, begin, program, place.family);
  } else if (const Argument* word = word_at(place)) {
    add_candidates(found, begin, word->candidates);
  }
  return found;
}

std::string completion_script(const std::string& program, const std::string& shell) {
  std::string script(shell == "bash"   ? kBash
                     : shell == "zsh"  ? kZsh
                     : shell == "fish" ? kFish
                                       : "");
  for (auto at = script.find(kPlaceholder); at != std::string::npos;
       at = script.find(kPlaceholder, at)) {
    script.replace(at, kPlaceholder.size(), program);
  }
  return script;
}

}  // namespace gaffer::programs
