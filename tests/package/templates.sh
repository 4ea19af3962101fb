#!/usr/bin/env bash
# templates.sh SOURCE COMPILER EIGEN LIBRARY...: the solver of CONTRIBUTING.md's five-minute path, a problem and a detector,
# made in a scratch copy of the tree, compile with all warnings, and so do the files that register them; their tests, linked
# with these and the libraries that are built already, pass. What is there already is not written over.
set -euo pipefail
source=$1 compiler=$2 eigen=$3
libraries=("${@:4}")
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
cp "$source"/{.clang-format,CONTRIBUTING.md,dev} "$work"
for folder in lib solvers diagnostics; do ln -s "../../$folder" "$work/view/perigee/$folder"; done
cd "$work"

# The first block of CONTRIBUTING.md as it stands there; the building is done by hand below.
path=$(awk '/^```sh$/ { inside = 1; next } /^```$/ && inside { exit } inside { sub(/ *#.*/, ""); print }' CONTRIBUTING.md)
new_solver=$(grep '^\./dev new solver ' <<<"$path") || fail "CONTRIBUTING.md does not make a solver"
target=$(sed -n 's/^cmake --build build\/release --target //p' <<<"$path")
bash -c "$new_solver" >made-solver
[[ -f tests/$target.cpp ]] || fail "CONTRIBUTING.md builds $target, which '$new_solver' does not make"
[[ $(tail -n 1 <<<"$path") == build/release/tests/$target ]] || fail "CONTRIBUTING.md does not run $target"
for kind in problem detector; do ./dev new $kind brand-new-$kind >"made-$kind"; done
solver=${target#test_}

# compiled OBJECTS FILE...: with all warnings, into the folder OBJECTS.
compiled() {
  local objects=$1 file
  mkdir -p "$objects"
  for file in "${@:2}"; do
    "$compiler" -std=c++20 -c -o "$objects/$(basename "$file" .cpp).o" -Wall -Wextra -Wpedantic -Wshadow -Wconversion \
      -Wno-sign-conversion -Werror -Iview -Itests -isystem "$eigen" "$file" || fail "$file does not compile"
  done
}
compiled objects/solver "solvers/$solver.cpp" "tests/$target.cpp" solvers/registry.cpp
compiled objects/problem lib/problems/brand_new_problem.cpp tests/test_brand_new_problem.cpp lib/problems/registry.cpp
compiled objects/detector diagnostics/brand_new_detector.cpp tests/test_brand_new_detector.cpp diagnostics/diagnose.cpp \
  diagnostics/finding.cpp
# What is new comes before the libraries, which have the registries of before.
for kind in solver problem detector; do
  "$compiler" -o "test-$kind" objects/$kind/*.o -Wl,--start-group "${libraries[@]}" -Wl,--end-group -pthread ||
    fail "the test of the new $kind does not link"
  "./test-$kind" >"ran-$kind" || { cat "ran-$kind"; fail "the test of the new $kind fails"; }
  grep -q "All tests passed" "ran-$kind" || fail "the test of the new $kind has no test"
done
for pair in "solvers/registry.cpp:$solver" lib/problems/registry.cpp:brand_new_problem \
  diagnostics/diagnose.cpp:detect_brand_new_detector diagnostics/finding.cpp:brand-new-detector; do
  grep -q "${pair#*:}" "${pair%%:*}" || fail "${pair%%:*} does not register ${pair#*:}"
done
! grep -rl '@[A-Za-z]*@' solvers/"$solver"* lib/problems/brand* diagnostics/brand* tests/test_brand* "tests/$target.cpp" docs/solvers docs/problems docs/findings ||
  fail "a placeholder was left in these files"

for wrong in "solver heavy-ball" "solver Heavy" "optimizer new" "solver"; do
  # shellcheck disable=SC2086  # two words
  if docs/templates/new.sh $wrong >/dev/null 2>&1; then fail "'new $wrong' must be refused"; fi
done
cmp -s "$source/solvers/heavy_ball.cpp" solvers/heavy_ball.cpp || fail "heavy_ball.cpp was written over"
