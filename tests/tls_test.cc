#include <string>
#include <utility>
#include <vector>

#include "os/tcp.h"
#include "support/daemon.h"
#include "support/http.h"

namespace gaffer {
namespace {

using test::Ended;
using test::section;

/// gafferd with TLS, asked by curl.
class Tls : public test::ProgramsTest {
 protected:
  /// A certificate for 127.0.0.1 that has signed itself: NAME.pem, NAME.key.
  void make_certificate(const std::string& name) {
    const Ended made = run_tool({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                                 "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                                 "/CN=" + name, "-addext", "subjectAltName=IP:127.0.0.1", "-keyout",
                                 path(name + ".key"), "-out", path(name + ".pem")});
    ASSERT_EQ(0, made.status) << made.err;
  }
  void start(const std::string& keys = "") {
    make_certificate("server");
    start_gafferd_with(
        "[endpoint:tls]\nbind = 127.0.0.1:0\ncertfile = server.pem\nkeyfile = "
        "server.key\n" +
        keys + section("a", "spam 300KB print end sleep"));
    const std::string& said = gafferd_->err();
    host_ = said.substr(said.rfind("127.0.0.1:"));
    host_.pop_back();
    const std::string out = gaffer({"token", "create", "ci", "--scope", "admin"}).out;
    token_ = out.substr(0, out.size() - 1);
  }
  [[nodiscard]] Ended run_tool(std::vector<std::string> words) const {
    test::Command command = this->command("gaffer", {});
    words[0] = "/usr/bin/" + words[0];
    command.argv = std::move(words);
    return run(command);
  }
  [[nodiscard]] std::string path(const std::string& name) const {
    return dir_.path("work/" + name);
  }
  [[nodiscard]] Ended curl(const std::string& target, std::vector<std::string> options = {}) const {
    std::vector<std::string> words = {"curl",     "-s",
                                      "-m",       "10",
                                      "--cacert", path("server.pem"),
                                      "-H",       "Authorization: Bearer " + token_};
    words.insert(words.end(), options.begin(), options.end());
    words.push_back("https://" + host_ + target);
    return run_tool(std::move(words));
  }

  std::string host_;   // NOLINT(cppcoreguidelines-non-private-member-variables-in-classes)
  std::string token_;  // NOLINT(cppcoreguidelines-non-private-member-variables-in-classes)
};

TEST_F(Tls, ServesThoseWhoTrustItsCertificate) {
  start();
  EXPECT_EQ("OK", curl("/ping").out);
  EXPECT_EQ("OKOK", curl("/ping", {"https://" + host_ + "/ping"}).out);  // On one connection.
  EXPECT_EQ(0, curl("/processes/a/_restart", {"-X", "POST"}).status);
  EXPECT_EQ("[\"a\"]", curl("/processes").out);
}

TEST_F(Tls, LosesNothingOfALongAnswer) {
  start();
  EXPECT_TRUE(wait_until_logged("a", "end"));
  const std::string plain = gaffer({"logs", "-n", "100000"}).out;
  const std::string lines = curl("/logs?lines=100000").out;
  EXPECT_LT(300'000U, plain.size());
  EXPECT_EQ(std::ranges::count(plain, '\n'), std::ranges::count(lines, '\n'));
  EXPECT_TRUE(lines.ends_with("a.1\tend\n"));
}

TEST_F(Tls, WhoDoesNotSpeakItIsNotHeard) {
  start();
  const auto address = os::parse_tcp_address(host_).value();
  EXPECT_EQ(0, test::http(os::connect_tcp(address).value(), "GET /ping",
                          {.headers = {{"Authorization", "Bearer " + token_}}, .body = ""})
                   .status);
  EXPECT_NE(0, curl("/ping", {"--tls-max", "1.1", "--ciphers", "DEFAULT@SECLEVEL=0"}).status);
  EXPECT_EQ("OK", curl("/ping", {"--tls-max", "1.2"}).out);
}

TEST_F(Tls, AsksForAClientsCertificateIfItIsToldTo) {
  make_certificate("client");
  start("cafile = client.pem\n");
  EXPECT_NE("OK", curl("/ping").out);
  EXPECT_EQ("OK", curl("/ping", {"--cert", path("client.pem"), "--key", path("client.key")}).out);
  EXPECT_NE("OK", curl("/ping", {"--cert", path("server.pem"), "--key", path("server.key")}).out);
}

TEST_F(Tls, ANewCertificateIsTakenWithoutANewStart) {
  start();
  make_certificate("server");
  EXPECT_NE("OK", curl("/ping").out);  // curl knows the new one only.
  const auto local = [this] { return os::connect_unix(dir_.path("gaffer/gaffer.sock")).value(); };
  EXPECT_EQ(200, test::http(local(), "POST /endpoints/_reload").status);
  EXPECT_EQ("OK", curl("/ping").out);
  write("server.pem", "rubbish");
  EXPECT_EQ(400, test::http(local(), "POST /endpoints/_reload").status);
  EXPECT_EQ("OK", curl("/ping", {"-k"}).out);
}

TEST_F(Tls, ACertificateThatCannotBeUsedIsNamed) {
  write("gaffer.ini", "[endpoint:tls]\nbind = 127.0.0.1:0\ncertfile = no.pem\nkeyfile = no.key\n");
  const Ended refused = run(command("gafferd", {"-c", "gaffer.ini"}));
  EXPECT_EQ("gafferd: endpoint tls: cannot use certificate " + path("no.pem") +
                ": no such file or directory\n",
            refused.err);
  EXPECT_EQ(1, refused.status);
}

}  // namespace
}  // namespace gaffer
