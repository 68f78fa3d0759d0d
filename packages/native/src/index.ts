export {
  HANGUP,
  O_CLOEXEC,
  O_NONBLOCK,
  READABLE,
  RLIM_INFINITY,
  SPLICE_F_MORE,
  SPLICE_F_NONBLOCK,
  WRITABLE,
} from "./constants.ts";
export { type Native, native } from "./native.ts";
export type {
  ExitStatus,
  LockRange,
  LockType,
  PeerCred,
  Poll,
  PollCallback,
  SocketType,
  SockName,
  Syscalls,
  TunOptions,
} from "./syscalls.ts";
