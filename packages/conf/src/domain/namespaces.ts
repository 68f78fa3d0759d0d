import { attr, child, element, type Infer, leaf, list, str } from "@libvirt-ts/xml";
import { qemuFields } from "./qemu-namespace.ts";
import { attrOneOf } from "./words.ts";

declare module "@libvirt-ts/xml" {
  interface Context {
    /** The driver whose own elements are read (default: qemu); those of others are passed over. */
    readonly namespace?: DriverNamespace;
  }
}

export const driverNamespaces = ["qemu", "lxc", "bhyve", "xen", "vmware"] as const;
export type DriverNamespace = (typeof driverNamespaces)[number];

export const namespaceUri = (driver: DriverNamespace): string =>
  `http://libvirt.org/schemas/domain/${driver}/1.0`;

const shared = <const T extends readonly string[]>(tag: string, ...types: T) =>
  child(
    element(`lxc:${tag}`, {
      type: attrOneOf("type", types, { required: true }),
      value: attr("value", str, { required: true }),
    }),
  );

/** Which namespaces of the host or of another container a container shares. */
const LxcNamespace = element("lxc:namespace", {
  net: shared("sharenet", "netns", "name", "pid"),
  ipc: shared("shareipc", "name", "pid"),
  uts: shared("shareuts", "name", "pid"),
});
export type LxcNamespace = Infer<typeof LxcNamespace>;

/** Arguments handed to the hypervisor's program as they are. */
const commandline = (driver: "bhyve" | "xen") =>
  element(`${driver}:commandline`, {
    args: list(element(`${driver}:arg`, { value: attr("value", str, { required: true }) })),
  });

/** Elements only one driver knows, each in that driver's namespace. */
export const namespaceFields = {
  ...qemuFields,
  lxcNamespace: child(LxcNamespace),
  bhyveCommandline: child(commandline("bhyve")),
  xenCommandline: child(commandline("xen")),
  vmwareDatacenterPath: leaf("vmware:datacenterpath", str),
};

const fieldsOf = {
  qemu: ["qemuCommandline", "qemuCapabilities", "qemuOverride", "qemuDeprecation"],
  lxc: ["lxcNamespace"],
  bhyve: ["bhyveCommandline"],
  xen: ["xenCommandline"],
  vmware: ["vmwareDatacenterPath"],
} as const satisfies { readonly [D in DriverNamespace]: readonly (keyof typeof namespaceFields)[] };

type Held = { [K in keyof typeof namespaceFields]?: unknown };

/** The namespace a definition makes use of. */
export const usedNamespace = (def: Held): DriverNamespace | undefined =>
  driverNamespaces.find((driver) => fieldsOf[driver].some((field) => def[field] !== undefined));

/** Drops what belongs to other drivers. */
export function keepNamespace(def: Held, own: DriverNamespace = "qemu"): void {
  for (const driver of driverNamespaces) {
    if (driver === own) continue;
    for (const field of fieldsOf[driver]) if (def[field] !== undefined) delete def[field];
  }
}
