#!/bin/sh
# deb.sh CPACK CONFIGURATION SCRATCH VERSION LOG COMPILER...: makes the Debian packages, twice with the same bytes in them,
# unpacks them into an empty folder, and uses the command and the library from there.
set -eu
cpack=$1
configuration=$2
scratch=$3
version=$4
log=$5
shift 5
here=$(dirname "$0")
fail() { echo "$1" >&2; exit 1; }

rm -rf "$scratch"
mkdir -p "$scratch/root" "$scratch/again"
make_packages() {
  "$cpack" -G DEB --config "$configuration" -B "$1" >"$1/cpack.log" 2>&1 || { cat "$1/cpack.log"; exit 1; }
}
export SOURCE_DATE_EPOCH=1700000000
make_packages "$scratch"
# At another time, by somebody whose files are nobody else's to read, in another time zone.
(umask 077 && TZ=Asia/Tokyo make_packages "$scratch/again")
for file in "$scratch"/*.deb; do
  for part in --fsys-tarfile --ctrl-tarfile; do
    dpkg-deb "$part" "$file" >"$scratch/part"
    dpkg-deb "$part" "$scratch/again/$(basename "$file")" | cmp - "$scratch/part" || fail "two packages of one build differ"
  done
  ! dpkg-deb -c "$file" | grep -v '^[d-]rw[x-]r-[x-]r-[x-]' || fail "$file has files that not everybody can read"
done
rm -rf "$scratch/again" "$scratch/part"
for package in perigee libperigee-dev; do
  file=$(find "$scratch" -maxdepth 1 -name "${package}_${version}_*.deb")
  [ -n "$file" ] || fail "there is no package $package of version $version"
  dpkg-deb -x "$file" "$scratch/root"
  [ "$(dpkg-deb -f "$file" Package)" = "$package" ] || fail "$file is not of $package"
done

# What the programs are linked to, found by dpkg-shlibdeps, and what the installed CMake and pkg-config files ask for.
case $(dpkg-deb -f "$scratch"/perigee_*.deb Depends) in
  *libc6*libsqlite3-0*) ;;
  *) fail "perigee depends on $(dpkg-deb -f "$scratch"/perigee_*.deb Depends)" ;;
esac
needs=$(dpkg-deb -f "$scratch"/libperigee-dev_*.deb Depends)
for module in $(PKG_CONFIG_PATH=$(dirname "$(find "$scratch/root" -name perigee.pc)") pkg-config --print-requires perigee-core |
                sed 's/ .*//'); do
  case $module in
    eigen3) package=libeigen3-dev ;;
    zlib) package=zlib1g-dev ;;
    *) package=$module-dev ;;
  esac
  case $needs in *"$package"*) ;; *) fail "libperigee-dev does not depend on $package" ;; esac
done

perigee=$(find "$scratch/root" -path '*/bin/perigee')
[ "$("$perigee" --version)" = "perigee $version" ] || fail "$perigee --version"
"$perigee" diagnose "$log" | grep -q gravity-well || fail "the packaged command does not see the well in $log"
for file in share/man/man1/perigee.1 share/bash-completion/completions/perigee share/doc/perigee/copyright; do
  [ -s "$(dirname "$(dirname "$perigee")")/$file" ] || fail "$file is not in the package"
done
exec "$here/../consumer/pkg_config.sh" "$(dirname "$(find "$scratch/root" -name perigee.pc)")" "$scratch/consumer" \
  "$version" "$@"
