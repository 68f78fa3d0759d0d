export type { AccessAttributes, AccessControl, AccessRequest, Caller } from "./control.ts";
export { actionOf, PolkitAccess } from "./polkit-access.ts";
export { parseRule, type Rule } from "./rule.ts";
