import type { Values } from "./values.ts";

/* Talking to what runs in a domain. */

/** `virDomainGetHostnameFlags`: `VIR_DOMAIN_GET_HOSTNAME_*`. */
export const DomainGetHostnameFlags = {
  LEASE: 0x1,
  AGENT: 0x2,
} as const;
export type DomainGetHostnameFlags = Values<typeof DomainGetHostnameFlags>;

/** `virKeycodeSet`: `VIR_KEYCODE_SET_*`. */
export const KeycodeSet = {
  LINUX: 0,
  XT: 1,
  ATSET1: 2,
  ATSET2: 3,
  ATSET3: 4,
  OSX: 5,
  XT_KBD: 6,
  USB: 7,
  WIN32: 8,
  QNUM: 9,
  /** The same as QNUM. */
  RFB: 9,
} as const;
export type KeycodeSet = Values<typeof KeycodeSet>;

/** `virDomainProcessSignal`: `VIR_DOMAIN_PROCESS_SIGNAL_*`. */
export const DomainProcessSignal = {
  NOP: 0,
  HUP: 1,
  INT: 2,
  QUIT: 3,
  ILL: 4,
  TRAP: 5,
  ABRT: 6,
  BUS: 7,
  FPE: 8,
  KILL: 9,
  USR1: 10,
  SEGV: 11,
  USR2: 12,
  PIPE: 13,
  ALRM: 14,
  TERM: 15,
  STKFLT: 16,
  CHLD: 17,
  CONT: 18,
  STOP: 19,
  TSTP: 20,
  TTIN: 21,
  TTOU: 22,
  URG: 23,
  XCPU: 24,
  XFSZ: 25,
  VTALRM: 26,
  PROF: 27,
  WINCH: 28,
  POLL: 29,
  PWR: 30,
  SYS: 31,
  RT0: 32,
  RT1: 33,
  RT2: 34,
  RT3: 35,
  RT4: 36,
  RT5: 37,
  RT6: 38,
  RT7: 39,
  RT8: 40,
  RT9: 41,
  RT10: 42,
  RT11: 43,
  RT12: 44,
  RT13: 45,
  RT14: 46,
  RT15: 47,
  RT16: 48,
  RT17: 49,
  RT18: 50,
  RT19: 51,
  RT20: 52,
  RT21: 53,
  RT22: 54,
  RT23: 55,
  RT24: 56,
  RT25: 57,
  RT26: 58,
  RT27: 59,
  RT28: 60,
  RT29: 61,
  RT30: 62,
  RT31: 63,
  RT32: 64,
} as const;
export type DomainProcessSignal = Values<typeof DomainProcessSignal>;

/** `virDomainConsoleFlags`: `VIR_DOMAIN_CONSOLE_*`. */
export const DomainConsoleFlags = {
  FORCE: 0x1,
  SAFE: 0x2,
} as const;
export type DomainConsoleFlags = Values<typeof DomainConsoleFlags>;

/** `virDomainChannelFlags`: `VIR_DOMAIN_CHANNEL_*`. */
export const DomainChannelFlags = {
  FORCE: 0x1,
} as const;
export type DomainChannelFlags = Values<typeof DomainChannelFlags>;

/** `virDomainOpenGraphicsFlags`: `VIR_DOMAIN_OPEN_GRAPHICS_*`. */
export const DomainOpenGraphicsFlags = {
  SKIPAUTH: 0x1,
} as const;
export type DomainOpenGraphicsFlags = Values<typeof DomainOpenGraphicsFlags>;

/** `virDomainSetTimeFlags`: `VIR_DOMAIN_TIME_*`. */
export const DomainSetTimeFlags = {
  SYNC: 0x1,
} as const;
export type DomainSetTimeFlags = Values<typeof DomainSetTimeFlags>;

/** `virDomainInterfaceAddressesSource`: `VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_*`. */
export const DomainInterfaceAddressesSource = {
  LEASE: 0,
  AGENT: 1,
  ARP: 2,
} as const;
export type DomainInterfaceAddressesSource = Values<typeof DomainInterfaceAddressesSource>;

/** `virDomainSetUserPasswordFlags`: `VIR_DOMAIN_PASSWORD_*`. */
export const DomainSetUserPasswordFlags = {
  ENCRYPTED: 0x1,
} as const;
export type DomainSetUserPasswordFlags = Values<typeof DomainSetUserPasswordFlags>;

/** `virDomainGuestInfoTypes`: `VIR_DOMAIN_GUEST_INFO_*`. */
export const DomainGuestInfoTypes = {
  USERS: 0x1,
  OS: 0x2,
  TIMEZONE: 0x4,
  HOSTNAME: 0x8,
  FILESYSTEM: 0x10,
  DISKS: 0x20,
  INTERFACES: 0x40,
  LOAD: 0x80,
} as const;
export type DomainGuestInfoTypes = Values<typeof DomainGuestInfoTypes>;

/** `virDomainAgentResponseTimeoutValues`: `VIR_DOMAIN_AGENT_RESPONSE_TIMEOUT_*`. */
export const DomainAgentResponseTimeout = {
  BLOCK: -2,
  DEFAULT: -1,
  NOWAIT: 0,
} as const;
export type DomainAgentResponseTimeout = Values<typeof DomainAgentResponseTimeout>;

/** `virDomainAuthorizedSSHKeysSetFlags`: `VIR_DOMAIN_AUTHORIZED_SSH_KEYS_SET_*`. */
export const DomainAuthorizedSshKeysSetFlags = {
  APPEND: 0x1,
  REMOVE: 0x2,
} as const;
export type DomainAuthorizedSshKeysSetFlags = Values<typeof DomainAuthorizedSshKeysSetFlags>;

/** `virDomainGraphicsReloadType`: `VIR_DOMAIN_GRAPHICS_RELOAD_TYPE_*`. */
export const DomainGraphicsReloadType = {
  ANY: 0,
  VNC: 1,
} as const;
export type DomainGraphicsReloadType = Values<typeof DomainGraphicsReloadType>;
