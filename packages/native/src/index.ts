export {
  HANGUP,
  O_CLOEXEC,
  O_NONBLOCK,
  PROMPT,
  READABLE,
  RLIM_INFINITY,
  SPLICE_F_MORE,
  SPLICE_F_NONBLOCK,
  WRITABLE,
} from "./constants.ts";
export { LaunchError, type Launched, type LaunchOptions, type Step } from "./launch.ts";
export { type Native, native } from "./native.ts";
export type {
  CpuidRegisters,
  ExitStatus,
  LockRange,
  LockType,
  PeerCred,
  PeerName,
  Poll,
  PollCallback,
  RlimitName,
  SchedulerPolicy,
  SocketType,
  SockName,
  TunOptions,
} from "./syscalls.ts";
