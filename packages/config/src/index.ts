export { type ConfEntry, type ConfValue, confError, parseConf } from "./conf-file.ts";
export {
  type Config,
  flag,
  int,
  type Key,
  type Keys,
  list,
  optionalFlag,
  optionalList,
  optionalStr,
  readConfig,
  str,
  type UnknownKey,
  type Values,
} from "./keys.ts";
export {
  type DriverDaemonKeys,
  driverDaemonKeys,
  type LoggingKeys,
  loggingKeys,
  type ManagerKeys,
  managerKeys,
  type ProxyDaemonKeys,
  proxyDaemonKeys,
} from "./tables.ts";
