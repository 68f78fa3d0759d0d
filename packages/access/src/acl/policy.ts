import { lxc, type Program, qemu, type Rows, remote } from "@libvirt-ts/protocol";
import { actionOf } from "./polkit-access.ts";
import { parseRule } from "./rule.ts";

/** Permissions that everybody has unless a rule says otherwise: to look. */
const isOpen = (object: string, permission: string): boolean =>
  permission === "getattr" ||
  permission.startsWith("search_") ||
  (permission === "read" && object !== "node_device");

/** Every permission that a procedure needs, sorted. */
export function permissions(): { object: string; permission: string }[] {
  const found = new Map<string, { object: string; permission: string }>();
  const programs: Program<Rows>[] = [remote, qemu, lxc];
  for (const row of programs.flatMap(({ procs }) => Object.values(procs))) {
    if (row.kind !== "call") continue;
    for (const text of row.aclFilter === undefined ? row.acl : [...row.acl, row.aclFilter]) {
      const { object, permission } = parseRule(text);
      found.set(`${object}.${permission}`, { object, permission });
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
}

/** The actions that polkit must know before rules can speak of them: `org.libvirt.api.policy`. */
export function apiPolicy(): string {
  const actions = permissions().map(
    (each) => `  <action id="${actionOf(each)}">
    <description>${words(each.permission)}: ${words(each.object)}</description>
    <message>The permission "${words(each.permission)}" on libvirt's ${words(each.object)} objects is needed</message>
    <defaults>
      <allow_any>${isOpen(each.object, each.permission) ? "yes" : "no"}</allow_any>
      <allow_inactive>${isOpen(each.object, each.permission) ? "yes" : "no"}</allow_inactive>
      <allow_active>${isOpen(each.object, each.permission) ? "yes" : "no"}</allow_active>
    </defaults>
  </action>
`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE policyconfig PUBLIC "-//freedesktop//DTD PolicyKit Policy Configuration 1.0//EN"
  "http://www.freedesktop.org/standards/PolicyKit/1/policyconfig.dtd">
<!-- Made from the access rules of the protocol tables by packages/access: do not edit. -->
<policyconfig>
  <vendor>libvirt-ts</vendor>
${actions.join("")}</policyconfig>
`;
}

const words = (name: string) => name.replaceAll("_", " ");
