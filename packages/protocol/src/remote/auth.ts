import { array, charArray, i32, struct } from "@libvirt-ts/xdr";
import { text } from "../common.ts";
import { proc } from "../program.ts";
import { Max } from "./limits.ts";

/** `remote_auth_type`: what AUTH_LIST answers; the list always has one entry. */
export const AuthType = { NONE: 0, SASL: 1, POLKIT: 2 } as const;

export const AuthListRet = struct({ types: array(i32, Max.AUTH_TYPE_LIST) });
export const AuthSaslInitRet = struct({ mechlist: text });
export const AuthSaslStartArgs = struct({ mech: text, nil: i32, data: charArray(Max.AUTH_SASL_DATA) });
export const AuthSaslStartRet = struct({ complete: i32, nil: i32, data: charArray(Max.AUTH_SASL_DATA) });
export const AuthSaslStepArgs = struct({ nil: i32, data: charArray(Max.AUTH_SASL_DATA) });
export const AuthSaslStepRet = struct({ complete: i32, nil: i32, data: charArray(Max.AUTH_SASL_DATA) });
export const AuthPolkitRet = struct({ complete: i32 });

/** Authentication, before anything else is allowed. */
export const authProcs = {
  authList: proc(66, null, AuthListRet, { priority: "high", needAuth: false }),
  authSaslInit: proc(67, null, AuthSaslInitRet, { priority: "high", needAuth: false }),
  authSaslStart: proc(68, AuthSaslStartArgs, AuthSaslStartRet, { priority: "high", needAuth: false }),
  authSaslStep: proc(69, AuthSaslStepArgs, AuthSaslStepRet, { priority: "high", needAuth: false }),
  authPolkit: proc(70, null, AuthPolkitRet, { priority: "high", needAuth: false }),
};
