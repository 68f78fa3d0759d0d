import type { Tpm } from "@libvirt-ts/conf/domain";
import { optionText } from "../command/text.ts";
import { addressProps } from "./address-props.ts";
import { aliasOf, type DeviceContext, devicePart, isX86, optionPart, type Part } from "./parts.ts";

export function tpmParts(tpm: Tpm, context: DeviceContext): Part[] {
  const id = aliasOf(tpm);
  const { def, fds, resources } = context;
  if (tpm.model === "spapr-tpm-proxy") {
    const path = tpm.backend.type === "passthrough" ? tpm.backend.device?.path : undefined;
    return [devicePart({ driver: "spapr-tpm-proxy", id, "host-path": path })];
  }
  const parts: Part[] = [];
  const tpmdev = `tpm-${id}`;
  switch (tpm.backend.type) {
    case "passthrough": {
      const device = fds.set(resources.device(id, "tpm"), `${id}-tpm`);
      const cancel = fds.set(resources.device(id, "tpm-cancel"), `${id}-cancel`);
      const text = optionText("passthrough", [
        ["id", tpmdev],
        ["path", device.path],
        ["cancel-path", cancel.path],
      ]);
      parts.push(device.part, cancel.part, optionPart("-tpmdev", text));
      break;
    }
    case "emulator":
    case "external": {
      const path = tpm.backend.type === "external" ? tpm.backend.source?.path : context.tpmSocket?.(tpm);
      // Without an emulator there is a device that answers nothing.
      parts.push(
        optionPart(
          "-tpmdev",
          optionText("emulator", [
            ["id", tpmdev],
            ["chardev", "chrtpm"],
          ]),
        ),
        path === undefined
          ? { kind: "chardev", id: "chrtpm", backend: "null", options: [] }
          : { kind: "chardev", id: "chrtpm", backend: "socket", options: [["path", path]] },
      );
      parts.reverse();
      break;
    }
  }
  // On Arm boards it sits on the system bus.
  const model = tpm.model ?? "tpm-tis";
  const driver = model === "tpm-tis" && !isX86(def.os.type.arch ?? "") ? "tpm-tis-device" : model;
  parts.push(devicePart({ driver, tpmdev, id, ...addressProps(def, tpm) }));
  return parts;
}
