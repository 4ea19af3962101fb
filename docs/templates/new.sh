#!/usr/bin/env bash
# new.sh solver|problem|detector NAME [TREE]: makes the files of a new one from the templates beside this script, and its
# lines of registration. NAME is kebab-case and spelt out; TREE is the folder of the sources (default: this one).
set -euo pipefail
templates=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
fail() {
  echo "new: $*" >&2
  exit 2
}

(($# == 2 || $# == 3)) || fail "expected solver, problem or detector, and a name, got $# words"
kind=$1 name=$2 tree=${3:-$templates/../..}
[[ $name =~ ^[a-z][a-z0-9]*(-[a-z0-9]+)*$ ]] || fail "the name must be kebab-case, as in heavy-ball, got '$name'"
snake=${name//-/_}
guard=${snake^^}
type=$(sed -E 's/(^|-)([a-z0-9])/\U\2/g' <<<"$name")
words=${name//-/ }
case $kind in
  solver) folder=solvers registry=solvers/registry.cpp page=docs/solvers/$name.md ;;
  problem) folder=lib/problems registry=lib/problems/registry.cpp page=docs/problems/$name.md ;;
  detector) folder=diagnostics registry=diagnostics/diagnose.cpp page=docs/findings/$name.md ;;
  *) fail "the first word must be solver, problem or detector, got '$kind'" ;;
esac
cd "$tree"
header=$folder/$snake.hpp source=$folder/$snake.cpp test=tests/test_$snake.cpp
for file in "$header" "$source" "$test" "$page"; do
  [[ ! -e $file ]] || fail "$file is there already"
done

# make TEMPLATE FILE
make() {
  mkdir -p "$(dirname "$2")"
  sed -e "s/@name@/$name/g; s/@snake@/$snake/g; s/@GUARD@/$guard/g; s/@Type@/$type/g; s/@Title@/${words^}/g" \
    "$templates/$kind/$1.in" >"$2"
  echo "$2"
}
make header.hpp "$header"
make source.cpp "$source"
make test.cpp "$test"
make page.md "$page"

# insert FILE LINE PATTERN: before the first line that matches, and says where.
insert() {
  local number
  number=$(grep -n -m 1 -e "$3" "$1" | cut -d: -f1) || fail "$1 has no line like $3 to register before"
  sed -i "${number}i\\$2" "$1"
  echo "$1:$number: $2"
}
include="#include <perigee/$folder/$snake.hpp>"
include_pattern="^#include <perigee/$folder/"
case $kind in
  solver)
    insert $registry "$include" "$include_pattern[a-z_]*\.hpp>\$"
    insert $registry "      $snake()," '^  };$'
    ;;
  problem)
    insert $registry "$include" "$include_pattern[a-z_]*\.hpp>\$"
    insert $registry "      $snake()," '^  };$'
    ;;
  detector)
    insert $registry "$include" "$include_pattern[a-z_]*\.hpp>\$"
    insert $registry "    detect_$snake," '^};$'
    insert diagnostics/finding.cpp "      {\"$name\", \"what it means, in one line\"}," '^  };$'
    ;;
esac
if command -v clang-format >/dev/null; then clang-format -i "$header" "$source" "$test" $registry; fi
cat <<NEXT

Next: put the method in place of the example, then
  cmake --preset release && cmake --build build/release --target test_$snake && build/release/tests/test_$snake
docs/how-to/extend.md says what else belongs to a $kind; list $page in docs/README.md.
NEXT
