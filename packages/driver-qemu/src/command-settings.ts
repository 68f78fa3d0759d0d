import type { CommandContext } from "./command/types.ts";
import type { HostMemory } from "./host-memory.ts";
import type { GuestPaths } from "./process/guest-paths.ts";
import type { QemuDriver } from "./qemu-driver.ts";

/** The parts of a command line's context that are the same for every guest, and its folders. */
export function commandSettings(
  { settings: s, host, env, dirs, paths, now, processor }: QemuDriver,
  guest: Pick<GuestPaths, "lib" | "channel" | "memoryBacking" | "tpm">,
  id: number,
  memory: HostMemory,
): Omit<CommandContext, "caps" | "resources"> {
  const certificates = s.default_tls_x509_cert_dir ?? "/etc/pki/qemu";
  return {
    id,
    privileged: paths.privileged,
    ...(memory.advice === undefined ? {} : { autoNodeset: memory.advice }),
    tpmSocket: () => guest.tpm.socket,
    host: {
      arch: host.arch,
      env,
      nowSeconds: Math.floor(now() / 1000),
      pageSizeKiB: host.pageSizeKiB,
      counter: () => processor.counter?.(),
      ...(memory.numaNodes === undefined ? {} : { numaNodes: memory.numaNodes }),
      ...(memory.nodeCpus === undefined ? {} : { nodeCpus: memory.nodeCpus }),
      ...(host.renderNode === undefined ? {} : { renderNode: host.renderNode }),
    },
    paths: {
      domain: guest.lib,
      channelTarget: guest.channel,
      memoryBacking: guest.memoryBacking,
      nvram: dirs.nvram,
      passt: dirs.passt,
      dbus: dirs.dbus,
      rdp: dirs.rdp,
    },
    settings: {
      seccompSandbox: s.seccomp_sandbox === -1 ? null : s.seccomp_sandbox === 1,
      dumpGuestCore: s.dump_guest_core,
      logTimestamp: s.log_timestamp,
      vncListen: s.vnc_listen,
      spiceListen: s.spice_listen,
      vncTls: s.vnc_tls,
      vncTlsX509CertDir: s.vnc_tls_x509_cert_dir ?? certificates,
      vncTlsX509Verify: s.vnc_tls_x509_verify ?? s.default_tls_x509_verify ?? true,
      vncSasl: s.vnc_sasl,
      vncSaslDir: s.vnc_sasl_dir ?? "",
      vncAllowHostAudio: s.vnc_allow_host_audio,
      ...(s.vnc_password === undefined ? {} : { vncPassword: s.vnc_password }),
      spiceTls: s.spice_tls,
      spiceTlsX509CertDir: s.spice_tls_x509_cert_dir ?? certificates,
      spiceSasl: s.spice_sasl,
      spiceSaslDir: s.spice_sasl_dir ?? "",
      ...(s.spice_password === undefined ? {} : { spicePassword: s.spice_password }),
      spiceAutoUnixSocket: s.spice_auto_unix_socket,
      chardevTls: s.chardev_tls,
      chardevTlsX509CertDir: s.chardev_tls_x509_cert_dir ?? certificates,
      chardevTlsX509Verify: s.chardev_tls_x509_verify ?? s.default_tls_x509_verify ?? true,
      ...(s.chardev_tls_x509_secret_uuid === undefined
        ? {}
        : { chardevTlsSecretUuid: s.chardev_tls_x509_secret_uuid }),
      nbdTls: {
        x509CertDir: s.nbd_tls_x509_cert_dir ?? certificates,
        secretUuid: s.nbd_tls_x509_secret_uuid,
      },
      vxhsTls: {
        x509CertDir: s.vxhs_tls_x509_cert_dir ?? certificates,
        secretUuid: s.vxhs_tls_x509_secret_uuid,
      },
      glusterDebugLevel: s.gluster_debug_level,
      hugetlbfs: memory.hugetlbfs,
      relaxedAcs: s.relaxed_acs_check,
      nogfxAllowHostAudio: s.nographics_allow_host_audio,
      setProcessName: s.set_process_name,
    },
  };
}
