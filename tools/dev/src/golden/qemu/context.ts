import type { DomainDef } from "@libvirt-ts/conf/domain";
import type { CommandContext, QemuCaps, Resources } from "@libvirt-ts/driver-qemu/command";
import type { Row } from "../corpus.ts";
import { countingBytes } from "../random.ts";

const secretValue = "AQCVn5hO6HzFAhAAq0NCv8jtJcIcE+HOBlMQ1A";

/** The numbers of README §4.3. */
const fd = {
  listen: 1729,
  file: 1750,
  log: 1751,
  ethernet: 3,
  tap: 102,
  vhost: 44,
  vsock: 6789,
  tpm: 1730,
  tpmCancel: 1731,
  vdpa: 1732,
};

function resourcesOf(def: DomainDef, row: Row): Resources {
  const vdpaFds = (row.vdpaFds ?? {}) as Record<string, number>; // the README's format
  const groups = (row.fdGroups ?? {}) as Record<string, number[]>; // the README's format
  return {
    monitorFd: fd.listen,
    chardevFile: () => fd.file,
    chardevLog: () => fd.log,
    chardevListen: () => fd.listen,
    tap(alias) {
      const net = def.devices.interfaces.find((each) => each.alias === alias);
      const queues = net?.driver?.queues ?? 1;
      const first = net?.type === "ethernet" ? fd.ethernet : fd.tap;
      const isVirtio = net?.model?.startsWith("virtio") === true;
      const count = (from: number) => Array.from({ length: queues }, (_, i) => from + i);
      const wantsVhost = isVirtio && net?.driver?.name !== "qemu";
      return {
        name: net?.target?.dev ?? "vnet0",
        fds: count(first),
        vhostFds: wantsVhost ? count(fd.vhost) : [],
      };
    },
    device(alias, what) {
      switch (what) {
        case "vsock":
          return fd.vsock;
        case "tpm":
          return fd.tpm;
        case "tpm-cancel":
          return fd.tpmCancel;
        case "vdpa": {
          const disk = def.devices.disks.find((each) => each.alias === alias);
          const path = disk?.type === "vhostvdpa" ? disk.source?.dev : undefined;
          return (path === undefined ? undefined : vdpaFds[path]) ?? fd.vdpa;
        }
        case "vhost-scsi":
          return 3;
        case "slirp":
          return 42;
        default:
          return fd.listen;
      }
    },
    fdGroup: (name) => groups[name] ?? [],
    masterKey: countingBytes(32),
    secret: () => Buffer.from(secretValue),
    random: countingBytes,
  };
}

const nbdkitProtocols: ReadonlySet<string> = new Set(["http", "https", "ftp", "ftps", "tftp", "ssh"]);
const lib = "/var/lib/libvirt/qemu";
const run = "/var/run/libvirt/qemu";

/** The pretended host and driver of README §4. */
export function contextOf(def: DomainDef, caps: QemuCaps, row: Row): CommandContext {
  const config = (row.config ?? {}) as Record<string, unknown>; // qemu.conf fields, as the README has them
  const text = (name: string, fallback: string) =>
    typeof config[name] === "string" ? (config[name] as string) : fallback;
  const flag = (name: string, fallback = false) =>
    config[name] === undefined ? fallback : Boolean(config[name]);
  const short = `-1-${def.name.slice(0, 20)}`;
  const optional = (name: string) =>
    typeof config[name] === "string" ? (config[name] as string) : undefined;
  return {
    caps,
    id: -1,
    privileged: true,
    paths: {
      domain: `${lib}/domain-${short}`,
      channelTarget: `${run}/channel/${short}`,
      memoryBacking: `${lib}/ram/${short}`,
      nvram: `${lib}/nvram`,
      passt: `${run}/passt`,
      dbus: `${run}/dbus`,
      rdp: `${run}/rdp`,
    },
    settings: {
      seccompSandbox: config.seccompSandbox === 0 ? false : null,
      dumpGuestCore: false,
      logTimestamp: true,
      vncListen: "127.0.0.1",
      spiceListen: "127.0.0.1",
      vncTls: flag("vncTLS"),
      vncTlsX509CertDir: text("vncTLSx509certdir", "/etc/pki/libvirt-vnc"),
      vncTlsX509Verify: flag("vncTLSx509verify"),
      vncTlsSecretUuid: optional("vncTLSx509secretUUID"),
      vncSasl: flag("vncSASL"),
      vncSaslDir: text("vncSASLdir", "/etc/sasl2"),
      vncAllowHostAudio: flag("vncAllowHostAudio"),
      vncAutoUnixSocket: flag("vncAutoUnixSocket"),
      spiceTls: flag("spiceTLS"),
      spiceTlsX509CertDir: text("spiceTLSx509certdir", "/etc/pki/libvirt-spice"),
      spiceSasl: flag("spiceSASL"),
      spiceSaslDir: text("spiceSASLdir", "/etc/sasl2"),
      spicePassword: "123456",
      spiceAutoUnixSocket: flag("spiceAutoUnixSocket"),
      chardevTls: flag("chardevTLS"),
      chardevTlsX509CertDir: text("chardevTLSx509certdir", "/etc/pki/libvirt-chardev"),
      chardevTlsX509Verify: flag("chardevTLSx509verify"),
      ...(optional("chardevTLSx509secretUUID") !== undefined && {
        chardevTlsSecretUuid: text("chardevTLSx509secretUUID", ""),
      }),
      nbdTls: {
        x509CertDir: text("nbdTLSx509certdir", "/etc/pki/libvirt-nbd"),
        secretUuid: optional("nbdTLSx509secretUUID"),
      },
      vxhsTls: {
        x509CertDir: text("vxhsTLSx509certdir", "/etc/pki/libvirt-vxhs"),
        secretUuid: optional("vxhsTLSx509secretUUID"),
      },
      glusterDebugLevel: 4,
      hugetlbfs: [
        { dir: "/dev/hugepages2M", sizeKiB: 2048, isDefault: true },
        { dir: "/dev/hugepages1G", sizeKiB: 1048576, isDefault: false },
      ],
      relaxedAcs: false,
      nogfxAllowHostAudio: flag("nogfxAllowHostAudio"),
      setProcessName: flag("setProcessName"),
    },
    host: {
      arch: row.arch ?? "x86_64",
      env: { PATH: "/bin", USER: "test", LOGNAME: "test", HOME: "/home/test", ...row.env },
      renderNode: "/dev/dri/foo",
      nowSeconds: 1_234_567_890,
      pageSizeKiB: 4,
      numaNodes: [0, 1, 2, 3],
      nodeCpus: [0, 1, 2, 3].map((node) => [0, 1, 2, 3].map((cpu) => 4 * node + cpu)),
    },
    resources: resourcesOf(def, row),
    tpmSocket: () => "/dev/test",
    hostCdroms: new Set(["/dev/cdrom"]),
    ...(config.storageUseNbdkit === 1 && {
      nbdkitSocket: (protocol, node) =>
        nbdkitProtocols.has(protocol) ? `${lib}/domain-${short}/nbdkit-${node}.socket` : undefined,
    }),
    vsockCid: 42,
    autoNodeset: [0, 1, 2, 3],
    scsiGeneric: () => "/dev/sg0",
  };
}
