export type { Arpmon, Miimon } from "./bond.ts";
export { formatInterface, type InterfaceDef, parseInterface } from "./interface.ts";
export type { Protocol } from "./protocol.ts";
