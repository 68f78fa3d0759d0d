import type { Values } from "./values.ts";

/* Secrets. */

/** `virSecretUsageType`: `VIR_SECRET_USAGE_TYPE_*`. */
export const SecretUsageType = {
  NONE: 0,
  VOLUME: 1,
  CEPH: 2,
  ISCSI: 3,
  TLS: 4,
  VTPM: 5,
} as const;
export type SecretUsageType = Values<typeof SecretUsageType>;

/** `virConnectListAllSecretsFlags`: `VIR_CONNECT_LIST_SECRETS_*`. */
export const ConnectListAllSecretsFlags = {
  EPHEMERAL: 0x1,
  NO_EPHEMERAL: 0x2,
  PRIVATE: 0x4,
  NO_PRIVATE: 0x8,
} as const;
export type ConnectListAllSecretsFlags = Values<typeof ConnectListAllSecretsFlags>;

/** `virSecretDefineFlags`: `VIR_SECRET_DEFINE_*`. */
export const SecretDefineFlags = {
  VALIDATE: 0x1,
} as const;
export type SecretDefineFlags = Values<typeof SecretDefineFlags>;

/** `virSecretEventID`: `VIR_SECRET_EVENT_ID_*`. */
export const SecretEventId = {
  LIFECYCLE: 0,
  VALUE_CHANGED: 1,
} as const;
export type SecretEventId = Values<typeof SecretEventId>;

/** `virSecretEventLifecycleType`: `VIR_SECRET_EVENT_*`. */
export const SecretEventLifecycleType = {
  DEFINED: 0,
  UNDEFINED: 1,
} as const;
export type SecretEventLifecycleType = Values<typeof SecretEventLifecycleType>;
