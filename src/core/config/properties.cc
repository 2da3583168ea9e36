#include "core/config/properties.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/shell_words.h"
#include "base/signal_names.h"
#include "base/strings.h"
#include "core/config/parts.h"
#include "core/config/text.h"
#include "core/config/text_forms.h"

namespace gaffer::config {
namespace {

using T = ProcessTemplate;

Error unreadable() { return {Errc::InvalidArgument, 0, ""}; }

/// A number, a truth value or a text that `parse` takes.
template <auto parse>
auto scalar(const Value& value)
    -> Result<typename decltype(parse(std::string_view()))::value_type> {
  const auto text = text_of(value);
  auto parsed = text ? parse(*text) : std::nullopt;
  if (!parsed) return unreadable();
  return *std::move(parsed);
}

/// A text only.
Result<std::string> text(const Value& value) {
  const auto* scalar = std::get_if<Scalar>(&value);
  if (scalar == nullptr || !std::holds_alternative<std::string>(*scalar)) return unreadable();
  return std::get<std::string>(*scalar);
}

/// A text or a whole number.
Result<std::string> user(const Value& value) {
  const auto* scalar = std::get_if<Scalar>(&value);
  auto word = scalar == nullptr ? std::nullopt : word_of(*scalar);
  if (!word) return unreadable();
  return *std::move(word);
}

/// Not a number: 22 and "022" would be two masks.
Result<std::optional<unsigned>> octal(const Value& value) {
  GAFFER_TRY(const std::string digits, text(value));
  const auto mask = parse_octal(digits);
  if (!mask) return unreadable();
  return mask;
}

Result<std::vector<std::string>> words_of(const List& list) {
  std::vector<std::string> words;
  for (const Scalar& scalar : list) {
    auto word = word_of(scalar);
    if (!word) return unreadable();
    words.push_back(*std::move(word));
  }
  return words;
}

Result<std::vector<std::string>> shell_words(const Value& value) {
  if (const auto* list = std::get_if<List>(&value)) return words_of(*list);
  GAFFER_TRY(const std::string line, text(value));
  return split_shell_words(line);
}

Result<std::vector<std::string>> labels(const Value& value) {
  if (const auto* list = std::get_if<List>(&value)) return words_of(*list);
  GAFFER_TRY(const std::string line, text(value));
  std::vector<std::string> words;
  for (const std::string_view piece : split(line, ',')) {
    words.emplace_back(trim(piece));
  }
  return words;
}

Result<std::set<int>> numbers(const Value& value) {
  const auto* list = std::get_if<List>(&value);
  if (list == nullptr) return scalar<parse_numbers>(value);
  std::set<int> found;
  for (const Scalar& one : *list) {
    const auto number = parse_number<int>(text_of(one));
    if (!number) return unreadable();
    found.insert(*number);
  }
  return found;
}

Value written(bool value) { return value; }
Value written(double value) { return value; }
Value written(std::integral auto value) { return static_cast<std::int64_t>(value); }
Value written(const std::string& value) { return value; }
Value written(const std::vector<std::string>& value) { return List(value.begin(), value.end()); }
Value written(const std::map<std::string, std::string>& value) { return write_variables(value); }
Value written(const std::map<std::string, ResourceLimit>& value) { return write_limits(value); }
Value written(std::chrono::milliseconds value) { return write_duration(value); }
Value written(OnFull value) { return on_full_text(value); }
Value written(Restart value) { return restart_text(value); }
Value written(const IoPriority& value) { return io_priority_text(value); }
Value written(const Flapping& value) { return write_flapping(value); }
Value written(const Backoff& value) { return write_backoff(value); }
Value written(const TerminalSize& value) { return write_terminal_size(value); }
Value written(const std::set<int>& value) {
  List list;
  for (const int number : value) {
    list.emplace_back(std::int64_t{number});
  }
  return list;
}

std::string written_octal(unsigned mask) { return octal_text(mask); }

std::string written_signal(int signal) {
  const std::string name = signal_name(signal);
  // A signal without a name, `signal 40`, is known by its number.
  return name.starts_with("SIG") ? name.substr(3) : std::to_string(signal);
}

/// How a field is written where its type alone does not say it.
struct ByType {
  Value operator()(const auto& value) const { return written(value); }
};

template <typename Value>
const Value* present(const Value& value) {
  return &value;
}

template <typename Value>
const Value* present(const std::optional<Value>& value) {
  return value ? &*value : nullptr;
}

/// Completes a row of the table with what reads and writes the field.
template <auto field, auto reader, auto writer = ByType{}>
constexpr Property row(Property property) {
  property.read = [](T& wanted, const Value& value) -> Result<void> {
    GAFFER_TRY(wanted.*field, reader(value));
    return {};
  };
  property.write = [](const T& wanted) -> std::optional<Value> {
    const auto* value = present(wanted.*field);
    return value == nullptr ? std::nullopt : std::optional<Value>(writer(*value));
  };
  return property;
}

constexpr std::string_view kYesOrNo = "yes or no (true, false, on, off, 1 and 0 will do)";

constexpr auto kProperties = std::to_array<Property>({
    row<&T::name, text>({
        .name = "name",
        .form = R"(a name or group:name, of letters, digits, ".", "_" and "-")",
        .summary = "What the template is called. In an ini file it stands in the head of the "
                   "section: `[process:web]`, `[process:shop:web]`.",
    }),
    row<&T::cmd, text>({
        .name = "cmd",
        .form = "a text",
        .summary = "The program and arguments that belong to it, split into words as a shell "
                   "would: `./server --port $PORT`. A program without a slash is looked up in "
                   "the PATH of the process.",
    }),
    row<&T::args, shell_words>({
        .name = "args",
        .form = "words as a shell splits them",
        .summary = R"(Further arguments: `--title "two words"`.)",
    }),
    row<&T::env, read_variables>({
        .name = "env",
        .form = "NAME=value words as a shell splits them",
        .summary = "Variables of the process: `LANG=C PATH=/opt/bin:$PATH`. In an ini file also "
                   "a line each, `env:LANG = C`, or a section `[env:web]`.",
    }),
    row<&T::env_file, text>({
        .name = "env_file",
        .form = "a path",
        .summary = "A file of NAME=value lines, below `env`. In an ini file relative to that "
                   "file.",
    }),
    row<&T::raw, scalar<parse_boolean>>({
        .name = "raw",
        .form = kYesOrNo,
        .summary = "`$NAME` and the like in `cmd`, `args`, `cwd` and `env` stand for themselves.",
    }),
    row<&T::cwd, text>({
        .name = "cwd",
        .form = "a path",
        .summary = "Where the process runs; otherwise where the manager runs. In an ini file "
                   "relative to that file.",
    }),
    row<&T::numprocesses, scalar<parse_number<int>>>({
        .name = "numprocesses",
        .form = "a whole number from 0 to 10000",
        .summary = "How many processes to keep alive.",
        .effect = Effect::Live,
    }),
    row<&T::shell, scalar<parse_boolean>>({
        .name = "shell",
        .form = kYesOrNo,
        .summary = "Runs `cmd` with /bin/sh, which then splits it, puts in variables and knows "
                   "pipes and `&&`.",
    }),
    row<&T::port, scalar<parse_number<std::uint16_t>>>({
        .name = "port",
        .form = "a whole number from 1 to 65535",
        .summary = "$PORT of the first process; each further one has the next number.",
    }),
    row<&T::uid, user>({
        .name = "uid",
        .form = "the name or the number of a user",
        .summary = "Who the process runs as, with that user's groups, HOME, USER, LOGNAME and "
                   "SHELL: `www-data`. A number that no user has is a user with the group of that "
                   "number. Only root may choose.",
    }),
    row<&T::gid, user>({
        .name = "gid",
        .form = "the name or the number of a group",
        .summary = "The group of the process, instead of the user's.",
    }),
    row<&T::os_env, scalar<parse_boolean>>({
        .name = "os_env",
        .form = kYesOrNo,
        .summary = "Whether the process has the manager's environment below its own variables.",
    }),
    row<&T::umask, octal, written_octal>({
        .name = "umask",
        .form = "an octal number from 0 to 777, such as 022",
        .summary = "The bits that new files do not get; otherwise those of the manager.",
    }),
    row<&T::stop_signal, scalar<signal_number>, written_signal>({
        .name = "stop_signal",
        .form = "a signal such as TERM, INT or QUIT",
        .summary = "What asks a process to end, by name or number.",
        .effect = Effect::Live,
    }),
    row<&T::graceful_timeout, scalar<parse_duration>>({
        .name = "graceful_timeout",
        .form = "a time from 0 to 1d, such as 10 (seconds), 0.5, 100ms, 30s, 5m or 2h",
        .summary = "How long a process may take to end after it was asked to; then it is killed.",
        .effect = Effect::Live,
    }),
    row<&T::restart, scalar<parse_restart>>({
        .name = "restart",
        .form = "always, on-failure or never",
        .summary = "After which ends a process is started again.",
        .effect = Effect::Live,
    }),
    row<&T::success_exit_codes, numbers>({
        .name = "success_exit_codes",
        .form = "exit codes from 0 to 255 with commas between them, such as 0, 3",
        .summary = "Exit codes that are no failure.",
        .effect = Effect::Live,
    }),
    row<&T::flapping, read_flapping>({
        .name = "flapping",
        .form = "no, any part of attempts=2, window=1, retry_in=7, max_retry=5, or these four "
                "numbers in a row",
        .summary = "Stops a template that keeps failing: after `attempts` unexpected ends within "
                   "`window` it is stopped, `retry_in` later started again, and after "
                   "`max_retry` such rounds in a row it stays stopped. `yes` is 2, 1, 7, 5.",
        .effect = Effect::Live,
    }),
    row<&T::backoff, read_backoff>({
        .name = "backoff",
        .form = "0 or any part of base=100ms, cap=30s, jitter=0.2, min_uptime=10s",
        .summary = "The pauses before a process that keeps ending is started again: none the "
                   "first time, then `base`, twice that, and so on up to `cap`, each spread by "
                   "the share `jitter`. Who lived for `min_uptime` begins anew. `0` is no pause "
                   "at all.",
        .effect = Effect::Live,
    }),
    row<&T::start, scalar<parse_boolean>>({
        .name = "start",
        .form = kYesOrNo,
        .summary = "Whether the processes are started when the template is loaded.",
        .effect = Effect::Live,
    }),
    row<&T::priority, scalar<parse_number<int>>>({
        .name = "priority",
        .form = "a whole number",
        .summary = "Templates of a file are started in this order, the lowest first.",
        .effect = Effect::Live,
    }),
    row<&T::detach, scalar<parse_boolean>>({
        .name = "detach",
        .form = kYesOrNo,
        .summary = "Starts the process and then leaves it alone: it outlives the manager and is "
                   "not started again. Its streams are /dev/null.",
    }),
    row<&T::redirect_output, labels>({
        .name = "redirect_output",
        .form = "one or two labels with a comma between them, such as out, err",
        .summary = "Labels for standard output and, second, standard error. The same label twice "
                   "is one stream; with one label standard error is /dev/null. Otherwise both "
                   "are in the stream `output`.",
    }),
    row<&T::redirect_input, scalar<parse_boolean>>({
        .name = "redirect_input",
        .form = kYesOrNo,
        .summary = "Standard input can be written to; otherwise it is /dev/null.",
    }),
    row<&T::custom_streams, labels>({
        .name = "custom_streams",
        .form = "at most eight labels with commas between them, such as control, events",
        .summary = "Streams of the process's own for both directions, at descriptors 3, 4 and so "
                   "on in this order, a socket each. What the process writes there is kept as its "
                   "output is.",
    }),
    row<&T::stdout_log, text>({
        .name = "stdout_log",
        .form =
            "a path, in which {name}, {slot}, {pid}, {label} and {date} stand for what they say",
        .summary = "Where standard output is kept, instead of in the manager's directory: "
                   "`/var/log/web.{slot}.log`. In an ini file relative to that file. Without "
                   "`redirect_output` and `stderr_log` standard error goes there as well.",
    }),
    row<&T::stderr_log, text>({
        .name = "stderr_log",
        .form =
            "a path, in which {name}, {slot}, {pid}, {label} and {date} stand for what they say",
        .summary = "The same for standard error. The same path as `stdout_log` is one stream.",
    }),
    row<&T::log_max_size, scalar<parse_size>>({
        .name = "log_max_size",
        .form = "a number of bytes, such as 10M (K, M, G and T are powers of 1024), or 0",
        .summary = "A log that has grown to this size goes on in a new file; `0`: never.",
        .effect = Effect::Live,
    }),
    row<&T::log_keep, scalar<parse_number<int>>>({
        .name = "log_keep",
        .form = "a whole number from 0 to 10000",
        .summary = "How many closed files of a log are kept besides the one that is written.",
        .effect = Effect::Live,
    }),
    row<&T::log_max_age, scalar<parse_age>>({
        .name = "log_max_age",
        .form = "a time up to 3653d, such as 30d or 12h",
        .summary = "Closed files that are older are removed, when the log is opened and when it "
                   "goes on in a new file.",
        .effect = Effect::Live,
    }),
    row<&T::log_total, scalar<parse_size>>({
        .name = "log_total",
        .form = "a number of bytes, such as 1G (K, M, G and T are powers of 1024)",
        .summary = "All closed files of the template together; the oldest are removed.",
        .effect = Effect::Live,
    }),
    row<&T::log_compress, scalar<parse_compression>>({
        .name = "log_compress",
        .form = "zstd, yes or no",
        .summary = "Closed files are compressed with zstd.",
        .effect = Effect::Live,
    }),
    row<&T::on_full, scalar<parse_on_full>>({
        .name = "on_full",
        .form = "wait or drop",
        .summary = "While there is no space for its output a process waits, or goes on and the "
                   "log has a gap of just what it wrote.",
        .effect = Effect::Live,
    }),
    row<&T::pty, read_terminal_size>({
        .name = "pty",
        .form = "no, yes (24x80) or ROWSxCOLUMNS, such as 24x80",
        .summary = "The process runs in a terminal of this size, which is its standard input, "
                   "output and error.",
    }),
    row<&T::rlimits, read_limits>({
        .name = "rlimits",
        .form = "limits such as nofile=1024:4096, core=0, stack=unlimited",
        .summary = "Limits of setrlimit(2), `soft:hard` or one number for both; K, M, G and T "
                   "are powers of 1024. The names are as, core, cpu, data, fsize, locks, "
                   "memlock, msgqueue, nice, nofile, nproc, rss, rtprio, rttime, sigpending and "
                   "stack.",
    }),
    row<&T::nice, scalar<parse_number<int>>>({
        .name = "nice",
        .form = "a whole number from -20 to 19",
        .summary = "The share of the processors, -20 is the largest.",
    }),
    row<&T::ionice, scalar<parse_io_priority>>({
        .name = "ionice",
        .form = "idle, best-effort:N or realtime:N, N from 0 to 7",
        .summary = "The share of the disks, 0 is the largest: `best-effort:7`.",
    }),
    row<&T::cpu_affinity, numbers>({
        .name = "cpu_affinity",
        .form = "numbers of processors from 0 to 1023, such as 0-3, 5",
        .summary = "The processors that the process may run on; otherwise those of the manager.",
    }),
    row<&T::oom_score_adj, scalar<parse_number<int>>>({
        .name = "oom_score_adj",
        .form = "a whole number from -1000 to 1000",
        .summary = "Whom the kernel kills when memory runs out: 1000 first, -1000 never.",
    }),
    row<&T::memory_limit, scalar<parse_size>>({
        .name = "memory_limit",
        .form = "a number of bytes, such as 512M (K, M, G and T are powers of 1024)",
        .summary =
            "Memory of the process with all its children. Needs cgroup v2, and `Delegate=yes` "
            "in a unit of systemd.",
    }),
    row<&T::cpu_limit, scalar<parse_decimal>>({
        .name = "cpu_limit",
        .form = "a number of processors from 0.01 to 10000, such as 0.5",
        .summary = "Processor time of the process with all its children: `1.5` is one and a half "
                   "processors. Needs cgroup v2.",
    }),
    row<&T::pids_limit, scalar<parse_number<int>>>({
        .name = "pids_limit",
        .form = "a whole number from 1",
        .summary = "Processes and threads of the process with all its children. Needs cgroup v2.",
    }),
});

/// The names, to guess what was meant.
constexpr auto kNames = [] {
  std::array<std::string_view, kProperties.size()> names;
  std::transform(kProperties.begin(), kProperties.end(), names.begin(),
                 [](const Property& property) { return property.name; });
  return names;
}();

}  // namespace

std::optional<std::string> Property::set(ProcessTemplate& wanted, const Value& value) const {
  const auto done = read(wanted, value);
  if (done) return std::nullopt;
  return complaint(shown(value), done.error().message);
}

std::optional<Value> Property::get(const ProcessTemplate& wanted) const {
  auto value = write(wanted);
  return value == write(ProcessTemplate{}) ? std::nullopt : std::move(value);
}

std::string Property::complaint(std::string_view value, std::string_view why) const {
  std::string sentence = std::string(name).append(" is ").append(value).append(": ");
  if (!why.empty()) sentence.append(why).append("; ");
  return sentence.append("it must be ").append(form);
}

std::span<const Property> properties() { return kProperties; }

const Property* find_property(std::string_view name) {
  const auto* const found =
      std::find_if(kProperties.begin(), kProperties.end(),
                   [name](const Property& property) { return property.name == name; });
  return found == kProperties.end() ? nullptr : found;
}

std::string unknown_key(std::string_view name) {
  return "unknown key " + in_quotes(name) + did_you_mean(name, kNames);
}

std::vector<std::string_view> changed(const ProcessTemplate& before, const ProcessTemplate& after) {
  std::vector<std::string_view> names;
  for (const Property& property : kProperties) {
    if (property.write(before) != property.write(after)) names.push_back(property.name);
  }
  return names;
}

}  // namespace gaffer::config
