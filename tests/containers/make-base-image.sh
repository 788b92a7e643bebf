#!/bin/sh
# Makes the base image of the services on a machine that can reach Debian's packages and npm, but no container registry.
#
# usage: tests/containers/make-base-image.sh
#
# The image is a stand-in with the same tag as the real one, so that `docker build` finds it and asks nobody: Debian bookworm without extras, the `node`
# binary of the npm package `node` (installed by `npm ci` at the root), npm, a user `node` (1000), and the certificates that this machine trusts.
# Where the image is there already, real or stand-in, nothing happens. It belongs to the tests; the product uses the real one.
#
# Nothing more is needed for testcontainers: with TESTCONTAINERS_RYUK_DISABLED=true it pulls no image of its own.
set -eu

image=${NETSTORE_BASE_IMAGE:-node:26-bookworm-slim}
repository_root=$(cd "$(dirname "$0")/../.." && pwd)
node_binary=$repository_root/node_modules/node/bin/node
ca_bundle=${NODE_EXTRA_CA_CERTS:-/etc/ssl/certs/ca-certificates.crt}

if docker image inspect "$image" >/dev/null 2>&1; then
  echo "$image is there already."
  exit 0
fi

fail() {
  echo "$1" >&2
  exit 1
}
command -v debootstrap >/dev/null || fail "debootstrap is missing (Debian: apt-get install debootstrap)."
[ "$(id -u)" = 0 ] || fail "debootstrap needs root."
[ -x "$node_binary" ] || fail "$node_binary is missing: run npm ci and npm rebuild node first."
npm_package=$(npm root --global 2>/dev/null)/npm
[ -d "$npm_package" ] || fail "This machine's npm was not found beside its global packages ($npm_package)."

build_dir=$(mktemp -d)
trap 'rm -rf "$build_dir"' EXIT
rootfs=$build_dir/rootfs

echo "Making $image with debootstrap …"
if ! debootstrap --variant=minbase --include=ca-certificates,libatomic1,libstdc++6 bookworm "$rootfs" >"$build_dir/debootstrap.log" 2>&1; then
  tail -n 20 "$build_dir/debootstrap.log" >&2
  fail "debootstrap failed."
fi

install -D -m 0755 "$node_binary" "$rootfs/usr/local/bin/node"
mkdir -p "$rootfs/usr/local/lib/node_modules" "$rootfs/usr/local/etc"
cp -RL "$npm_package" "$rootfs/usr/local/lib/node_modules/npm"
ln -s ../lib/node_modules/npm/bin/npm-cli.js "$rootfs/usr/local/bin/npm"
ln -s ../lib/node_modules/npm/bin/npx-cli.js "$rootfs/usr/local/bin/npx"

# What this machine trusts, the image must trust too: a company's proxy signs with its own certificate.
cp -L "$ca_bundle" "$rootfs/etc/ssl/certs/ca-certificates.crt"
echo 'cafile=/etc/ssl/certs/ca-certificates.crt' >"$rootfs/usr/local/etc/npmrc"

chroot "$rootfs" groupadd --gid 1000 node
chroot "$rootfs" useradd --uid 1000 --gid node --shell /bin/sh --create-home node
rm -rf "$rootfs"/var/cache/apt/archives/*.deb "$rootfs"/var/lib/apt/lists/* "$rootfs/usr/share/doc" "$rootfs/usr/share/man"

tar -C "$rootfs" -c . | docker import \
  --change 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
  --change 'ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt' \
  --change 'CMD ["node"]' \
  - "$image" >/dev/null
echo "Made $image with Node $(docker run --rm "$image" node --version)."
