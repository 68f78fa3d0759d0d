#!/bin/bash
# Builds what the NFS cluster guests boot from: a kernel, an initrd and one read-only root image that all
# guests share. Needs: apt (Debian 12 packages), cpio, gzip, mke2fs, ldd. KERNEL_DEB: a kernel package to use.
#   build.sh OUTDIR [extra host binaries to copy with their libraries ...]
set -euo pipefail
OUT=$(realpath -m "${1:?usage: build.sh OUTDIR [binary...]}"); shift || true
EXTRA=("$@")
HERE=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$OUT/debs" "$OUT/x"; cd "$OUT"

# 1. kernel: the cloud flavour is small and carries nfs, nfsd, virtio (no 9p)
if ! ls x/kernel/boot/vmlinuz-* >/dev/null 2>&1; then
  K=${KERNEL_DEB:-}
  if [ -z "$K" ]; then
    KP=$(apt-cache depends linux-image-cloud-amd64 | awk '/Depends: linux-image-.*cloud-amd64/{print $2; exit}')
    (cd debs && apt-get download "$KP" >/dev/null 2>&1); K=$(ls "$OUT"/debs/linux-image-*.deb | head -1)
  fi
  mkdir -p x/kernel && dpkg-deb -x "$K" x/kernel
fi
KV=$(basename x/kernel/boot/vmlinuz-*); KV=${KV#vmlinuz-}
cp -f "x/kernel/boot/vmlinuz-$KV" vmlinuz

# 2. userland packages that are not on the build machine
if [ ! -d x/user ]; then
  (cd debs && apt-get download nfs-kernel-server nfs-common busybox-static libevent-core-2.1-7 libtirpc3 libtirpc-common \
     libnfsidmap1 keyutils libwrap0 >/dev/null 2>&1)
  mkdir -p x/user; for d in debs/*.deb; do case $d in *linux-image*) ;; *) dpkg-deb -x "$d" x/user;; esac; done
fi
BB=$OUT/x/user/bin/busybox

# 3. initrd: load drivers, put a tmpfs overlay over the shared image, hand over to /init of the image
rm -rf x/ird; mkdir -p x/ird/{bin,m,proc,sys,dev,ro,rw,new}; cp "$BB" x/ird/bin/busybox
M=x/kernel/lib/modules/$KV
deps() { # module name -> itself after its dependencies
  local p; p=$(find "$M" -name "$1.ko*" -print -quit); [ -n "$p" ] || return 0
  local d; for d in $(tr '\0' '\n' < "$p" | sed -n 's/^depends=//p' | tr , ' '); do deps "$d"; done; echo "$p"; }
n=0; : > x/ird/m/list
for m in virtio_pci virtio_blk virtio_net virtio_console overlay nfsv3 nfsv4 nfsd; do
  for f in $(deps $m); do b=$(basename "$f"); grep -qx "$b" x/ird/m/list && continue; cp "$f" x/ird/m/; echo "$b" >> x/ird/m/list; done
done
cat > x/ird/init <<'I'
#!/bin/busybox sh
B=/bin/busybox
$B mount -t proc p /proc; $B mount -t sysfs s /sys; $B mount -t devtmpfs d /dev
while read f; do $B insmod /m/$f || echo "insmod $f failed"; done < /m/list
i=0; while [ ! -b /dev/vda ] && [ $i -lt 100 ]; do $B sleep 0.05; i=$((i+1)); done
$B mount -t ext4 -o ro,noload /dev/vda /ro; $B mount -t tmpfs t /rw; $B mkdir /rw/u /rw/w
$B mount -t overlay -o lowerdir=/ro,upperdir=/rw/u,workdir=/rw/w o /new
for d in proc sys dev; do $B mount --move /$d /new/$d; done
exec $B switch_root /new /init
I
sed -i 's,^#!/bin/busybox,#!/bin/busybox,' x/ird/init; chmod +x x/ird/init
(cd x/ird && find . | cpio -o -H newc --quiet | gzip -1) > initrd.gz

# 4. root image
R=x/root; rm -rf $R; mkdir -p $R/{bin,sbin,usr/bin,usr/sbin,lib64,proc,sys,dev,tmp,run,root,etc,var/lib/nfs/rpc_pipefs,var/lib/nfs/v4recovery,srv/share,mnt/nfs,payload}
cp "$BB" $R/bin/; for a in $("$BB" --list); do [ -e $R/bin/$a ] || ln -s busybox $R/bin/$a; done
addbin() { # host binary -> same path, with its libraries
  local b; b=$(readlink -f "$1"); [ -e "$b" ] || { echo "skip $1"; return 0; }
  mkdir -p "$R/$(dirname "$1")"; cp -L "$b" "$R/$1"
  { LD_LIBRARY_PATH=$OUT/x/user/lib/x86_64-linux-gnu:$OUT/x/user/usr/lib/x86_64-linux-gnu ldd "$b" 2>/dev/null || true; } | awk '{for(i=1;i<=NF;i++) if($i ~ /^\//) print $i}' | while read -r l; do
    local t=${l#"$OUT/x/user"}; case $t in /lib/*|/lib64/*|/usr/*) ;; *) t=/usr/lib/$(basename "$l");; esac
    [ -e "$R/$t" ] || { mkdir -p "$R/$(dirname "$t")"; cp -L "$l" "$R/$t"; }; done; }
addbin "$(readlink -f "$(command -v node)")"; [ -e $R/usr/bin/node ] || ln -s "$(readlink -f "$(command -v node)")" $R/usr/bin/node
addbin /usr/bin/lslocks; addbin /usr/bin/flock
for b in "${EXTRA[@]}"; do addbin "$b"; done
for b in usr/sbin/exportfs usr/sbin/rpc.nfsd usr/sbin/rpc.mountd sbin/mount.nfs; do
  rm -f "$R/$b"; addbin "$OUT/x/user/$b" && { mkdir -p "$R/$(dirname $b)"; cp -L "x/user/$b" "$R/$b"; rm -rf "${R:?}$OUT"; }; done
ln -sf mount.nfs $R/sbin/mount.nfs4
cp x/user/etc/netconfig $R/etc/ 2>/dev/null || true
cp /etc/protocols /etc/services /etc/nsswitch.conf $R/etc/ 2>/dev/null || true
echo 'root:x:0:0:root:/root:/bin/sh' > $R/etc/passwd; echo 'root:x:0:' > $R/etc/group
echo '/srv/share *(rw,no_root_squash,no_subtree_check,fsid=0,insecure)' > $R/etc/exports
cp "$HERE/guest-init.sh" $R/init; chmod +x $R/init
rm -f root.img; SZ=$(( $(du -sm $R | cut -f1) * 5 / 4 + 32 ))
mke2fs -q -t ext4 -O ^has_journal -E root_owner=0:0 -d $R root.img ${SZ}M
ls -la vmlinuz initrd.gz root.img
