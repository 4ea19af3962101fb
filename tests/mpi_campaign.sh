#!/bin/bash
# mpi_campaign.sh PERIGEE MPIEXEC: a campaign over three ranks has the rows of one process, and still has them after
# single ranks were killed at random moments and the command was started again. `compare merge` refuses rows that differ.
set -u
perigee=$1
mpiexec=$2
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_btl=self,vader
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
campaign=(compare --problems "capped-saddle,octopus(dimension=4),rosenbrock,beale@saddle" --starts +1e-3,random --seeds 2000
          --solvers gradient-descent,perturbed-gradient-descent,limited-memory-bfgs,trust-region-newton-cg --budget 2000)
fail() { echo "mpi_campaign: $1" >&2; exit 1; }
over_ranks() { "$mpiexec" --oversubscribe -n 3 "$perigee" "${campaign[@]}" --store "$1"; }
same_as_alone() {
  "$perigee" compare merge "$1" --store "$folder/alone.sqlite" > "$folder/merged" || fail "$1 differs from one process"
  grep -q ": 0 runs added" "$folder/merged" || fail "$1 has other runs than one process"
  "$perigee" compare show "$1" | cmp - "$folder/alone" || fail "$1 is summed up otherwise"
}

"$perigee" "${campaign[@]}" --threads 1 --store "$folder/alone.sqlite" > "$folder/alone" || fail "one process failed"
# mpiexec gives its ranks a terminal, to whose width sentences are wrapped.
in_one_line() { tr -s '[:space:]' ' '; }
over_ranks "$folder/ranks.sqlite" | in_one_line | cmp - <(in_one_line < "$folder/alone") ||
  fail "the table of three ranks differs"
same_as_alone "$folder/ranks.sqlite"

RANDOM=7
killed=0
for attempt in $(seq 10); do
  over_ranks "$folder/killed.sqlite" > /dev/null 2>&1 &
  job=$!
  ranks=()
  while [ ${#ranks[@]} -eq 0 ] && kill -0 "$job" 2> /dev/null; do
    launcher=$(pgrep -P "$job")
    [ -n "$launcher" ] && ranks=($(pgrep -P "$launcher"))
    sleep 0.02
  done
  sleep "0.$((RANDOM % 8))$((RANDOM % 10))"
  [ ${#ranks[@]} -gt 0 ] && kill -9 "${ranks[RANDOM % ${#ranks[@]}]}" 2> /dev/null && killed=$((killed + 1))
  wait "$job"
done
[ "$killed" -gt 0 ] || fail "no rank could be killed: nothing was tested"
over_ranks "$folder/killed.sqlite" > /dev/null || fail "the campaign did not go on after $killed kills"
same_as_alone "$folder/killed.sqlite"
echo "$killed kills"
