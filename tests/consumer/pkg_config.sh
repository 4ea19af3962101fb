#!/bin/sh
# pkg_config.sh FOLDER SCRATCH VERSION COMPILER...: the consumer's program built with what pkg-config says, and run.
set -eu
export PKG_CONFIG_PATH=$1
scratch=$2
version=$3
shift 3
here=$(dirname "$0")
fail() { echo "$1" >&2; exit 1; }

mkdir -p "$scratch"
[ "$(pkg-config --modversion perigee)" = "$version" ] || fail "expected version $version"
pkg-config --validate perigee perigee-core perigee-solvers perigee-diagnostics
# The core alone drags in neither the diagnostics nor their database.
case $(pkg-config --libs perigee-core) in
  *sqlite*|*perigee_diagnostics*|*perigee_solvers*) fail "perigee-core asks for more than the core" ;;
esac
flags=$(pkg-config --cflags perigee)
libraries=$(pkg-config --libs perigee)
# shellcheck disable=SC2086  # words on purpose
"$@" -std=c++20 $flags -c "$here/main.cpp" -o "$scratch/main.o"
# shellcheck disable=SC2086
"$@" "$scratch/main.o" $libraries -o "$scratch/consumer"
"$scratch/consumer"
