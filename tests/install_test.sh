#!/bin/bash
# Installs into a folder of its own and uses what is there as somebody would who has nothing else.
#
#   install_test.sh BUILD SOURCE FLAGS    FLAGS: what the compilers are to be given, such as -fsanitize=address
set -euo pipefail
build=$1 source=$2 flags=${3:-}
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
say() { echo "$*" >&2; exit 1; }

DESTDIR='' cmake --install "$build" --prefix "$place/usr" > "$place/log" || say "$(cat "$place/log")"

for file in bin/gaffer bin/gafferd bin/gaffer-keeper include/gaffer/manager.h include/gaffer/gaffer.h \
            share/man/man1/gaffer.1 share/man/man8/gafferd.8 share/man/man5/gaffer.ini.5 \
            share/bash-completion/completions/gaffer share/zsh/site-functions/_gaffer \
            share/fish/vendor_completions.d/gaffer.fish \
            lib/systemd/system/gafferd.service lib/systemd/user/gafferd.service; do
  [[ -s $place/usr/$file ]] || say "not installed: $file"
done
[[ $("$place/usr/bin/gaffer" version) == *gaffer* ]] || say "bin/gaffer does not run"

library=$(dirname "$(find "$place/usr" -name 'libgaffer.so' | head -n 1)")
expected_page=$'a: hello\nSTATS of greeter: 1 process\nstopped'
expected_hello=$'web.1 out: hello\nupdate\nweb.2 out: hello\nstopped'
check() { # PROGRAM EXPECTED
  local said
  said=$(LD_LIBRARY_PATH=$library "$1") || say "$1 ended with $?: $said"
  [[ $said == "$2" ]] || say "$1 said: $said"
}

# With CMake, in a clean folder.
cp -r "$source/examples" "$place/examples"
cmake -S "$place/examples/installed" -B "$place/with_cmake" -DCMAKE_PREFIX_PATH="$place/usr" \
      -DCMAKE_C_FLAGS="$flags" -DCMAKE_CXX_FLAGS="$flags" > "$place/log" 2>&1 || say "$(cat "$place/log")"
cmake --build "$place/with_cmake" > "$place/log" 2>&1 || say "$(cat "$place/log")"
check "$place/with_cmake/page" "$expected_page"
check "$place/with_cmake/page_static" "$expected_page"
check "$place/with_cmake/hello" "$expected_hello"

# With pkg-config.
export PKG_CONFIG_PATH=$library/pkgconfig
# shellcheck disable=SC2046,SC2086 # They are words.
c++ -std=c++20 $flags "$place/examples/library/page.cc" -o "$place/page" $(pkg-config --cflags --libs gaffer)
check "$place/page" "$expected_page"
# shellcheck disable=SC2046,SC2086
cc -std=c11 -pedantic -Wall -Wextra -Werror $flags "$place/examples/c/hello.c" -o "$place/hello" \
   $(pkg-config --cflags --libs gaffer)
check "$place/hello" "$expected_hello"
