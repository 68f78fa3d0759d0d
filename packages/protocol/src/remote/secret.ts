import { array, bytes, i32, optional, struct, u32 } from "@libvirt-ts/xdr";
import { text, uuid } from "../common.ts";
import { event, procFor } from "../program.ts";
import { Max } from "./limits.ts";
import { NonnullSecret } from "./objects.ts";

export const ConnectNumOfSecretsRet = struct({ num: i32 });
export const ConnectListSecretsArgs = struct({ maxuuids: i32 });
export const ConnectListSecretsRet = struct({ uuids: array(text, Max.SECRET_LIST) });
export const SecretLookupByUuidArgs = struct({ uuid });
export const SecretLookupByUuidRet = struct({ secret: NonnullSecret });
export const SecretDefineXmlArgs = struct({ xml: text, flags: u32 });
export const SecretDefineXmlRet = struct({ secret: NonnullSecret });
export const SecretGetXmlDescArgs = struct({ secret: NonnullSecret, flags: u32 });
export const SecretGetXmlDescRet = struct({ xml: text });
export const SecretSetValueArgs = struct({
  secret: NonnullSecret,
  value: bytes(Max.SECRET_VALUE),
  flags: u32,
});
export const SecretGetValueArgs = struct({ secret: NonnullSecret, flags: u32 });
export const SecretGetValueRet = struct({ value: bytes(Max.SECRET_VALUE) });
export const SecretUndefineArgs = struct({ secret: NonnullSecret });
export const SecretLookupByUsageArgs = struct({ usageType: i32, usageID: text });
export const SecretLookupByUsageRet = struct({ secret: NonnullSecret });
export const ConnectListAllSecretsArgs = struct({ needResults: i32, flags: u32 });
export const ConnectListAllSecretsRet = struct({ secrets: array(NonnullSecret, Max.SECRET_LIST), ret: u32 });
export const ConnectSecretEventRegisterAnyArgs = struct({ eventID: i32, secret: optional(NonnullSecret) });
export const ConnectSecretEventRegisterAnyRet = struct({ callbackID: i32 });
export const ConnectSecretEventDeregisterAnyArgs = struct({ callbackID: i32 });
export const SecretEventLifecycleMsg = struct({
  callbackID: i32,
  secret: NonnullSecret,
  event: i32,
  detail: i32,
});
export const SecretEventValueChangedMsg = struct({ callbackID: i32, secret: NonnullSecret });

const proc = procFor("secret");

/** Secrets. */
export const secretProcs = {
  connectNumOfSecrets: proc(139, null, ConnectNumOfSecretsRet, {
    api: "virConnectNumOfSecrets",
    acl: "connect:search_secrets",
    aclFilter: "secret:getattr",
    priority: "high",
  }),
  connectListSecrets: proc(140, ConnectListSecretsArgs, ConnectListSecretsRet, {
    api: "virConnectListSecrets",
    acl: "connect:search_secrets",
    aclFilter: "secret:getattr",
    priority: "high",
  }),
  secretLookupByUuid: proc(141, SecretLookupByUuidArgs, SecretLookupByUuidRet, {
    api: "virSecretLookupByUUID",
    acl: "secret:getattr",
    priority: "high",
  }),
  secretDefineXml: proc(142, SecretDefineXmlArgs, SecretDefineXmlRet, {
    api: "virSecretDefineXML",
    acl: ["secret:write", "secret:save"],
    priority: "high",
  }),
  secretGetXmlDesc: proc(143, SecretGetXmlDescArgs, SecretGetXmlDescRet, {
    api: "virSecretGetXMLDesc",
    acl: "secret:read",
    priority: "high",
  }),
  secretSetValue: proc(144, SecretSetValueArgs, null, {
    api: "virSecretSetValue",
    acl: "secret:write",
    priority: "high",
  }),
  secretGetValue: proc(145, SecretGetValueArgs, SecretGetValueRet, {
    api: "virSecretGetValue",
    acl: "secret:read_secure",
    priority: "high",
  }),
  secretUndefine: proc(146, SecretUndefineArgs, null, {
    api: "virSecretUndefine",
    acl: "secret:delete",
    priority: "high",
  }),
  secretLookupByUsage: proc(147, SecretLookupByUsageArgs, SecretLookupByUsageRet, {
    api: "virSecretLookupByUsage",
    acl: "secret:getattr",
    priority: "high",
  }),
  connectListAllSecrets: proc(287, ConnectListAllSecretsArgs, ConnectListAllSecretsRet, {
    api: "virConnectListAllSecrets",
    acl: "connect:search_secrets",
    aclFilter: "secret:getattr",
    priority: "high",
  }),
  connectSecretEventRegisterAny: proc(
    380,
    ConnectSecretEventRegisterAnyArgs,
    ConnectSecretEventRegisterAnyRet,
    {
      api: "virConnectSecretEventRegisterAny",
      acl: "connect:search_secrets",
      aclFilter: "secret:getattr",
      priority: "high",
    },
  ),
  connectSecretEventDeregisterAny: proc(381, ConnectSecretEventDeregisterAnyArgs, null, {
    api: "virConnectSecretEventDeregisterAny",
    acl: "connect:read",
    priority: "high",
  }),
  secretEventLifecycle: event(382, SecretEventLifecycleMsg),
  secretEventValueChanged: event(383, SecretEventValueChangedMsg),
};
