import type { DaemonAbout } from "@libvirt-ts/daemon";

/** Oldest Node the programs run on. */
const minimum = [20, 19] as const;

const head = "#!/bin/sh\nset -e\n";

/** Sets NODE to a Node that is new enough, or fails with a sentence. */
const findNode = `find_node() {
  for NODE in /usr/bin/node /usr/bin/nodejs /usr/local/bin/node "$(command -v node || true)"; do
    [ -x "$NODE" ] || continue
    "$NODE" -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > ${minimum[0]} || (a === ${minimum[0]} && b >= ${minimum[1]}) ? 0 : 1)' && return 0
  done
  echo "Node.js ${minimum.join(".")} or newer is needed: install Debian's nodejs, or put a node into PATH." >&2
  return 1
}
`;

/** The programs find their Node by a link in their own folder. */
const linkNode = (folder: string) => `find_node
ln -sfn "$NODE" ${folder}/node
`;

/** Scripts of a package that has programs but no daemon. */
export function toolScripts(folder: string): Record<string, string> {
  return {
    preinst: `${head}${findNode}find_node\n`,
    postinst: `${head}${findNode}if [ "$1" = configure ]; then\n${linkNode(folder)}fi\n`,
    prerm: `${head}if [ "$1" = remove ]; then\n  rm -f ${folder}/node\nfi\n`,
  };
}

/**
 * Scripts of a daemon's package: sockets are enabled and started, the daemon itself starts with its first client.
 * @param kind a running manager executes the new program in place at an upgrade, a driver daemon is started again
 */
export function daemonScripts(o: {
  name: string;
  folder: string;
  kind: DaemonAbout["kind"];
  sockets: readonly string[];
}): Record<string, string> {
  const { name, folder, kind } = o;
  const sockets = o.sockets.join(" ");
  const renew = kind === "manager" ? `reload ${name}.service` : `try-restart ${name}.service`;
  const dropIn = `/usr/lib/systemd/system/${name}.service.d`;
  return {
    preinst: `${head}${findNode}find_node\n`,
    postinst: `${head}${findNode}
if [ "$1" = configure ]; then
${linkNode(folder)}
  if [ -e ${folder}/notify-reload.conf ] && [ "$(systemctl --version 2>/dev/null | awk 'NR == 1 { print int($2) }')" -ge 253 ] 2>/dev/null; then
    mkdir -p ${dropIn}
    ln -sf ${folder}/notify-reload.conf ${dropIn}/notify-reload.conf
  fi
  for unit in ${sockets}; do
    deb-systemd-helper unmask "$unit" >/dev/null || true
    if deb-systemd-helper --quiet was-enabled "$unit"; then
      deb-systemd-helper enable "$unit" >/dev/null || true
    else
      deb-systemd-helper update-state "$unit" >/dev/null || true
    fi
  done
  if [ -d /run/systemd/system ]; then
    systemctl --system daemon-reload >/dev/null || true
    if systemctl --quiet is-active ${name}.service; then
      deb-systemd-invoke ${renew} || true
    else
      deb-systemd-invoke start ${sockets} >/dev/null || true
    fi
  fi
fi
`,
    prerm: `${head}
if [ "$1" = remove ]; then
  if [ -d /run/systemd/system ]; then
    deb-systemd-invoke stop ${sockets} ${name}.service >/dev/null || true
  fi
  rm -f ${folder}/node ${dropIn}/notify-reload.conf
  [ ! -d ${dropIn} ] || rmdir --ignore-fail-on-non-empty ${dropIn}
fi
`,
    postrm: `${head}
if [ -d /run/systemd/system ]; then
  systemctl --system daemon-reload >/dev/null || true
fi
if [ "$1" = remove ]; then
  deb-systemd-helper mask ${sockets} >/dev/null 2>&1 || true
fi
if [ "$1" = purge ]; then
  deb-systemd-helper purge ${sockets} >/dev/null 2>&1 || true
  deb-systemd-helper unmask ${sockets} >/dev/null 2>&1 || true
fi
`,
  };
}

/** Members of the group manage guests without a password: see the polkit rules. */
export const commonScripts: Record<string, string> = {
  postinst: `${head}
if [ "$1" = configure ] && ! getent group libvirt >/dev/null; then
  groupadd --system libvirt
fi
`,
};
