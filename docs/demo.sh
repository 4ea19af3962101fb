#!/usr/bin/env bash
# The demonstration: docs/demo.sh PERIGEE OUTPUT_FOLDER (./dev demo calls it with a fresh build).
set -euo pipefail
perigee=$1
out=$2
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
logs="$here/../tests/data/logs"
rm -rf "$out"
mkdir -p "$out"

title() { printf '\n=== %s ===\n\n' "$*"; }
note() { printf '%s' "$*" | tr '\n' ' ' | fold -s -w 80; printf '\n\n'; }

title "1. A softmax policy falls into a gravity well"
note "Six arms, one better than the rest by 0.5. The policy starts near the corner of a suboptimal arm, with
probability 0.001 for the best one; exact gradients, learning rate 0.4."
"$perigee" run softmax-bandit --set initial_probability=0.001 --set start=corner --budget 20000 \
  --out "$out/softmax-well.sqlite" --report "$out/softmax-well.html"

title "2. The escort policy (p = 2) leaves from the very same point"
"$perigee" run escort-bandit --set initial_probability=0.001 --set start=corner --budget 20000 \
  --out "$out/escort-escape.sqlite" --report "$out/escort-escape.html"

title "3. The octopus: a chain of ten saddles"
note "Gradient descent from (1, ..., 1) with every stop rule off but the budget: it passes six saddles, each slower than
the last, and is stuck for ever at the seventh. Then perturbed gradient descent from the same point."
"$perigee" run octopus --solver gradient-descent --gradient-tolerance 0 --budget 5000 \
  --out "$out/octopus-gradient-descent.sqlite" --report "$out/octopus-gradient-descent.html"
"$perigee" run octopus --solver perturbed-gradient-descent --seed 1 --budget 5000 \
  --out "$out/octopus-perturbed.sqlite" --report "$out/octopus-perturbed.html"
note "Twenty seeds each: the octopus, and two saddles started at the exact stationary point."
solvers=(--solver gradient-descent --solver perturbed-gradient-descent --solver periodically-perturbed-gradient-descent)
"$perigee" compare --problem octopus "${solvers[@]}" --seeds 20 --budget 5000
"$perigee" compare --problem capped-saddle --problem monkey-saddle --start saddle "${solvers[@]}" --seeds 20 --budget 5000

title "4. A real training log: handwritten digits, one class never learnt"
"$perigee" diagnose "$logs/digits-softmax-reward-3.csv" --report "$out/digits-lost-class.html" \
  --json "$out/digits-lost-class.json"

printf '\nThe reports, each one file to open in a browser:\n'
for report in "$out"/*.html; do printf '  %s\n' "$report"; done
