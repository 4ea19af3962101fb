#!/usr/bin/env bash
# The published comparison: docs/comparison.sh PERIGEE OUTPUT_FOLDER [SEEDS]. What it shows is read in docs/comparison.md.
# Stopped at any moment and started again, it goes on from there. About four CPU minutes with 100 seeds.
set -euo pipefail
perigee=$1
out=$2
seeds=${3:-100}
mkdir -p "$out"

descent=gradient-descent,heavy-ball,nesterov,normalized-gradient-descent,barzilai-borwein,nonlinear-conjugate-gradient
descent+=,limited-memory-bfgs,adam
perturbed=perturbed-gradient-descent,periodically-perturbed-gradient-descent,occupation-time-perturbed-gradient-descent
perturbed+=,perturbed-gradient-descent-variant,continually-perturbed-gradient-descent
perturbed+=,perturbed-accelerated-gradient-descent,stochastic-gradient-descent,langevin-dynamics,entropy-sgd
curvature=negative-curvature-finding,accelerated-negative-curvature-finding,neon2,neon2-online
second_order=trust-region-newton-cg,adaptive-cubic-regularization,saddle-free-newton,newton-capped-cg
policy=natural-policy-gradient,geometry-aware-normalized-policy-gradient
solvers="guided,certified(limited-memory-bfgs),$descent,$perturbed,$curvature,$second_order"

# compare NAME OPTION...: one campaign, its table, and its runs and summary beside it.
compare() {
  local name=$1
  shift
  "$perigee" compare "$@" --seeds "$seeds" --judge point --store "$out/$name.sqlite" --json "$out/$name.json" \
    --csv "$out/$name.csv" > "$out/$name.txt"
  printf '\n=== %s ===\n\n' "$name"
  awk '/^$/ && ++blank == 2 { exit } { print }' "$out/$name.txt"  # the verdict, and a line a solver
}

# Saddles and standard problems: all of them, and the half on which nothing was chosen.
compare minimal --suite minimal --solvers "$solvers" --budget 10000 --targets 1e-1,1e-3,1e-5
compare minimal-held-out --suite minimal --part held-out --solvers "$solvers" --budget 10000 --targets 1e-1,1e-3,1e-5

# The held-out halves of both suites together, by those that lead somewhere.
leading="guided,certified(limited-memory-bfgs),limited-memory-bfgs,barzilai-borwein,nonlinear-conjugate-gradient"
leading+=,trust-region-newton-cg,adaptive-cubic-regularization,saddle-free-newton
compare held-out --suite minimal,policy --part held-out --solvers "$leading" --budget 10000 --targets 1e-1,1e-3,1e-5

# Policies: the suite of that name, and four-room by itself, whose 416 parameters cost time.
policies=softmax-bandit@corner,softmax-bandit@even,escort-bandit@corner,escort-bandit@even
policies+=,entropy-regularized-bandit@corner,stochastic-bandit@corner,asr-bandits@normal,softmax-cross-entropy@standard
policies+=,escort-cross-entropy@standard,softmax-attention@well,tabular-mdp@uniform,tabular-mdp@even
policies+=",tabular-mdp(transform=escort)@even,distractor-chain@uniform,distractor-chain(transform=escort)@uniform"
compare policy --problems "$policies" --solvers "$solvers,$policy" --budget 2000 --targets 1e-1,1e-3,1e-5
all_seeds=$seeds
seeds=$((all_seeds < 10 ? all_seeds : 10))
compare four-room --problems four-room@uniform --solvers "$solvers,geometry-aware-normalized-policy-gradient" --budget 500
seeds=$all_seeds

# From the exact saddle: what draws nothing and asks no second-order question stays where it is.
saddles=capped-saddle@saddle,zhang-li-saddle@saddle,monkey-saddle@saddle,lucchi-quartic@saddle,octopus@origin
saddles+=,beale@saddle,wood@saddle,rank-one-pca@saddle,symmetric-factorization@saddle,xor-network@saddle
compare exact-saddles --problems "$saddles" --solvers "$solvers" --budget 10000 --targets 1e-1,1e-3

# The same methods with what theory knows, where it knows enough, and tuned on the other half.
theory=gradient-descent,perturbed-gradient-descent,perturbed-gradient-descent-variant
theory+=,perturbed-accelerated-gradient-descent,negative-curvature-finding,accelerated-negative-curvature-finding,neon2
compare theory --suite minimal --solvers "$theory" --mode theory --budget 10000
tuned=guided,gradient-descent,heavy-ball,nesterov,adam,limited-memory-bfgs,barzilai-borwein
tuned+=,perturbed-gradient-descent,perturbed-accelerated-gradient-descent,negative-curvature-finding
tuned+=,trust-region-newton-cg,adaptive-cubic-regularization
"$perigee" compare tune --suite minimal --solvers "$tuned" --configurations 16 --seeds 5 --budget 2000 \
  --store "$out/tuning.sqlite" --json "$out/tuning.json" > "$out/tuning.txt"
compare tuned --suite minimal --solvers "$tuned" --mode tuned --tuning "$out/tuning.sqlite" --budget 10000
compare tuned-default --suite minimal --part held-out --solvers "$tuned" --first-seed 5 --budget 10000
