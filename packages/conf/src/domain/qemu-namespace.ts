import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { attr, child, element, type Infer, list, str, strictlyOneOf } from "@libvirt-ts/xml";
import { attrOneOf } from "./words.ts";

const internalError = (detail: string) => new VirError(ErrorDomain.QEMU, ErrorCode.INTERNAL_ERROR, detail);
const xmlError = (detail: string) => new VirError(ErrorDomain.QEMU, ErrorCode.XML_ERROR, detail);

/** The namespace of settings only the QEMU driver knows. */
export const qemuNamespace = "http://libvirt.org/schemas/domain/qemu/1.0";

/** Arguments and environment handed to QEMU as they are. */
const Commandline = element("qemu:commandline", {
  args: list(
    element("qemu:arg", {
      value: attr("value", str, {
        required: true,
        missing: () => internalError("No qemu command-line argument specified"),
      }),
    }),
  ),
  envs: list(
    element("qemu:env", {
      name: attr("name", str, {
        required: true,
        missing: () => internalError("No qemu environment name specified"),
      }),
      value: attr("value", str),
    }),
  ),
});
const capability = {
  capability: attr("capability", str, {
    required: true,
    missing: () => internalError("missing capability name"),
  }),
};
const Capabilities = element("qemu:capabilities", {
  add: list(element("qemu:add", capability)),
  del: list(element("qemu:del", capability)),
});
const Property = element("qemu:property", {
  name: attr("name", str, {
    required: true,
    missing: () => xmlError("missing 'name' attribute for qemu:property"),
  }),
  type: attrOneOf("type", ["string", "unsigned", "signed", "bool", "remove"], { required: true }),
  value: attr("value", str),
});
const Override = element("qemu:override", {
  devices: list(
    element("qemu:device", {
      alias: attr("alias", str, {
        required: true,
        missing: () => xmlError("missing 'alias' attribute for qemu:device"),
      }),
      frontend: child(element("qemu:frontend", { properties: list(Property) }), { joins: true }),
    }),
  ),
});

export const qemuFields = {
  qemuCommandline: child(Commandline, { joins: true }),
  qemuCapabilities: child(Capabilities, { joins: true }),
  qemuOverride: child(Override, { joins: true }),
  qemuDeprecation: child(
    element("qemu:deprecation", {
      behavior: attr("behavior", strictlyOneOf(str, ["none", "omit", "reject", "crash"]), {
        emptyIsAbsent: true,
        strict: { required: true },
      }),
    }),
  ),
};
export type QemuCommandline = Infer<typeof Commandline>;
export type QemuOverride = Infer<typeof Override>;
