import type { DomainDef } from "@libvirt-ts/conf/domain";
import type { Part } from "../device/parts.ts";
import type { Json } from "./types.ts";

/** Applies what the user wants different in a device (`<qemu:override>`). */
export function overrideProps(part: Part, { qemuOverride }: DomainDef): Part {
  if (part.kind !== "device" || qemuOverride === undefined) return part;
  const { id } = part.props;
  const found = qemuOverride.devices.find((device) => device.alias === id);
  if (found?.frontend === undefined) return part;
  const props: Record<string, Json | undefined> = { ...part.props };
  for (const { name, type, value = "" } of found.frontend.properties) {
    switch (type) {
      case "string":
        props[name] = value;
        break;
      case "unsigned":
      case "signed":
        props[name] = BigInt(value);
        break;
      case "bool":
        props[name] = value === "true";
        break;
      case "remove":
        delete props[name];
        break;
    }
  }
  return { kind: "device", props };
}
