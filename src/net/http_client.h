#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gaffer/result.h"
#include "uv/loop.h"

namespace gaffer::net {

/// Posts to servers of others, many at once, on the loop; libcurl does the work. Redirects are not
/// followed, and what is answered is not kept.
class HttpClient {
 public:
  struct Post {
    std::string url;                   ///< `http://…`, `https://…` or `unix:/socket:/path`.
    std::vector<std::string> headers;  ///< `Name: value`
    std::string body;
    std::chrono::milliseconds timeout = std::chrono::seconds(10);  ///< For all of it.
  };
  /// The status; an error where there is no answer.
  using OnAnswer = std::function<void(Result<int> status)>;

  explicit HttpClient(uv::Loop& loop);
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;
  /// What is under way is given up.
  ~HttpClient();

  /// CALLS: `on_answer` once on a later turn; never when this was destroyed. It may post, and
  /// destroy this.
  void post(Post post, OnAnswer on_answer);

 private:
  struct Multi;
  std::unique_ptr<Multi> multi_;
};

}  // namespace gaffer::net
