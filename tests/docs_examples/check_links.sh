#!/bin/sh
# check_links.sh ROOT: every relative link of the documentation leads to a file or a folder (those of the site's own pages:
# docs/site/build.py).
cd "$1" || exit 1
broken=0
for page in README.md CHANGELOG.md bench/README.md $(find docs tests/data -name '*.md' -not -path 'docs/site/*'); do
  for link in $(grep -o '](\([^)# ]*\))' "$page" | sed 's/^](//; s/)$//' | grep -v '^https\{0,1\}:' | grep -v '::'); do
    if [ ! -e "$(dirname "$page")/$link" ]; then
      echo "$page: $link does not exist" >&2
      broken=1
    fi
  done
done
exit $broken
