#include "net/http_client.h"

#include <map>
#include <optional>
#include <utility>

#include <curl/curl.h>

#include "base/assert.h"
#include "uv/poll.h"
#include "uv/timer.h"

namespace gaffer::net {
namespace {

constexpr std::string_view kUnix = "unix:";

struct FreeEasy {
  void operator()(CURL* easy) const noexcept { curl_easy_cleanup(easy); }
};
struct FreeList {
  void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};

std::size_t discard(char* /*bytes*/, std::size_t size, std::size_t count, void* /*user*/) {
  return size * count;
}

/// One post under way.
struct Transfer {
  HttpClient::Post post;
  HttpClient::OnAnswer on_answer;
  std::unique_ptr<curl_slist, FreeList> headers;
  std::unique_ptr<CURL, FreeEasy> easy{curl_easy_init()};

  // NOLINTBEGIN(cppcoreguidelines-pro-type-vararg): that is how libcurl is told
  void prepare() {
    CURL* raw = easy.get();
    std::string url = post.url;
    if (url.starts_with(kUnix)) {
      const std::size_t end = url.find(":/", kUnix.size() + 1);
      const std::string path = url.substr(kUnix.size(), end - kUnix.size());
      curl_easy_setopt(raw, CURLOPT_UNIX_SOCKET_PATH, path.c_str());
      url = "http://localhost" + (end == std::string::npos ? "/" : url.substr(end + 1));
    }
    for (const std::string& header : post.headers)
      headers.reset(curl_slist_append(headers.release(), header.c_str()));
    curl_easy_setopt(raw, CURLOPT_URL, url.c_str());
    curl_easy_setopt(raw, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(raw, CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(raw, CURLOPT_POST, 1L);
    curl_easy_setopt(raw, CURLOPT_POSTFIELDSIZE, static_cast<long>(post.body.size()));
    curl_easy_setopt(raw, CURLOPT_POSTFIELDS, post.body.c_str());
    curl_easy_setopt(raw, CURLOPT_TIMEOUT_MS, static_cast<long>(post.timeout.count()));
    curl_easy_setopt(raw, CURLOPT_WRITEFUNCTION, discard);
    curl_easy_setopt(raw, CURLOPT_NOSIGNAL, 1L);
    // Looking up a name must not hold up the end of the program.
    curl_easy_setopt(raw, CURLOPT_QUICK_EXIT, 1L);
  }

  [[nodiscard]] Result<int> outcome(CURLcode code) const {
    if (code != CURLE_OK) return Error{Errc::Io, 0, curl_easy_strerror(code)};
    long status = 0;
    curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
    return static_cast<int>(status);
  }
  // NOLINTEND(cppcoreguidelines-pro-type-vararg)
};

}  // namespace

/// libcurl says which descriptors and which time to wait for; it is told when they have come.
struct HttpClient::Multi {
  explicit Multi(uv::Loop& its_loop) : loop(its_loop), timer(its_loop) {
    GAFFER_ASSERT(multi != nullptr, "there is memory");
    // NOLINTBEGIN(cppcoreguidelines-pro-type-vararg)
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_timer);
    curl_multi_setopt(multi, CURLMOPT_TIMERDATA, this);
    // NOLINTEND(cppcoreguidelines-pro-type-vararg)
  }
  Multi(const Multi&) = delete;
  Multi& operator=(const Multi&) = delete;
  ~Multi() {
    for (const auto& [easy, transfer] : transfers)
      curl_multi_remove_handle(multi, easy);
    transfers.clear();
    curl_multi_cleanup(multi);
  }

  static int on_socket(CURL* /*easy*/, curl_socket_t fd, int what, void* user,
                       void* /*socket*/) noexcept {
    static_cast<Multi*>(user)->watch(fd, what);
    return 0;
  }
  static int on_timer(CURLM* /*multi*/, long milliseconds, void* user) noexcept {
    auto& self = *static_cast<Multi*>(user);
    if (milliseconds < 0) {
      self.timer.cancel();
    } else {
      self.timer.start(std::chrono::milliseconds(milliseconds),
                       [&self] { self.go_on(CURL_SOCKET_TIMEOUT); });
    }
    return 0;
  }

  void watch(curl_socket_t fd, int what) {
    if (what == CURL_POLL_REMOVE) {
      polls.erase(fd);
      return;
    }
    auto poll = polls.find(fd);
    if (poll == polls.end()) {
      auto made = uv::Poll::create(loop, fd);
      if (!made) return;  // The timeout of the transfer ends it.
      poll = polls.emplace(fd, *std::move(made)).first;
    }
    const auto wanted = what == CURL_POLL_IN    ? uv::Poll::For::Reading
                        : what == CURL_POLL_OUT ? uv::Poll::For::Writing
                                                : uv::Poll::For::Both;
    (void)poll->second.start([this, fd] { go_on(fd); }, wanted);
  }

  // 0: libcurl looks itself what the descriptor is ready for.
  void go_on(curl_socket_t fd) {
    int running = 0;
    curl_multi_socket_action(multi, fd, 0, &running);
    std::vector<std::pair<CURL*, CURLcode>> done;
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
      if (message->msg == CURLMSG_DONE)
        done.emplace_back(message->easy_handle, message->data.result);
    }
    const std::weak_ptr<char> is_alive = alive;
    for (const auto& [easy, code] : done) {
      curl_multi_remove_handle(multi, easy);
      const auto transfer = std::move(transfers.extract(easy).mapped());
      transfer->on_answer(transfer->outcome(code));
      if (is_alive.expired()) return;
    }
  }

  uv::Loop& loop;
  CURLM* multi = curl_multi_init();
  std::map<CURL*, std::unique_ptr<Transfer>> transfers;
  std::map<curl_socket_t, uv::Poll> polls;
  uv::Timer timer;
  std::shared_ptr<char> alive = std::make_shared<char>();
};

HttpClient::HttpClient(uv::Loop& loop) {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  GAFFER_ASSERT(ready == CURLE_OK, "libcurl can be used");
  multi_ = std::make_unique<Multi>(loop);
}

HttpClient::~HttpClient() = default;

void HttpClient::post(Post post, OnAnswer on_answer) {
  auto transfer = std::make_unique<Transfer>();
  transfer->post = std::move(post);
  transfer->on_answer = std::move(on_answer);
  transfer->prepare();
  CURL* easy = transfer->easy.get();
  multi_->transfers.emplace(easy, std::move(transfer));
  curl_multi_add_handle(multi_->multi, easy);
}

}  // namespace gaffer::net
