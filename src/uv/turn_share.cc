#include "uv/turn_share.h"

#include <utility>

namespace gaffer::uv {

TurnShare::TurnShare(Loop& loop, const Clock& clock, Duration most)
    : clock_(clock), most_(most), block_(pin<Block>([&](uv_check_t* raw) {
        uv_check_init(loop.raw(), raw);
        uv_unref(reinterpret_cast<uv_handle_t*>(raw));
      })) {}

bool TurnShare::is_left() {
  const Moment now = clock_.now();
  if (!std::exchange(block_->is_begun, true)) {
    begin_ = now;
    uv_check_start(&block_->raw, [](uv_check_t* raw) {
      static_cast<Block*>(raw->data)->is_begun = false;
      uv_check_stop(raw);
    });
  }
  return now - begin_ < most_;
}

}  // namespace gaffer::uv
