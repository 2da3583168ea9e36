/// Who a process runs as, and what it may do then.

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/daemon.h"
#include "support/real_process.h"

namespace gaffer::test {
namespace {

using Words = std::vector<std::string>;

/// What `id` says about a user.
std::string id(const std::string& option, const std::string& user) {
  const std::string said = run({.argv = {"/usr/bin/id", option, user}}).out;
  return std::string(trim(said));
}

/// The user here, other than root, that is in the most groups.
std::string most_sociable_user() {
  std::string best;
  std::size_t most = 0;
  ::setpwent();
  while (const passwd* user = ::getpwent()) {  // NOLINT(concurrency-mt-unsafe)
    if (user->pw_uid == 0) continue;
    const std::string name = user->pw_name;
    const std::size_t groups = RealProcess::words_of(id("-G", name)).size();
    if (groups > most) best = name;
    most = std::max(most, groups);
  }
  ::endpwent();
  return best;
}

std::set<std::string> set_of(const std::string& words) {
  const Words all = RealProcess::words_of(words);
  return {all.begin(), all.end()};
}

/// Real, effective, saved and file system id, all the same.
Words four_times(const std::string& id) { return {id, id, id, id}; }

// Programs of the system only: ours may stand where another user cannot reach them.
std::string sleeper(const std::string& name, const std::string& keys) {
  return "[process:" + name + "]\ncmd = sleep 300\n" + keys + "\n";
}

class Identity : public ProgramsTest {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root, to start a process as another user";
  }
  [[nodiscard]] RealProcess real(const std::string& name) const {
    return RealProcess(process(name).os_pid);
  }
};

TEST_F(Identity, AUserComesWithTheGroupsThatIdNames) {
  const std::string user = most_sociable_user();
  start_gafferd_with(sleeper("web", "uid = " + user));
  const RealProcess web = real("web");
  EXPECT_EQ(four_times(id("-u", user)), RealProcess::words_of(web.status("Uid")));
  EXPECT_EQ(four_times(id("-g", user)), RealProcess::words_of(web.status("Gid")));
  EXPECT_EQ(set_of(id("-G", user)), set_of(web.status("Groups")));
}

TEST_F(Identity, AUserMayBeANumberAndItsGroupAnother) {
  const std::string user = most_sociable_user();
  start_gafferd_with(
      sleeper("number", "uid = " + id("-u", user)) +
      sleeper("group", "uid = nobody\ngid = daemon") +
      sleeper("group_number", "gid = " + std::to_string(::getgrnam("daemon")->gr_gid)));
  const RealProcess number = real("number");
  EXPECT_EQ(four_times(id("-u", user)), RealProcess::words_of(number.status("Uid")));
  EXPECT_EQ(set_of(id("-G", user)), set_of(number.status("Groups")));

  const std::string daemon = std::to_string(::getgrnam("daemon")->gr_gid);
  const RealProcess group = real("group");
  EXPECT_EQ(four_times(id("-u", "nobody")), RealProcess::words_of(group.status("Uid")));
  EXPECT_EQ(four_times(daemon), RealProcess::words_of(group.status("Gid")));
  EXPECT_EQ(set_of(id("-G", "nobody")), set_of(group.status("Groups")));

  const RealProcess group_number = real("group_number");
  EXPECT_EQ(four_times("0"), RealProcess::words_of(group_number.status("Uid")));
  EXPECT_EQ(four_times(daemon), RealProcess::words_of(group_number.status("Gid")));
}

TEST_F(Identity, AUserMayBeANumberThatNobodyHas) {
  start_gafferd_with(sleeper("web", "uid = 3999999999\nenv = HERE=$HOME") +
                     sleeper("no_change", "uid = 4294967295"));
  const RealProcess web = real("web");
  EXPECT_EQ(four_times("3999999999"), RealProcess::words_of(web.status("Uid")));
  EXPECT_EQ(four_times("3999999999"), RealProcess::words_of(web.status("Gid")));
  EXPECT_EQ(Words{"3999999999"}, RealProcess::words_of(web.status("Groups")));
  EXPECT_EQ("0000000000000000", web.status("CapEff"));
  EXPECT_EQ("/", web.environment()["HERE"]);
  EXPECT_EQ(ProcessState::Waiting, process("no_change").state);
  EXPECT_EQ("user 4294967295 cannot be used: it means \"no change\"", process("no_change").reason);
}

TEST_F(Identity, NobodyHasNoRightsAndCannotBecomeRoot) {
  start_gafferd_with(sleeper("web", "uid = nobody") +
                     "[process:climb]\ncmd = setpriv --reuid=0 id -u\nuid = nobody\n"
                     "restart = never\n");
  const RealProcess web = real("web");
  for (const char* rights : {"CapInh", "CapPrm", "CapEff", "CapAmb"})
    EXPECT_EQ("0000000000000000", web.status(rights)) << rights;
  EXPECT_TRUE(eventually([this] { return process("climb").state == ProcessState::Stopped; }));
  EXPECT_FALSE(process("climb").last_exit->status.is_success());
  EXPECT_EQ("setpriv: setresuid failed: Operation not permitted\n", gaffer({"logs", "climb"}).out);
}

TEST_F(Identity, AUserComesWithTheVariablesOfALogin) {
  start_gafferd_with(sleeper("web", "uid = nobody") +
                     sleeper("own", "uid = nobody\nenv = HOME=/srv SHELL=/bin/sh"));
  const passwd nobody = *::getpwnam("nobody");  // NOLINT(concurrency-mt-unsafe)
  auto variables = real("web").environment();
  EXPECT_EQ(nobody.pw_dir, variables["HOME"]);
  EXPECT_EQ("nobody", variables["USER"]);
  EXPECT_EQ("nobody", variables["LOGNAME"]);
  EXPECT_EQ(nobody.pw_shell, variables["SHELL"]);
  variables = real("own").environment();
  EXPECT_EQ("/srv", variables["HOME"]);
  EXPECT_EQ("/bin/sh", variables["SHELL"]);
  EXPECT_EQ("nobody", variables["USER"]);
}

TEST_F(Identity, ATerminalBelongsToTheUserWhoRunsInIt) {
  start_gafferd_with(sleeper("web", "uid = nobody\npty = yes"));
  EXPECT_EQ(::getpwnam("nobody")->pw_uid, real("web").owner_of_descriptor(0));
}

}  // namespace
}  // namespace gaffer::test
