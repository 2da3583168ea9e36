#include "core/config/substitute.h"

#include <algorithm>
#include <utility>

#include "base/strings.h"
#include "core/config/text.h"

namespace gaffer::config {
namespace {

constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
constexpr std::string_view kNameCharacters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";

Error invalid(std::string message) { return {Errc::InvalidArgument, 0, std::move(message)}; }

Error too_long() { return {Errc::LimitReached, 0, "the values have more than 1 MiB together"}; }

Error unknown_variable(std::string_view name, const Lookup& variable) {
  constexpr std::size_t kLongestGuess = 64;  // The search is slow with long words.
  std::string guess;
  if (name.size() <= kLongestGuess) {
    std::vector<std::string_view> names = variable.names();
    // A variable that refers to its own name is no help.
    std::erase_if(
        names, [name](std::string_view one) { return one.size() > kLongestGuess || one == name; });
    if (const auto match = nearest(name, names)) {
      guess = " (did you mean $" + std::string(*match) + "?)";
    }
  }
  return invalid("unknown variable $" + std::string(name.substr(0, kLongestGuess)) + guess);
}

/// Reads a text from its front and writes the result.
class Substitution {
 public:
  Substitution(std::string_view text, const Lookup& variable) : rest_(text), variable_(variable) {}

  Result<std::string> run() {
    while (!rest_.empty()) {
      GAFFER_TRY(take_piece());
    }
    return std::move(result_);
  }

 private:
  Result<void> take_piece() {
    if (rest_.front() != '$') return write(take(rest_.find_first_of("$}", 1)));
    const std::string_view next = rest_.substr(1, 1);
    if (next == "{") return take_braces();
    if (next == "$") {
      take(1);
      return write(take(1));
    }
    const std::string_view name = name_at(1);
    if (name.empty()) return write(take(1));
    take(1 + name.size());
    return write_value_of(name);
  }

  Result<void> take_braces() {
    const std::string_view whole = rest_;
    const std::string_view name = name_at(2);
    if (name.empty()) return invalid(in_quotes(whole) + " has no name after the ${");
    take(2 + name.size());
    if (rest_.starts_with('}')) {
      take(1);
      return write_value_of(name);
    }
    if (!rest_.starts_with(":-")) {
      return invalid(in_quotes(whole) + " is not closed: after the name must stand } or :-");
    }
    take(2);
    return take_otherwise(name, whole);
  }

  Result<void> take_otherwise(std::string_view name, std::string_view whole) {
    constexpr int kDeepest = 8;
    if (depth_ == kDeepest) return invalid("there are more than 8 ${ in one another");
    // What is not wanted is read all the same, to find its end.
    const bool was_wanted = is_wanted_;
    if (is_wanted_) {
      GAFFER_TRY(const std::optional<std::string_view> value, variable_.value(name));
      if (value && !value->empty()) {
        GAFFER_TRY(write(*value));
        is_wanted_ = false;
      }
    }
    ++depth_;
    while (!rest_.empty() && rest_.front() != '}') {
      GAFFER_TRY(take_piece());
    }
    --depth_;
    is_wanted_ = was_wanted;
    if (rest_.empty()) return invalid(in_quotes(whole) + " is not closed: it must end with }");
    take(1);
    return {};
  }

  /// The name that begins so far into the rest; empty if none does.
  [[nodiscard]] std::string_view name_at(std::size_t offset) const {
    const std::string_view text = rest_.substr(std::min(offset, rest_.size()));
    if (text.empty() || kLetters.find(text.front()) == std::string_view::npos) return {};
    return text.substr(0, text.find_first_not_of(kNameCharacters));
  }

  /// So many characters, or all of the rest if it has less.
  std::string_view take(std::size_t size) {
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(taken.size());
    return taken;
  }

  Result<void> write_value_of(std::string_view name) {
    if (!is_wanted_) return {};
    GAFFER_TRY(const std::optional<std::string_view> value, variable_.value(name));
    if (!value) return unknown_variable(name, variable_);
    return write(*value);
  }

  Result<void> write(std::string_view text) {
    if (!is_wanted_) return {};
    if (text.size() > kMaxSubstituted - result_.size()) return too_long();
    result_ += text;
    return {};
  }

  std::string_view rest_;
  const Lookup& variable_;
  std::string result_;
  bool is_wanted_ = true;  // False within an `otherwise` that is not used.
  int depth_ = 0;          // Of `otherwise` in one another.
};

std::optional<std::string_view> find_in(const Variables& variables, std::string_view name) {
  const auto found = variables.find(std::string(name));
  if (found == variables.end()) return std::nullopt;
  return found->second;
}

std::optional<std::string_view> find_in(const std::vector<std::string>* entries,
                                        std::string_view name) {
  if (entries == nullptr) return std::nullopt;
  for (const std::string_view entry : *entries) {
    if (entry.size() > name.size() && entry[name.size()] == '=' && entry.starts_with(name)) {
      return entry.substr(name.size() + 1);
    }
  }
  return std::nullopt;
}

void add_names(const Variables& variables, std::vector<std::string_view>& names) {
  for (const auto& [name, value] : variables) {
    names.emplace_back(name);
  }
}

void add_names(const std::vector<std::string>* entries, std::vector<std::string_view>& names) {
  if (entries == nullptr) return;
  for (const std::string_view entry : *entries) {
    names.push_back(entry.substr(0, entry.find('=')));
  }
}

/// Resolves the variables of a template, each when it is first asked for.
class Resolver {
 public:
  explicit Resolver(const EnvironmentLayers& layers) : layers_(layers) {}

  Result<Variables> run() {
    for (const auto& [name, text] : layers_.env) {
      GAFFER_TRY(resolve(name));
    }
    return std::move(resolved_);
  }

 private:
  /// The value of a variable of `env`.
  Result<std::string_view> resolve(const std::string& name) {
    if (const auto known = find_in(resolved_, name)) return *known;
    constexpr std::size_t kLongestChain = 50;
    if (chain_.size() == kLongestChain) {
      return fail({Errc::LimitReached, 0,
                   "env: " + chain_.front() + " refers to more than 50 variables in a row"});
    }
    chain_.emplace_back(name);
    const Lookup lookup{[this](std::string_view wanted) { return find(wanted); },
                        [this] { return names(); }};
    auto value = substitute(layers_.env.at(name), lookup);
    chain_.pop_back();
    if (!value) return fail(value.error().within("env " + name));
    if (value->size() > kMaxSubstituted - size_) return fail(too_long().within("env " + name));
    size_ += value->size();
    return resolved_.emplace(name, *std::move(value)).first->second;
  }

  Result<std::optional<std::string_view>> find(std::string_view name) {
    if (const auto value = find_in(layers_.fixed, name)) return value;
    const bool is_own = chain_.back() == name;
    if (!is_own && layers_.env.contains(std::string(name))) {
      if (is_in_chain(name)) return fail(cycle(name));
      GAFFER_TRY(const std::string_view value, resolve(std::string(name)));
      return value;
    }
    if (const auto value = find_in(layers_.file, name)) return value;
    return find_in(layers_.base, name);
  }

  [[nodiscard]] bool is_in_chain(std::string_view name) const {
    return std::find(chain_.begin(), chain_.end(), name) != chain_.end();
  }

  [[nodiscard]] Error cycle(std::string_view name) const {
    std::string way;
    for (auto link = std::find(chain_.begin(), chain_.end(), name) + 1; link != chain_.end();
         ++link) {
      way += (way.empty() ? "" : ", ") + *link;
    }
    return invalid("env: " + std::string(name) + " refers to itself by way of " + way);
  }

  /// The first error is the one that tells; those who needed that variable have nothing to add.
  Error fail(Error error) {
    if (!failure_) failure_ = std::move(error);
    return *failure_;
  }

  [[nodiscard]] std::vector<std::string_view> names() const {
    std::vector<std::string_view> names;
    for (const Variables* layer : {&layers_.fixed, &layers_.env, &layers_.file}) {
      add_names(*layer, names);
    }
    add_names(layers_.base, names);
    return names;
  }

  const EnvironmentLayers& layers_;
  Variables resolved_;
  std::size_t size_ = 0;            // Of the values in resolved_.
  std::vector<std::string> chain_;  // Those that are being resolved; each refers to the next.
  std::optional<Error> failure_;
};

}  // namespace

Result<std::string> substitute(std::string_view text, const Lookup& variable) {
  return Substitution(text, variable).run();
}

Result<Variables> final_environment(EnvironmentLayers layers) {
  for (const auto& [name, value] : layers.fixed) {
    layers.env.erase(name);
  }
  const bool refers = std::any_of(layers.env.begin(), layers.env.end(), [](const auto& variable) {
    return variable.second.find('$') != std::string::npos;
  });
  if (refers) {
    GAFFER_TRY(layers.env, Resolver(layers).run());
  }
  Variables all = std::move(layers.fixed);
  all.merge(layers.env);
  all.merge(layers.file);
  return all;
}

Lookup lookup_in(const Variables& own, const std::vector<std::string>* base) {
  return {[&own, base](std::string_view name) -> Result<std::optional<std::string_view>> {
            const auto value = find_in(own, name);
            return value ? value : find_in(base, name);
          },
          [&own, base] {
            std::vector<std::string_view> names;
            add_names(own, names);
            add_names(base, names);
            return names;
          }};
}

}  // namespace gaffer::config
