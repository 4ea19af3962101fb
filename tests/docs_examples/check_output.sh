#!/bin/sh
# check_output.sh PAGE NUMBER COMMAND...: runs the command; its output must be the NUMBER-th text block of the page
# (empty NUMBER: any output will do, but there must be some).
page=$1
number=$2
shift 2
here=$(dirname "$0")
actual=$("$@") || exit 1
[ -n "$actual" ] || { echo "no output" >&2; exit 1; }
[ -n "$number" ] || { printf '%s\n' "$actual"; exit 0; }
expected=$(awk -v language=text -v number="$number" -f "$here/extract_block.awk" "$page") || {
  echo "$page has no text block $number" >&2
  exit 1
}
[ "$actual" = "$expected" ] && exit 0
printf 'expected (from %s):\n%s\n\ngot:\n%s\n' "$page" "$expected" "$actual" >&2
exit 1
