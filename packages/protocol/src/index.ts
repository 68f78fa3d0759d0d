export { admin, NonnullClient as AdminClient, NonnullServer as AdminServer } from "./admin.ts";
export { NonnullDomain, NonnullNetwork, TypedParam, TypedValue } from "./common.ts";
export { frame } from "./frame.ts";
export { keepalive } from "./keepalive.ts";
export {
  FDS_MAX,
  FRAME_MAX,
  FRAME_MIN,
  HEADER_SIZE,
  LENGTH_SIZE,
  PAYLOAD_MAX,
  STREAM_DATA_MAX,
  STRING_MAX,
} from "./limits.ts";
export { lock, Owner as LockOwner } from "./lock.ts";
export { HeldLock, LockChange, LockHolder, LockState, lockAdmin } from "./lock-admin.ts";
export { LogFilePosition, log } from "./log.ts";
export {
  LOG_PIECE_MAX,
  LogFileInfo,
  LogInfo,
  LogPiece,
  LogPieceKind,
  LogRange,
  LogSession,
  logReading,
} from "./log-reading.ts";
export { lxc } from "./lxc.ts";
export { Header, MessageStatus, MessageType, readHeader, StreamHole, writeHeader } from "./message.ts";
export { fromNetError, NetError, toNetError } from "./net-error.ts";
export type {
  AclRule,
  Args,
  CallRow,
  ConnectionKind,
  EventRow,
  Msg,
  Program,
  ProgramIdentity,
  Ret,
  Row,
  Rows,
  StreamSpec,
} from "./program.ts";
export { qemu } from "./qemu.ts";
export { AuthType } from "./remote/auth.ts";
export { DomainStatsRecord } from "./remote/connect.ts";
export { DomainEventGraphicsAddress, DomainEventGraphicsIdentity } from "./remote/domain-event.ts";
export { DomainInterface, DomainIpAddr } from "./remote/domain-guest.ts";
export { DomainIothreadInfo, DomainMemoryStat, VcpuInfo } from "./remote/domain-resources.ts";
export { DomainDiskError, DomainFsinfo } from "./remote/domain-storage.ts";
export { Max } from "./remote/limits.ts";
export { NetworkDhcpLease } from "./remote/network.ts";
export { NodeGetCpuStats, NodeGetMemoryStats } from "./remote/node.ts";
export {
  NonnullDomainCheckpoint,
  NonnullDomainSnapshot,
  NonnullInterface,
  NonnullNetworkPort,
  NonnullNodeDevice,
  NonnullNwfilter,
  NonnullNwfilterBinding,
  NonnullSecret,
  NonnullStoragePool,
  NonnullStorageVol,
} from "./remote/objects.ts";
export { remote } from "./remote/remote.ts";
export {
  readTypedParams,
  type TypedFields,
  type TypedRecord,
  typed,
  typedParams,
  withoutStrings,
} from "./typed-params.ts";
