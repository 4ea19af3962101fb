#!/usr/bin/env bash
# chroot.sh PACKAGES ROOT [MIRROR]: installs the packages of the folder PACKAGES by apt into a fresh Debian 12 in the
# folder ROOT, diagnoses a log there, and builds and runs the consumer project there with CMake. Needs root rights and
# debootstrap; some minutes, about 1 GB. MIRROR: by default the one that this machine's apt uses.
set -euo pipefail
packages=$(realpath "$1")
root=$(realpath -m "$2")
mirror=${3:-}
compgen -G "$packages/perigee_*.deb" >/dev/null || { echo "$packages holds no packages: ./dev package $packages" >&2; exit 1; }
source=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")
if [[ -z $mirror ]]; then
  mirror=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME)' | awk '$2 == "bookworm" { print $1; exit }')
fi
[[ -e $root/etc/debian_version ]] || debootstrap --variant=minbase bookworm "$root" "$mirror"
# The chroot reaches its mirror as this machine does.
mkdir -p "$root/etc/apt/apt.conf.d"
apt-config dump | grep -i '^Acquire::.*\(proxy\|verify\|CaInfo\)' >"$root/etc/apt/apt.conf.d/90mirror" || true
echo "deb [trusted=yes] $mirror bookworm main" >"$root/etc/apt/sources.list"
mkdir -p "$root/srv/perigee"
cp "$packages"/*.deb "$root/srv/perigee"
cp -r "$source/tests/consumer" "$source/tests/data/logs" "$root/srv/perigee"

inside() { chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive "$@"; }
inside apt-get update -qq
inside sh -ec 'cd /srv/perigee && apt-get install -y -qq --no-install-recommends ./perigee_*.deb >/dev/null'
inside perigee --version --verbose
inside perigee diagnose /srv/perigee/logs/digits-softmax-reward-3.csv | tee "$root/srv/perigee/report" | head -8
grep -q gravity-well "$root/srv/perigee/report" || { echo "the installed command does not see the well" >&2; exit 1; }
inside sh -ec 'cd /srv/perigee && apt-get install -y -qq --no-install-recommends ./libperigee-dev_*.deb g++ cmake make >/dev/null
  cmake -S consumer -B build -DCMAKE_BUILD_TYPE=Release >/dev/null && cmake --build build && build/consumer'
if compgen -G "$packages/python3-perigee_*.deb" >/dev/null; then
  inside sh -ec 'cd /srv/perigee && apt-get install -y -qq --no-install-recommends ./python3-perigee_*.deb >/dev/null
    python3 -c "import perigee; assert \"gravity-well\" in perigee.diagnose(\"logs/digits-softmax-reward-3.csv\")"'
fi
echo "installed and used in $root"
