#include "crypto/digest.h"

#include <gtest/gtest.h>

namespace gaffer::crypto {
namespace {

// FIPS 180-2, appendix B; RFC 4231, case 2; RFC 4648 §10; RFC 6455 §1.3.
TEST(Digest, IsThatOfTheStandards) {
  EXPECT_EQ("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", hex(sha256("abc")));
  EXPECT_EQ("a9993e364706816aba3e25717850c26c9cd0d89d", hex(sha1("abc")));
  EXPECT_EQ("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            hex(hmac_sha256("Jefe", "what do ya want for nothing?")));
  EXPECT_EQ("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
            base64(sha1("dGhlIHNhbXBsZSBub25jZQ==258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
}

TEST(Base64, FillsUpWhatIsNoMultipleOfThree) {
  EXPECT_EQ("", base64(""));
  EXPECT_EQ("Zg==", base64("f"));
  EXPECT_EQ("Zm8=", base64("fo"));
  EXPECT_EQ("Zm9v", base64("foo"));
}

TEST(RandomBytes, AreNeverTheSame) {
  EXPECT_EQ(32U, random_bytes(32).size());
  EXPECT_NE(random_bytes(32), random_bytes(32));
}

TEST(ConstantTime, TellsEqualFromUnequal) {
  EXPECT_TRUE(equals_in_constant_time("", ""));
  EXPECT_TRUE(equals_in_constant_time("abc", "abc"));
  EXPECT_FALSE(equals_in_constant_time("abc", "abd"));
  EXPECT_FALSE(equals_in_constant_time("abc", "abcd"));
}

}  // namespace
}  // namespace gaffer::crypto
