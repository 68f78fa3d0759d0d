import { array, type Infer, i32, i64, optional, struct, u32 } from "@libvirt-ts/xdr";
import { NonnullDomain, text, typedParamList } from "../common.ts";
import { procFor } from "../program.ts";
import { Max } from "./limits.ts";

export const DomainInterfaceStatsArgs = struct({ dom: NonnullDomain, device: text });
export const DomainInterfaceStatsRet = struct({
  rxBytes: i64,
  rxPackets: i64,
  rxErrs: i64,
  rxDrop: i64,
  txBytes: i64,
  txPackets: i64,
  txErrs: i64,
  txDrop: i64,
});
export const DomainScreenshotArgs = struct({ dom: NonnullDomain, screen: u32, flags: u32 });
export const DomainScreenshotRet = struct({ mime: optional(text) });
export const DomainInjectNmiArgs = struct({ dom: NonnullDomain, flags: u32 });
export const DomainSendKeyArgs = struct({
  dom: NonnullDomain,
  codeset: u32,
  holdtime: u32,
  keycodes: array(u32, Max.DOMAIN_SEND_KEY),
  flags: u32,
});
export const DomainSendProcessSignalArgs = struct({
  dom: NonnullDomain,
  pidValue: i64,
  signum: u32,
  flags: u32,
});
export const DomainGetHostnameArgs = struct({ dom: NonnullDomain, flags: u32 });
export const DomainGetHostnameRet = struct({ hostname: text });
export const DomainOpenConsoleArgs = struct({ dom: NonnullDomain, devName: optional(text), flags: u32 });
export const DomainOpenChannelArgs = struct({ dom: NonnullDomain, name: optional(text), flags: u32 });
export const DomainOpenGraphicsArgs = struct({ dom: NonnullDomain, idx: u32, flags: u32 });
export const DomainOpenGraphicsFdArgs = struct({ dom: NonnullDomain, idx: u32, flags: u32 });
export const DomainGetTimeArgs = struct({ dom: NonnullDomain, flags: u32 });
export const DomainGetTimeRet = struct({ seconds: i64, nseconds: u32 });
export const DomainSetTimeArgs = struct({ dom: NonnullDomain, seconds: i64, nseconds: u32, flags: u32 });
export const DomainIpAddr = struct({ type: i32, addr: text, prefix: u32 });
export type DomainIpAddr = Infer<typeof DomainIpAddr>;
export const DomainInterface = struct({
  name: text,
  hwaddr: optional(text),
  addrs: array(DomainIpAddr, Max.DOMAIN_IP_ADDR),
});
export type DomainInterface = Infer<typeof DomainInterface>;
export const DomainInterfaceAddressesArgs = struct({ dom: NonnullDomain, source: u32, flags: u32 });
export const DomainInterfaceAddressesRet = struct({ ifaces: array(DomainInterface, Max.DOMAIN_INTERFACE) });
export const DomainSetUserPasswordArgs = struct({
  dom: NonnullDomain,
  user: optional(text),
  password: optional(text),
  flags: u32,
});
export const DomainGetGuestInfoArgs = struct({ dom: NonnullDomain, types: u32, flags: u32 });
export const DomainGetGuestInfoRet = struct({ params: typedParamList(Max.DOMAIN_GUEST_INFO_PARAMS) });
export const DomainAgentSetResponseTimeoutArgs = struct({ dom: NonnullDomain, timeout: i32, flags: u32 });
export const DomainAgentSetResponseTimeoutRet = struct({ result: i32 });
export const DomainAuthorizedSshKeysGetArgs = struct({ dom: NonnullDomain, user: text, flags: u32 });
export const DomainAuthorizedSshKeysGetRet = struct({ keys: array(text, Max.DOMAIN_AUTHORIZED_SSH_KEYS) });
export const DomainAuthorizedSshKeysSetArgs = struct({
  dom: NonnullDomain,
  user: text,
  keys: array(text, Max.DOMAIN_AUTHORIZED_SSH_KEYS),
  flags: u32,
});
export const DomainGraphicsReloadArgs = struct({ dom: NonnullDomain, type: u32, flags: u32 });

const proc = procFor("hypervisor");

/** Talking to what runs in a domain: consoles, graphics, keys, the guest agent. */
export const domainGuestProcs = {
  domainInterfaceStats: proc(65, DomainInterfaceStatsArgs, DomainInterfaceStatsRet, {
    api: "virDomainInterfaceStats",
    acl: "domain:read",
    priority: "high",
  }),
  domainOpenConsole: proc(201, DomainOpenConsoleArgs, null, {
    api: "virDomainOpenConsole",
    acl: "domain:open_device",
    stream: { direction: "read" },
  }),
  domainInjectNmi: proc(210, DomainInjectNmiArgs, null, {
    api: "virDomainInjectNMI",
    acl: "domain:inject_nmi",
  }),
  domainScreenshot: proc(211, DomainScreenshotArgs, DomainScreenshotRet, {
    api: "virDomainScreenshot",
    acl: "domain:screenshot",
    stream: { direction: "read" },
  }),
  domainSendKey: proc(226, DomainSendKeyArgs, null, { api: "virDomainSendKey", acl: "domain:send_input" }),
  domainOpenGraphics: proc(249, DomainOpenGraphicsArgs, null, {
    api: "virDomainOpenGraphics",
    acl: "domain:open_graphics",
    fds: "in",
  }),
  domainGetHostname: proc(277, DomainGetHostnameArgs, DomainGetHostnameRet, {
    api: "virDomainGetHostname",
    acl: "domain:write",
  }),
  domainSendProcessSignal: proc(295, DomainSendProcessSignalArgs, null, {
    api: "virDomainSendProcessSignal",
    acl: "domain:send_signal",
  }),
  domainOpenChannel: proc(296, DomainOpenChannelArgs, null, {
    api: "virDomainOpenChannel",
    acl: "domain:open_device",
    stream: { direction: "read" },
  }),
  domainGetTime: proc(337, DomainGetTimeArgs, DomainGetTimeRet, {
    api: "virDomainGetTime",
    acl: "domain:write",
  }),
  domainSetTime: proc(338, DomainSetTimeArgs, null, { api: "virDomainSetTime", acl: "domain:set_time" }),
  domainOpenGraphicsFd: proc(343, DomainOpenGraphicsFdArgs, null, {
    api: "virDomainOpenGraphicsFD",
    acl: "domain:open_graphics",
    fds: "out",
  }),
  domainInterfaceAddresses: proc(353, DomainInterfaceAddressesArgs, DomainInterfaceAddressesRet, {
    api: "virDomainInterfaceAddresses",
    acl: ["domain:read", "domain:write::source:VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT"],
  }),
  domainSetUserPassword: proc(357, DomainSetUserPasswordArgs, null, {
    api: "virDomainSetUserPassword",
    acl: "domain:set_password",
  }),
  domainGetGuestInfo: proc(418, DomainGetGuestInfoArgs, DomainGetGuestInfoRet, {
    api: "virDomainGetGuestInfo",
    acl: "domain:write",
  }),
  domainAgentSetResponseTimeout: proc(
    420,
    DomainAgentSetResponseTimeoutArgs,
    DomainAgentSetResponseTimeoutRet,
    { api: "virDomainAgentSetResponseTimeout", acl: "domain:write" },
  ),
  domainAuthorizedSshKeysGet: proc(424, DomainAuthorizedSshKeysGetArgs, DomainAuthorizedSshKeysGetRet, {
    api: "virDomainAuthorizedSSHKeysGet",
    acl: "domain:write",
  }),
  domainAuthorizedSshKeysSet: proc(425, DomainAuthorizedSshKeysSetArgs, null, {
    api: "virDomainAuthorizedSSHKeysSet",
    acl: "domain:write",
  }),
  domainGraphicsReload: proc(448, DomainGraphicsReloadArgs, null, {
    api: "virDomainGraphicsReload",
    acl: "domain:write",
  }),
};
