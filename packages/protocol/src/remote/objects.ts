import { type Infer, i32, struct } from "@libvirt-ts/xdr";
import { NonnullDomain, NonnullNetwork, text, uuid } from "../common.ts";

/* How calls name the objects they are about. */

export const NonnullNetworkPort = struct({ net: NonnullNetwork, uuid });
export type NonnullNetworkPort = Infer<typeof NonnullNetworkPort>;
export const NonnullNwfilter = struct({ name: text, uuid });
export type NonnullNwfilter = Infer<typeof NonnullNwfilter>;
export const NonnullNwfilterBinding = struct({ portdev: text, filtername: text });
export type NonnullNwfilterBinding = Infer<typeof NonnullNwfilterBinding>;
/** `mac` as text. */
export const NonnullInterface = struct({ name: text, mac: text });
export type NonnullInterface = Infer<typeof NonnullInterface>;
export const NonnullStoragePool = struct({ name: text, uuid });
export type NonnullStoragePool = Infer<typeof NonnullStoragePool>;
/** `key` is unique on the host (usually the path) and may be all a caller knows. */
export const NonnullStorageVol = struct({ pool: text, name: text, key: text });
export type NonnullStorageVol = Infer<typeof NonnullStorageVol>;
export const NonnullNodeDevice = struct({ name: text });
export type NonnullNodeDevice = Infer<typeof NonnullNodeDevice>;
/** `usageType` is a SecretUsageType; `usageID` says what the secret is for. */
export const NonnullSecret = struct({ uuid, usageType: i32, usageID: text });
export type NonnullSecret = Infer<typeof NonnullSecret>;
export const NonnullDomainCheckpoint = struct({ name: text, dom: NonnullDomain });
export type NonnullDomainCheckpoint = Infer<typeof NonnullDomainCheckpoint>;
export const NonnullDomainSnapshot = struct({ name: text, dom: NonnullDomain });
export type NonnullDomainSnapshot = Infer<typeof NonnullDomainSnapshot>;
