#include "wire/channel.h"

#include <gtest/gtest.h>

namespace gaffer::wire {
namespace {

TEST(Channel, ReadsARequest) {
  const auto request = parse_channel_request(
      R"({"id": 7, "method": "POST", "path": "/processes?x=1", "body": {"name": "web"}})");
  EXPECT_EQ("", request.problem);
  EXPECT_EQ("7", request.id);
  EXPECT_EQ("POST", request.method);
  EXPECT_EQ("/processes?x=1", request.path);
  EXPECT_EQ("application/json", request.content_type);
  EXPECT_EQ(R"({"name":"web"})", request.body);
}

TEST(Channel, BytesAreText) {
  const auto request = parse_channel_request(R"({"id": "a\"", "path": "/x", "text": "l\n"})");
  EXPECT_EQ(R"("a\"")", request.id);
  EXPECT_EQ("GET", request.method);
  EXPECT_EQ("application/octet-stream", request.content_type);
  EXPECT_EQ("l\n", request.body);
}

TEST(Channel, ACancelNeedsNoPath) {
  const auto request = parse_channel_request(R"({"id": 7, "cancel": true})");
  EXPECT_EQ("", request.problem);
  EXPECT_TRUE(request.is_cancel);
}

TEST(Channel, WhatIsWrongIsNamedWithTheIdIfThereIsOne) {
  const auto problem = [](std::string_view text) {
    const auto request = parse_channel_request(text);
    return request.id + ": " + request.problem;
  };
  EXPECT_EQ("null: id is missing", problem(R"({"path": "/x"})"));
  EXPECT_EQ("1: path is missing", problem(R"({"id": 1})"));
  EXPECT_EQ("1: path must be a text", problem(R"({"id": 1, "path": 7})"));
  EXPECT_EQ("1: body must be an object", problem(R"({"id": 1, "path": "/x", "body": []})"));
  EXPECT_EQ("1: cancel can only be true", problem(R"({"id": 1, "cancel": false})"));
  EXPECT_EQ("null: id must be a whole number or a text", problem(R"({"id": {}, "path": "/x"})"));
  EXPECT_EQ("1: unknown field pth: use id, method, path, body, text, cancel",
            problem(R"({"id": 1, "pth": "/x"})"));
  EXPECT_EQ(0U, problem("nonsense").find("null: cannot read the message: "));
  EXPECT_EQ(0U, problem("[]").find("null: cannot read the message: "));
}

TEST(Channel, AnswersHaveTheIdInThem) {
  EXPECT_EQ(R"({"id":7,"status":200,"body":{"ok":true}})",
            channel_answer("7", 200, "application/json", "{\"ok\":true}\n"));
  EXPECT_EQ(R"({"id":7,"status":200,"text":"OK"})",
            channel_answer("7", 200, "text/plain; charset=utf-8", "OK"));
  EXPECT_EQ(R"({"id":7,"status":304})", channel_answer("7", 304, "", ""));
  EXPECT_EQ(R"({"id":"a","status":200,"stream":true})", channel_begin("\"a\"", 200));
  EXPECT_EQ(R"({"id":7,"data":{"x":1}})", channel_data("7", R"({"x":1})"));
  EXPECT_EQ("{\"id\":7,\"text\":\"\\u001b\xef\xbf\xbd\"}", channel_text("7", "\x1b\xff"));
  EXPECT_EQ(R"({"id":7,"end":true})", channel_end("7"));
}

TEST(Channel, ReadsWhatATerminalIsTold) {
  const auto size = parse_terminal_command(R"({"resize": {"rows": 30, "columns": 100}})");
  ASSERT_TRUE(size);
  EXPECT_EQ(TerminalCommand::Kind::Resize, size->kind);
  EXPECT_EQ(30, size->rows);
  EXPECT_EQ(100, size->columns);
  EXPECT_EQ("x", parse_terminal_command(R"({"write": "x"})")->text);
  EXPECT_EQ(TerminalCommand::Kind::EndInput,
            parse_terminal_command(R"({"end_input": true})")->kind);
}

TEST(Channel, AndNothingElse) {
  for (const char* text :
       {"x", "{}", R"({"write": 1})", R"({"end_input": false})", R"({"resize": 7})",
        R"({"resize": {"rows": 0, "columns": 1}})", R"({"resize": {"rows": 65536, "columns": 1}})",
        R"({"resize": {"rows": 1}})", R"({"write": "x", "end_input": true})", R"({"wrte": "x"})"}) {
    EXPECT_FALSE(parse_terminal_command(text)) << text;
  }
}

}  // namespace
}  // namespace gaffer::wire
