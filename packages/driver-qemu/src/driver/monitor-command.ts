import {
  ConnectDomainQemuMonitorEventRegisterFlags as EventFlag,
  DomainQemuMonitorCommandFlags as Flag,
} from "@libvirt-ts/api";
import { checkFlags, ErrorDomain, internal } from "@libvirt-ts/errors";
import { native } from "@libvirt-ts/native";
import type { qemu } from "@libvirt-ts/protocol";
import type { Handlers } from "@libvirt-ts/rpc/server";
import { formatUuid } from "@libvirt-ts/util/uuid";
import type { Guest, QemuDomain } from "../guest.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import { findDomain, invalid } from "./common.ts";
import { agentError, changeGuest } from "./with-guest.ts";

/** What the driver serves of the qemu program. */
export type QemuProgramHandlers = Partial<Handlers<typeof qemu.procs>>;

/** The way past us to a guest's QEMU. */
export function monitorCommandHandlers(driver: QemuDriver): QemuProgramHandlers {
  return {
    domainMonitorCommand({ dom, cmd, flags }) {
      checkFlags(flags, Flag.HMP, "qemuDomainQemuMonitorCommandWithFiles", ErrorDomain.QEMU);
      return monitorCommand(driver, findDomain(driver, dom), { command: cmd, flags, fds: [] });
    },
    async domainMonitorCommandWithFiles({ dom, cmd, flags }, call) {
      checkFlags(flags, Flag.HMP, "qemuDomainQemuMonitorCommandWithFiles", ErrorDomain.QEMU);
      const fds = call.takeFds();
      try {
        return await monitorCommand(driver, findDomain(driver, dom), { command: cmd, flags, fds });
      } finally {
        for (const fd of fds) native.close(fd);
      }
    },
    domainAgentCommand({ dom, flags }) {
      checkFlags(flags, 0, "qemuDomainQemuAgentCommand", ErrorDomain.QEMU);
      throw agentError(findDomain(driver, dom));
    },
    connectDomainMonitorEventRegister({ dom, event, flags }, { client }) {
      const known = EventFlag.REGEX | EventFlag.NOCASE;
      checkFlags(flags, known, "virDomainQemuMonitorEventStateRegisterID", ErrorDomain.NONE);
      const uuid = dom === null ? undefined : formatUuid(dom.uuid);
      const wish = { uuid, event: event ?? undefined, flags };
      return { callbackID: driver.monitorEvents.register(client, wish) };
    },
    connectDomainMonitorEventDeregister({ callbackID }, { client }) {
      driver.monitorEvents.deregister(client, callbackID);
    },
  };
}

interface MonitorCommand {
  command: string;
  flags: number;
  /** Descriptors for QEMU; the caller closes ours. */
  fds: readonly number[];
}

async function monitorCommand(
  driver: QemuDriver,
  domain: QemuDomain,
  { command, flags, fds }: MonitorCommand,
): Promise<{ result: string }> {
  const isHuman = (flags & Flag.HMP) !== 0;
  const request = isHuman ? {} : parseRequest(command);
  if (isHuman && fds.length > 0) throw invalid("human monitor commands do not take files");
  const result = await changeGuest(domain, "virDomainQemuMonitorCommand", async (guest) => {
    noteTampering(driver, domain, guest);
    if (isHuman) return guest.monitor.human(command);
    return compactJson(await guest.monitor.qmp.raw(request, { fds }));
  });
  return { result };
}

/** JSON without blanks between its words, as libvirt hands it on; the words stay as they are. */
export const compactJson = (text: string): string =>
  text.replace(/"(?:[^"\\]|\\.)*"|\s+/g, (word) => (word.startsWith('"') ? word : ""));

/** From now on the guest may be in a state we know nothing of. */
function noteTampering(driver: QemuDriver, domain: QemuDomain, { facts, process }: Guest): void {
  if (facts.taints.has("custom-monitor")) return;
  facts.taints.add("custom-monitor");
  driver.status.save(domain);
  driver.log.warn(
    { domain: domain.name, uuid: domain.uuid, qemu: process.pid, taint: "custom-monitor" },
    "domain is tainted",
  );
}

function parseRequest(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>; // just looked at
  } catch (cause) {
    throw internal(ErrorDomain.NONE, `cannot parse json ${text}: ${String(cause)}`, { cause });
  }
  throw internal(ErrorDomain.NONE, `cannot parse json ${text}: an object is expected`);
}
