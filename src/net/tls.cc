#include "net/tls.h"

#include <algorithm>
#include <array>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "base/assert.h"

namespace gaffer::net {
namespace {

std::string reason() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  const char* text = ERR_reason_error_string(code);
  return text != nullptr ? text : "unknown reason";
}

Error bad_file(const char* what, const std::string& path) {
  const std::string sentence = std::string("cannot use ").append(what).append(" ").append(path);
  const unsigned long code = ERR_peek_error();
  if (ERR_SYSTEM_ERROR(code)) return os_error(sentence, ERR_GET_REASON(code));
  return {Errc::InvalidArgument, 0, sentence + ": " + reason()};
}

Error broken(const char* what) {
  return {Errc::Protocol, 0, std::string("cannot ") + what + ": " + reason()};
}

// We speak HTTP/1.1 and say so; who offers nothing of the kind may try all the same.
int choose_protocol(SSL* /*session*/, const unsigned char** chosen, unsigned char* length,
                    const unsigned char* offered, unsigned offered_length, void* /*context*/) {
  static constexpr std::array<unsigned char, 9> kOurs = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  unsigned char* found = nullptr;
  const int outcome =
      SSL_select_next_proto(&found, length, kOurs.data(), kOurs.size(), offered, offered_length);
  *chosen = found;
  return outcome == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

// A key with a passphrase is refused: OpenSSL would ask for it on our terminal.
int no_passphrase(char* /*into*/, int /*size*/, int /*is_new*/, void* /*context*/) { return 0; }

Result<void> require_client_certificate(SSL_CTX* context, const std::string& path) {
  STACK_OF(X509_NAME)* names = SSL_load_client_CA_file(path.c_str());
  if (names == nullptr || SSL_CTX_load_verify_locations(context, path.c_str(), nullptr) != 1) {
    sk_X509_NAME_pop_free(names, X509_NAME_free);
    return bad_file("client CA", path);
  }
  SSL_CTX_set_client_CA_list(context, names);  // Takes them over.
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  return {};
}

}  // namespace

void TlsContext::Free::operator()(ssl_ctx_st* context) const noexcept { SSL_CTX_free(context); }

void TlsSession::Free::operator()(ssl_st* session) const noexcept { SSL_free(session); }

Result<std::shared_ptr<const TlsContext>> TlsContext::load(const TlsFiles& files) {
  ERR_clear_error();
  std::shared_ptr<TlsContext> made(new TlsContext);
  made->context_.reset(SSL_CTX_new(TLS_server_method()));
  SSL_CTX* context = made->raw();
  GAFFER_ASSERT(context != nullptr, "there is memory for a TLS context");
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);  // Idle connections are many.
  SSL_CTX_set_default_passwd_cb(context, no_passphrase);
  SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
  // Sessions of one certificate must not be resumed under another after a reload.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  if (SSL_CTX_use_certificate_chain_file(context, files.certificate.c_str()) != 1)
    return bad_file("certificate", files.certificate);
  if (SSL_CTX_use_PrivateKey_file(context, files.key.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(context) != 1)
    return bad_file("key", files.key);
  if (!files.client_ca.empty()) GAFFER_TRY(require_client_certificate(context, files.client_ca));
  return std::shared_ptr<const TlsContext>(std::move(made));
}

TlsSession::TlsSession(const TlsContext& context) : session_(SSL_new(context.raw())) {
  GAFFER_ASSERT(session_ != nullptr, "there is memory for a TLS session");
  SSL_set_bio(session_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));  // Takes them over.
  SSL_set_accept_state(session_.get());
}

void TlsSession::feed(std::string_view ciphertext) {
  BIO_write(SSL_get_rbio(session_.get()), ciphertext.data(), static_cast<int>(ciphertext.size()));
}

Result<void> TlsSession::handshake() {
  ERR_clear_error();
  const int done = SSL_do_handshake(session_.get());
  if (done == 1 || SSL_get_error(session_.get(), done) == SSL_ERROR_WANT_READ) return {};
  return broken("agree on TLS");
}

bool TlsSession::is_established() const { return SSL_is_init_finished(session_.get()) == 1; }

Result<std::string_view> TlsSession::read() {
  static thread_local std::array<char, 16'384> shared;  // A record has at most so many.
  ERR_clear_error();
  const int got = SSL_read(session_.get(), shared.data(), shared.size());
  if (got > 0) return std::string_view(shared.data(), static_cast<std::size_t>(got));
  const int outcome = SSL_get_error(session_.get(), got);
  if (outcome == SSL_ERROR_WANT_READ || outcome == SSL_ERROR_ZERO_RETURN) return std::string_view();
  return broken("read TLS");
}

bool TlsSession::has_ended() const {
  return (SSL_get_shutdown(session_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
}

Result<void> TlsSession::write(std::string_view plaintext) {
  if (plaintext.empty()) return {};
  ERR_clear_error();
  const int written =
      SSL_write(session_.get(), plaintext.data(), static_cast<int>(plaintext.size()));
  if (written == static_cast<int>(plaintext.size())) return {};
  return broken("write TLS");
}

void TlsSession::finish() {
  ERR_clear_error();
  (void)SSL_shutdown(session_.get());  // We do not wait for the answer.
  ERR_clear_error();
}

std::string TlsSession::take_output() {
  BIO* out = SSL_get_wbio(session_.get());
  std::string bytes(BIO_ctrl_pending(out), '\0');
  if (!bytes.empty()) BIO_read(out, bytes.data(), static_cast<int>(bytes.size()));
  return bytes;
}

}  // namespace gaffer::net
