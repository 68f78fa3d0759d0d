import { struct, u32 } from "@libvirt-ts/xdr";
import { NonnullDomain } from "./common.ts";
import { procFor, program } from "./program.ts";

export const LxcDomainOpenNamespaceArgs = struct({ dom: NonnullDomain, flags: u32 });

const proc = procFor("hypervisor");

/** Calls only the lxc driver has. */
export const lxc = program("lxc", 0x00068000, 1, {
  domainOpenNamespace: proc(1, LxcDomainOpenNamespaceArgs, null, {
    api: "virDomainLxcOpenNamespace",
    acl: "domain:open_namespace",
    fds: "out",
  }),
});
