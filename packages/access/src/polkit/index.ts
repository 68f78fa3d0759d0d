export type { Answer, Authority, Question, Subject } from "./authority.ts";
export { requireAuthorization } from "./check.ts";
export { DBusAuthority, systemBusAddress } from "./dbus-authority.ts";
