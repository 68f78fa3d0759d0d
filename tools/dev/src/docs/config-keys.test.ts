import { existsSync, readdirSync } from "node:fs";
import { type Keys, parseConf, readConfig } from "@libvirt-ts/config";
import type { DaemonAbout } from "@libvirt-ts/daemon";
import { qemuKeys } from "@libvirt-ts/driver-qemu";
import { qemuLockdKeys } from "@libvirt-ts/lock-manager";
import { describe, expect, test } from "vitest";
import { root } from "./documents.ts";

/** Every configuration file by its name, and its key table. */
const tables = new Map<string, Keys>([
  ["qemu", qemuKeys],
  ["qemu-lockd", qemuLockdKeys],
]);
for (const name of readdirSync(`${root}/daemons`)) {
  if (!existsSync(`${root}/daemons/${name}/src/about.ts`)) continue;
  const { about } = (await import(`${root}/daemons/${name}/src/about.ts`)) as { about: DaemonAbout };
  tables.set(name, about.keys);
}
const keysOf = (file: string): Keys => tables.get(file) ?? {};

/** Keys that libvirt 11.3's file of this name has, by their type; the default where it is a fixed one. */
type Facts = Readonly<Record<string, readonly [kind: "string" | "int" | "flag" | "list", initial?: unknown]>>;

const logging: Facts = { log_level: ["int"], log_filters: ["string"], log_outputs: ["string"] };
const driver: Facts = {
  ...logging,
  unix_sock_group: ["string"],
  unix_sock_ro_perms: ["string"],
  unix_sock_rw_perms: ["string"],
  unix_sock_admin_perms: ["string", "0700"],
  unix_sock_dir: ["string"],
  auth_unix_ro: ["string"],
  auth_unix_rw: ["string"],
  access_drivers: ["list", []],
  sasl_allowed_username_list: ["list", []],
  min_workers: ["int", 5],
  max_workers: ["int", 20],
  prio_workers: ["int", 5],
  max_clients: ["int", 5000],
  max_queued_clients: ["int", 1000],
  max_anonymous_clients: ["int", 20],
  max_client_requests: ["int", 5],
  admin_min_workers: ["int", 5],
  admin_max_workers: ["int", 20],
  admin_max_clients: ["int", 5000],
  admin_max_queued_clients: ["int", 20],
  admin_max_client_requests: ["int", 5],
  keepalive_interval: ["int", 5],
  keepalive_count: ["int", 5],
  admin_keepalive_interval: ["int", 5],
  admin_keepalive_count: ["int", 5],
  audit_level: ["int", 1],
  audit_logging: ["flag", false],
  host_uuid: ["string"],
  host_uuid_source: ["string", "smbios"],
  ovs_timeout: ["int", 5],
};
const network: Facts = {
  ...driver,
  listen_tls: ["flag"],
  listen_tcp: ["flag", false],
  tls_port: ["string", "16514"],
  tcp_port: ["string", "16509"],
  listen_addr: ["string"],
  auth_tcp: ["string", "sasl"],
  auth_tls: ["string", "none"],
  key_file: ["string"],
  cert_file: ["string"],
  ca_file: ["string"],
  crl_file: ["string"],
  tls_no_sanity_certificate: ["flag", false],
  tls_no_verify_certificate: ["flag", false],
  tls_allowed_dn_list: ["list"],
  tls_priority: ["string"],
  tcp_min_ssf: ["int", 56],
};
const manager: Facts = { ...logging, max_clients: ["int", 1024], admin_max_clients: ["int", 5000] };

describe.each<[string, Facts]>([
  ["virtqemud", driver],
  ["virtnetworkd", driver],
  ["virtproxyd", network],
  ["libvirtd", network],
  ["virtlockd", manager],
  [
    "virtlogd",
    {
      ...manager,
      max_size: ["int", 2_097_152],
      max_backups: ["int", 3],
      max_age_days: ["int", 0],
      log_root: ["string"],
    },
  ],
  [
    "qemu-lockd",
    {
      auto_disk_leases: ["flag", true],
      require_lease_for_disks: ["flag"],
      file_lockspace_dir: ["string"],
      lvm_lockspace_dir: ["string"],
      scsi_lockspace_dir: ["string"],
    },
  ],
])("%s.conf", (file, facts) => {
  test.each(Object.entries(facts))("has libvirt's key %s", (name, [kind, initial]) => {
    const key = keysOf(file)[name];
    expect(key?.kind).toBe(kind);
    if (initial !== undefined) expect(key?.default).toEqual(initial);
  });
});

describe.each([...tables])("%s.conf", (_file, keys) => {
  test.each(Object.entries(keys))(
    "%s of another type is fatal, and the error says where",
    (name, { kind }) => {
      const wrong = kind === "string" ? "7" : kind === "list" ? "[ 7 ]" : '"x"';
      const text = `# a comment\n  ${name} = ${wrong}\n`;
      const column = 2 + name.length + " = ".length + 1;
      expect(() => readConfig(keys, text, "file")).toThrow(
        new RegExp(`file:2:${column}: expected .* for '${name}' parameter`),
      );
    },
  );

  test("what no daemon knows is told once, with its line, and the rest is read", () => {
    const { unknown, values } = readConfig(keys, "\nnobody_knows = 1\nnobody_knows = [ 2 ]\n", "file");
    expect(unknown).toEqual([{ key: "nobody_knows", line: 2 }]);
    expect(Object.keys(values)).toEqual(expect.arrayContaining(Object.keys(keys)));
    expect(parseConf("", "file")).toEqual([]);
  });
});
