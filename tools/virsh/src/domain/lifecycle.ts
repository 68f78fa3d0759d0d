import { readlinkSync } from "node:fs";
import {
  DomainCreateFlags as Create,
  DomainDefineFlags,
  DomainDestroyFlags,
  DomainRebootFlags,
  DomainShutdownFlags,
} from "@libvirt-ts/api";
import { arg, doing, flag, named, ShellError, text, unsignedLongLong } from "@libvirt-ts/cli";
import type { Domain } from "@libvirt-ts/client";
import { command } from "../context.ts";
import { readText } from "../support/files.ts";
import { findDomain } from "../support/lookup.ts";
import { domain, flagsOf } from "../support/options.ts";
import { attachConsole, needTerminal } from "./console.ts";

export const start = command("start", {
  help: "start a domain that is defined",
  options: {
    domain,
    console: flag("attach to its console"),
    paused: flag("do not let it run yet"),
    autodestroy: flag("stop it when this shell ends"),
    "bypass-cache": flag("keep the file out of the host's cache"),
    "force-boot": flag("forget what was saved"),
    "pass-fds": text("descriptors to hand over: N,N,..."),
    "reset-nvram": flag("with a fresh NVRAM"),
  },
  async run(args, context) {
    const { connect, out } = context;
    const { domain: name, bypassCache, forceBoot } = args;
    const domain = await findDomain(connect, name, { id: false });
    if (domain.id !== -1) throw new ShellError("Domain is already active");
    const flags = flagsOf([
      [args.paused, Create.START_PAUSED],
      [args.autodestroy, Create.START_AUTODESTROY],
      [bypassCache, Create.START_BYPASS_CACHE],
      [forceBoot, Create.START_FORCE_BOOT],
      [args.resetNvram, Create.START_RESET_NVRAM],
    ]);
    if (args.console) needTerminal();
    const fds = descriptorsOf(args.passFds);
    const started = await doing(`Failed to start domain '${domain.name}'`, createWith(domain, flags, fds));
    out.done(`Domain '${domain.name}' started`);
    if (args.console) await attachConsole(context, started, {});
  },
});

async function createWith(domain: Domain, flags: number, fds: readonly number[]): Promise<Domain> {
  if (fds.length > 0) return domain.createWithFiles({ flags }, { fds });
  if (flags !== 0) return domain.createWithFlags({ flags });
  await domain.create();
  return domain;
}

/** Node has descriptors of its own, which must not be given away: none of them is a file or a socket. */
function isInherited(fd: string): boolean {
  try {
    return /^(\/|socket:)/.test(readlinkSync(`/proc/self/fd/${fd}`));
  } catch {
    return false; // it is not open
  }
}

/** "3,5" @throws ShellError if one is no number */
export function descriptorsOf(text: string | undefined): number[] {
  if (text === undefined) return [];
  return text.split(",").map((part) => {
    if (!/^\d+$/.test(part)) throw new ShellError(`Unable to parse FD number '${part}'`);
    if (!isInherited(part)) throw new ShellError(`FD number '${part}' is not open, or is our own`);
    return Number(part);
  });
}
export const create = command("create", {
  help: "start a domain that is not defined",
  options: {
    file: arg("file with the XML"),
    console: flag("attach to its console"),
    paused: flag("do not let it run yet"),
    autodestroy: flag("stop it when this shell ends"),
    "pass-fds": text("descriptors to hand over: N,N,..."),
    validate: flag("check against the schema"),
    "reset-nvram": flag("with a fresh NVRAM"),
  },
  async run(args, context) {
    const { connect, out } = context;
    const xml = await readText(args.file);
    const fds = descriptorsOf(args.passFds);
    const flags = flagsOf([
      [args.paused, Create.START_PAUSED],
      [args.autodestroy, Create.START_AUTODESTROY],
      [args.validate, Create.START_VALIDATE],
      [args.resetNvram, Create.START_RESET_NVRAM],
    ]);
    if (args.console) needTerminal();
    const made =
      fds.length > 0
        ? connect.domainCreateXmlWithFiles({ xmlDesc: xml, flags }, { fds })
        : connect.domainCreateXml({ xmlDesc: xml, flags });
    const domain = await doing(`Failed to create domain from ${args.file}`, made);
    out.done(`Domain '${domain.name}' created from ${args.file}`);
    if (args.console) await attachConsole(context, domain, {});
  },
});

export const define = command("define", {
  help: "define a domain, or change its definition",
  options: { file: arg("file with the XML"), validate: flag("check against the schema") },
  async run({ file, validate }, { connect, out }) {
    const xml = await readText(file);
    const flags = validate ? DomainDefineFlags.VALIDATE : 0;
    const made =
      flags === 0 ? connect.domainDefineXml({ xml }) : connect.domainDefineXmlFlags({ xml, flags });
    const { name } = await doing(`Failed to define domain from ${file}`, made);
    out.done(`Domain '${name}' defined from ${file}`);
  },
});

export const destroy = command("destroy", {
  help: "stop a domain at once",
  options: { domain, graceful: flag("ask QEMU nicely first"), "remove-logs": flag("its logs too") },
  async run({ domain: name, graceful, removeLogs }, { connect, out }) {
    const domain = await findDomain(connect, name);
    const flags = flagsOf([
      [graceful, DomainDestroyFlags.GRACEFUL],
      [removeLogs, DomainDestroyFlags.REMOVE_LOGS],
    ]);
    const done = flags === 0 ? domain.destroy() : domain.destroyFlags({ flags });
    await doing(`Failed to destroy domain '${domain.name}'`, done);
    out.done(`Domain '${domain.name}' destroyed`);
  },
});

export const suspend = command("suspend", {
  help: "pause a domain",
  options: { domain },
  async run({ domain: name }, { connect, out }) {
    const domain = await findDomain(connect, name);
    await doing(`Failed to suspend domain '${domain.name}'`, domain.suspend());
    out.done(`Domain '${domain.name}' suspended`);
  },
});

export const resume = command("resume", {
  help: "let a paused domain run",
  options: { domain },
  async run({ domain: name }, { connect, out }) {
    const domain = await findDomain(connect, name);
    await doing(`Failed to resume domain '${domain.name}'`, domain.resume());
    out.done(`Domain '${domain.name}' resumed`);
  },
});

export const shutdown = command("shutdown", {
  help: "ask a guest to shut down",
  options: { domain, mode: text("ways to ask the guest: acpi,agent,initctl,signal,paravirt") },
  async run({ domain: name, mode }, { connect, out }) {
    const flags = modesOf(mode, DomainShutdownFlags);
    const domain = await findDomain(connect, name);
    const done = flags === 0 ? domain.shutdown() : domain.shutdownFlags({ flags });
    await doing(`Failed to shutdown domain '${domain.name}'`, done);
    out.done(`Domain '${domain.name}' is being shutdown`);
  },
});

export const reboot = command("reboot", {
  help: "ask a guest to start anew",
  options: { domain, mode: text("ways to ask the guest: acpi,agent,initctl,signal,paravirt") },
  async run({ domain: name, mode }, { connect, out }) {
    const flags = modesOf(mode, DomainRebootFlags);
    const domain = await findDomain(connect, name);
    await doing(`Failed to reboot domain '${domain.name}'`, domain.reboot({ flags }));
    out.done(`Domain '${domain.name}' is being rebooted`);
  },
});

/** "acpi,agent" @throws ShellError on a way nobody knows */
function modesOf(text: string | undefined, ways: typeof DomainShutdownFlags): number {
  const known: Readonly<Record<string, number>> = {
    acpi: ways.ACPI_POWER_BTN,
    agent: ways.GUEST_AGENT,
    initctl: ways.INITCTL,
    signal: ways.SIGNAL,
    paravirt: ways.PARAVIRT,
  };
  return (text ?? "")
    .split(",")
    .filter((mode) => mode !== "")
    .reduce((flags, mode) => {
      const flag = known[mode];
      if (flag === undefined) {
        const expected = "expecting 'acpi', 'agent', 'initctl', 'signal' or 'paravirt'";
        throw new ShellError(`Unknown mode ${mode} value, ${expected}`);
      }
      return flags | flag;
    }, 0);
}
export const reset = command("reset", {
  help: "press the reset button of a guest",
  options: { domain },
  async run({ domain: name }, { connect, out }) {
    const domain = await findDomain(connect, name);
    await doing(`Failed to reset domain '${domain.name}'`, domain.reset());
    out.done(`Domain '${domain.name}' was reset`);
  },
});

export const injectNmi = command("inject-nmi", {
  help: "send a guest an interrupt it cannot ignore",
  options: { domain },
  async run({ domain: name }, { connect }) {
    await (await findDomain(connect, name)).injectNmi();
  },
});

export const autostart = command("autostart", {
  help: "start a domain with the host, or no longer",
  options: { domain, disable: flag("turn it off") },
  async run({ domain: name, disable }, { connect, out }) {
    const domain = await findDomain(connect, name);
    const verb = disable ? "unmark" : "mark";
    const set = domain.setAutostart({ autostart: !disable });
    await doing(`Failed to ${verb} domain '${name}' as autostarted`, set);
    out.done(`Domain '${name}' ${verb}ed as autostarted`);
  },
});

export const dompmsuspend = command("dompmsuspend", {
  help: "let a guest put itself to sleep",
  options: {
    domain,
    target: arg("mem, disk or hybrid"),
    duration: named(unsignedLongLong("seconds; 0: until woken")),
  },
  async run({ domain: name, target: text, duration = 0n }, { connect, out }) {
    const domain = await findDomain(connect, name);
    const target = ["mem", "disk", "hybrid"].indexOf(text);
    if (target < 0) throw new ShellError("Invalid target");
    const done = domain.pmSuspendForDuration({ target, duration });
    await doing(`Domain '${domain.name}' could not be suspended`, done);
    out.done(`Domain '${domain.name}' successfully suspended`);
  },
});

export const dompmwakeup = command("dompmwakeup", {
  help: "wake a guest that sleeps",
  options: { domain },
  async run({ domain: name }, { connect, out }) {
    const domain = await findDomain(connect, name);
    await doing(`Domain '${domain.name}' could not be woken up`, domain.pmWakeup());
    out.done(`Domain '${domain.name}' successfully woken up`);
  },
});
