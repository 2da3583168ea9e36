#!/bin/bash
# Whether libgaffer.so shows C the functions of packaging/libgaffer.symbols, each of which gaffer.h declares: programs
# that were linked yesterday need them.
#
#   abi_test.sh LIBRARY SOURCE
set -euo pipefail
library=$1 source=$2
has=$(nm -D --defined-only "$library" | awk '{print $3}' | sed 's/@.*//' | grep '^gaffer_' | sort)
diff "$source/packaging/libgaffer.symbols" <(echo "$has")
declared=$(grep -o '\bgaffer_[a-z_]*(' "$source/include/gaffer/gaffer.h" | tr -d '(' | sort -u)
diff <(echo "$declared") <(echo "$has")
# Nothing of what it is made of.
if nm -DC --defined-only "$library" | grep -E ' [A-Za-z] gaffer::(os|uv|stream|stats|wire|policy|config)::'; then
  echo "these are nobody else's business" >&2
  exit 1
fi
