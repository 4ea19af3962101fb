#!/usr/bin/env bash
# templates.sh SOURCE COMPILER EIGEN: a new solver, problem and detector, made in a scratch copy of the tree, compile with
# all warnings, and so do the files that register them; what is there already is not written over.
set -euo pipefail
source=$1 compiler=$2 eigen=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
  echo "templates.sh: $*" >&2
  exit 1
}
mkdir -p "$work/tests" "$work/docs" "$work/view/perigee"
cp -r "$source"/{lib,solvers,diagnostics} "$work"
cp -r "$source/tests/support" "$work/tests"
cp -r "$source/docs/templates" "$work/docs"
cp "$source/.clang-format" "$work"
for folder in lib solvers diagnostics; do ln -s "../../$folder" "$work/view/perigee/$folder"; done
cd "$work"
for kind in solver problem detector; do docs/templates/new.sh $kind brand-new-$kind >"made-$kind"; done

for file in solvers/brand_new_solver.cpp lib/problems/brand_new_problem.cpp diagnostics/brand_new_detector.cpp \
  tests/test_brand_new_{solver,problem,detector}.cpp solvers/registry.cpp lib/problems/registry.cpp \
  diagnostics/diagnose.cpp diagnostics/finding.cpp; do
  "$compiler" -std=c++20 -fsyntax-only -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Werror \
    -Iview -Itests -isystem "$eigen" "$file" || fail "$file does not compile"
done
for pair in solvers/registry.cpp:brand_new_solver lib/problems/registry.cpp:brand_new_problem \
  diagnostics/diagnose.cpp:detect_brand_new_detector diagnostics/finding.cpp:brand-new-detector; do
  grep -q "${pair#*:}" "${pair%%:*}" || fail "${pair%%:*} does not register ${pair#*:}"
done
! grep -rl '@[A-Za-z]*@' solvers/brand* lib/problems/brand* diagnostics/brand* tests/test_brand* docs/solvers docs/problems docs/findings ||
  fail "a placeholder was left in these files"

for wrong in "solver heavy-ball" "solver Heavy" "optimizer new" "solver"; do
  # shellcheck disable=SC2086  # two words
  if docs/templates/new.sh $wrong >/dev/null 2>&1; then fail "'new $wrong' must be refused"; fi
done
cmp -s "$source/solvers/heavy_ball.cpp" solvers/heavy_ball.cpp || fail "heavy_ball.cpp was written over"
