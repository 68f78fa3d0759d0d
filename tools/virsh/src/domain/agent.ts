import {
  DomainFdAssociateFlags,
  DomainGetHostnameFlags,
  DomainGuestInfoTypes,
  DomainProcessSignal,
  DomainSetUserPasswordFlags,
} from "@libvirt-ts/api";
import {
  arg,
  bounds,
  doing,
  flag,
  int,
  many,
  named,
  parseInteger,
  required,
  ShellError,
  text,
  uint,
  unsignedLongLong,
} from "@libvirt-ts/cli";
import { typed } from "@libvirt-ts/protocol";
import { command } from "../context.ts";
import { readText } from "../support/files.ts";
import { findDomain } from "../support/lookup.ts";
import { domain, exclusive, flagsOf } from "../support/options.ts";
import { paramText } from "../support/params.ts";
import { codesets, keyCode } from "./keys.ts";
import { descriptorsOf } from "./lifecycle.ts";

export const domfsfreeze = command("domfsfreeze", {
  help: "freeze the file systems of a guest",
  options: { domain, mountpoint: many("where it is mounted") },
  async run({ domain: name, mountpoint }, { connect, out }) {
    const domain = await findDomain(connect, name);
    const count = await doing("Unable to freeze filesystems", domain.fsfreeze({ mountpoints: mountpoint }));
    out.done(`Froze ${count} filesystem(s)`);
  },
});

export const domfsthaw = command("domfsthaw", {
  help: "thaw the file systems of a guest",
  options: { domain, mountpoint: many("where it is mounted") },
  async run({ domain: name, mountpoint }, { connect, out }) {
    const domain = await findDomain(connect, name);
    const count = await doing("Unable to thaw filesystems", domain.fsthaw({ mountpoints: mountpoint }));
    out.done(`Thawed ${count} filesystem(s)`);
  },
});

export const domfstrim = command("domfstrim", {
  help: "let a guest give unused blocks back",
  options: {
    domain,
    minimum: unsignedLongLong("least bytes of a free range"),
    mountpoint: text("this one alone"),
  },
  async run({ domain: name, minimum = 0n, mountpoint = null }, { connect }) {
    const domain = await findDomain(connect, name);
    await doing("Unable to invoke fstrim", domain.fstrim({ mountPoint: mountpoint, minimum }));
  },
});

export const domfsinfo = command("domfsinfo", {
  help: "show the file systems of a guest",
  options: { domain },
  async run({ domain: name }, { connect, out }) {
    const domain = await findDomain(connect, name);
    const found = await doing("Unable to get filesystem information", domain.getFsinfo());
    if (found.length === 0) {
      out.text("No filesystems are mounted in the domain");
      return;
    }
    const rows = found.map((each) => [each.mountpoint, each.name, each.fstype, each.devAliases.join(",")]);
    out.table(["Mountpoint", "Name", "Type", "Target"], rows);
  },
});

export const domhostname = command("domhostname", {
  help: "tell the host name of a guest",
  options: { domain, source: text("lease or agent") },
  async run({ domain: name, source }, { connect, out }) {
    const domain = await findDomain(connect, name);
    const known: Readonly<Record<string, number>> = {
      lease: DomainGetHostnameFlags.LEASE,
      agent: DomainGetHostnameFlags.AGENT,
    };
    const flags = source === undefined ? 0 : known[source];
    if (flags === undefined) throw new ShellError(`Unknown data source '${source}'`);
    out.line(await doing("failed to get hostname", domain.getHostname({ flags })));
  },
});

export const guestinfo = command("guestinfo", {
  help: "tell what the guest's agent knows",
  options: {
    domain,
    user: flag("who is logged in"),
    os: flag("its operating system"),
    timezone: flag("its time zone"),
    hostname: flag("its host name"),
    filesystem: flag("its file systems"),
    disk: flag("its disks"),
    interface: flag("its network interfaces"),
  },
  async run(args, { connect, out }) {
    const Types = DomainGuestInfoTypes;
    const types = flagsOf([
      [args.user, Types.USERS],
      [args.os, Types.OS],
      [args.timezone, Types.TIMEZONE],
      [args.hostname, Types.HOSTNAME],
      [args.filesystem, Types.FILESYSTEM],
      [args.disk, Types.DISKS],
      [args.interface, Types.INTERFACES],
    ]);
    const domain = await findDomain(connect, args.domain);
    const params = await domain.getGuestInfo({ types });
    for (const [field, value] of Object.entries(params))
      out.value(`${field.padEnd(20)}: ${paramText(value)}\n`, { [field]: paramText(value) });
  },
});

export const guestAgentTimeout = command("guest-agent-timeout", {
  help: "say how long the guest's agent is waited for",
  options: {
    domain,
    timeout: named(named(int("seconds to wait for an answer; -2 waits forever, -1 for 5 s, 0 not at all"))),
  },
  async run({ domain: name, timeout = -2 }, { connect }) {
    if (timeout < -2) throw new ShellError(`timeout must be at least -2: ${timeout}`);
    await (await findDomain(connect, name)).agentSetResponseTimeout({ timeout });
  },
});

export const getUserSshkeys = command("get-user-sshkeys", {
  help: "show which keys may log in as a user of a guest",
  options: { domain, user: arg("name of the user") },
  async run({ domain: name, user }, { connect, out }) {
    const domain = await findDomain(connect, name);
    for (const key of await domain.authorizedSshKeysGet({ user })) out.line(key);
  },
});

export const setUserSshkeys = command("set-user-sshkeys", {
  help: "say which keys may log in as a user of a guest",
  options: {
    domain,
    user: arg("name of the user"),
    file: text("file with the keys"),
    reset: flag("back to the beginning"),
    remove: flag("take it away"),
  },
  async run({ domain: name, user, file, reset, remove }, { connect }) {
    exclusive({ reset, remove });
    const domain = await findDomain(connect, name);
    if (!reset && file === undefined) throw new ShellError("Option --file is required");
    const keys =
      file === undefined ? [] : (await readText(file)).split("\n").filter((key) => key.trim() !== "");
    if (file !== undefined && keys.length === 0) throw new ShellError("File contains no keys");
    const flags = reset ? 0 : remove ? 2 : 1; // replace, remove, append
    await domain.authorizedSshKeysSet({ user, keys, flags });
  },
});

export const setUserPassword = command("set-user-password", {
  help: "give a user of a guest another password",
  options: {
    domain,
    user: arg("name of the user"),
    password: arg("the new password"),
    encrypted: flag("the password is a hash"),
  },
  async run({ domain: name, user, password, encrypted }, { connect, out }) {
    const domain = await findDomain(connect, name);
    const flags = encrypted ? DomainSetUserPasswordFlags.ENCRYPTED : 0;
    await domain.setUserPassword({ user, password, flags });
    out.extra(`Password set successfully for ${user} in ${name}`);
  },
});

export const sendKey = command("send-key", {
  help: "press keys of a guest",
  options: {
    domain,
    codeset: named(text("which keys the numbers mean")),
    holdtime: named(named(uint("milliseconds each key is held"))),
    keycode: required(many("names or numbers of keys")),
  },
  async run({ domain: name, codeset: setName = "linux", holdtime = 0, keycode }, { connect }) {
    const domain = await findDomain(connect, name);
    const codeset = codesets.indexOf(setName);
    if (codeset < 0) throw new ShellError(`unknown codeset: '${setName}'`);
    if (keycode.length > 16) throw new ShellError("too many keycodes");
    const keycodes = keycode.map((text) => keyCode(setName, text));
    await domain.sendKey({ codeset, holdtime, keycodes });
  },
});

export const sendProcessSignal = command("send-process-signal", {
  help: "send a signal to a process of a guest",
  options: { domain, pid: arg("number of the process"), signame: arg("name or number of the signal") },
  async run({ domain: name, pid, signame }, { connect }) {
    const domain = await findDomain(connect, name);
    const pidValue = parseInteger(pid, bounds.longLong);
    if (pidValue === undefined)
      throw new ShellError(`Numeric value '${pid}' for <pid> option is malformed or out of range`);
    await domain.sendProcessSignal({ pidValue, signum: signalOf(signame) });
  },
});

/** "SIGTERM", "term" and "15" are the same. */
function signalOf(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  const name = text.toLowerCase().replace(/^sig_?/, "");
  const found = Object.entries(DomainProcessSignal).find(([key]) => key.toLowerCase() === name);
  if (found === undefined) throw new ShellError(`malformed signal name: ${text}`);
  return found[1];
}
export const domlaunchsecinfo = command("domlaunchsecinfo", {
  help: "tell how the launch of a guest was measured",
  options: { domain },
  async run({ domain: name }, { connect, out }) {
    const domain = await findDomain(connect, name);
    const failure = "Unable to get launch security parameters";
    const params = await doing(failure, domain.getLaunchSecurityInfo());
    for (const [field, value] of Object.entries(params))
      out.value(`${field.padEnd(15)}: ${paramText(value)}\n`, { [field]: paramText(value) });
  },
});

export const domsetlaunchsecstate = command("domsetlaunchsecstate", {
  help: "give a guest a secret at its launch",
  options: {
    domain,
    secrethdr: named(text("file with the header")),
    secret: named(text("file with the secret")),
    "set-address": unsignedLongLong("where the secret goes"),
  },
  async run({ domain: name, secrethdr, secret, setAddress }, { connect }) {
    const domain = await findDomain(connect, name);
    if (secrethdr === undefined || secret === undefined)
      throw new ShellError("Both secret and the secret header are required");
    const header = await readText(secrethdr);
    const value = await readText(secret);
    const params = {
      "sev-secret-header": typed.string(header),
      "sev-secret": typed.string(value),
      ...(setAddress !== undefined && { "sev-secret-set-address": typed.ullong(setAddress) }),
    };
    await doing("Unable to set launch security state", domain.setLaunchSecurityState({ params }));
  },
});

export const domFdAssociate = command("dom-fd-associate", {
  help: "give a domain descriptors for its disks",
  options: {
    domain: domain,
    name: arg("what the disks call it"),
    "pass-fds": arg("descriptors to hand over: N,N,..."),
    "seclabel-writable": flag("label it for writing"),
    "seclabel-restore": flag("give the labels back afterwards"),
  },
  async run(args, { connect }) {
    const { name, passFds, seclabelWritable, seclabelRestore } = args;
    const domain = await findDomain(connect, args.domain);
    const fds = descriptorsOf(passFds);
    const flags = flagsOf([
      [seclabelWritable, DomainFdAssociateFlags.SECLABEL_WRITABLE],
      [seclabelRestore, DomainFdAssociateFlags.SECLABEL_RESTORE],
    ]);
    await domain.fdAssociate({ name, flags }, { fds });
  },
});
