import { i32, i64, optional, struct, u32 } from "@libvirt-ts/xdr";
import { NonnullDomain, text } from "./common.ts";
import { event, procFor, program } from "./program.ts";

export const QemuDomainMonitorCommandArgs = struct({ dom: NonnullDomain, cmd: text, flags: u32 });
export const QemuDomainMonitorCommandRet = struct({ result: text });
export const QemuDomainAttachArgs = struct({ pidValue: u32, flags: u32 });
export const QemuDomainAttachRet = struct({ dom: NonnullDomain });
export const QemuDomainAgentCommandArgs = struct({ dom: NonnullDomain, cmd: text, timeout: i32, flags: u32 });
export const QemuDomainAgentCommandRet = struct({ result: optional(text) });
export const QemuConnectDomainMonitorEventRegisterArgs = struct({
  dom: optional(NonnullDomain),
  event: optional(text),
  flags: u32,
});
export const QemuConnectDomainMonitorEventRegisterRet = struct({ callbackID: i32 });
export const QemuConnectDomainMonitorEventDeregisterArgs = struct({ callbackID: i32 });
export const QemuDomainMonitorEventMsg = struct({
  callbackID: i32,
  dom: NonnullDomain,
  event: text,
  seconds: i64,
  micros: u32,
  details: optional(text),
});
export const QemuDomainMonitorCommandWithFilesArgs = struct({ dom: NonnullDomain, cmd: text, flags: u32 });
export const QemuDomainMonitorCommandWithFilesRet = struct({ result: text });

const proc = procFor("hypervisor");

/** Calls only the qemu driver has. */
export const qemu = program("qemu", 0x20008087, 1, {
  domainMonitorCommand: proc(1, QemuDomainMonitorCommandArgs, QemuDomainMonitorCommandRet, {
    api: "virDomainQemuMonitorCommand",
    acl: "domain:write",
  }),
  domainAttach: proc(2, QemuDomainAttachArgs, QemuDomainAttachRet, {
    api: "virDomainQemuAttach",
    acl: ["domain:start", "domain:write"],
  }),
  domainAgentCommand: proc(3, QemuDomainAgentCommandArgs, QemuDomainAgentCommandRet, {
    api: "virDomainQemuAgentCommand",
    acl: "domain:write",
  }),
  connectDomainMonitorEventRegister: proc(
    4,
    QemuConnectDomainMonitorEventRegisterArgs,
    QemuConnectDomainMonitorEventRegisterRet,
    {
      api: "virConnectDomainQemuMonitorEventRegister",
      acl: ["connect:search_domains", "connect:write"],
      aclFilter: "domain:getattr",
      priority: "high",
    },
  ),
  connectDomainMonitorEventDeregister: proc(5, QemuConnectDomainMonitorEventDeregisterArgs, null, {
    api: "virConnectDomainQemuMonitorEventDeregister",
    acl: "connect:write",
    priority: "high",
  }),
  domainMonitorEvent: event(6, QemuDomainMonitorEventMsg),
  domainMonitorCommandWithFiles: proc(
    7,
    QemuDomainMonitorCommandWithFilesArgs,
    QemuDomainMonitorCommandWithFilesRet,
    { api: "virDomainQemuMonitorCommandWithFiles", acl: "domain:write", fds: "inout" },
  ),
});
