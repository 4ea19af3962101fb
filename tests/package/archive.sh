#!/bin/sh
# archive.sh SOURCE SCRATCH: two source archives, made under different umasks and from different folders, are the same
# bytes, and hold the tracked files under one folder. Skipped (77) where the sources are not a git checkout.
set -eu
source=$1
scratch=$2
fail() { echo "$1" >&2; exit 1; }
git -C "$source" rev-parse --git-dir >/dev/null 2>&1 || exit 77
rm -rf "$scratch"
mkdir -p "$scratch/first" "$scratch/second"
(umask 022 && "$source/dev" archive "$scratch/first")
(umask 077 && cd / && TZ=Asia/Tokyo "$source/dev" archive "$scratch/second")
archive=$(basename "$scratch"/first/perigee-*.tar.gz)
cmp "$scratch/first/$archive" "$scratch/second/$archive" || fail "two archives of one commit differ"
folder=${archive%.tar.gz}
tar -tzf "$scratch/first/$archive" | grep -q "^$folder/CMakeLists.txt\$" || fail "$archive has no $folder/CMakeLists.txt"
[ "$(tar -tzf "$scratch/first/$archive" | grep -vc '/$')" = "$(git -C "$source" ls-tree -r --name-only HEAD | wc -l)" ] ||
  fail "$archive does not hold the files of the commit"
