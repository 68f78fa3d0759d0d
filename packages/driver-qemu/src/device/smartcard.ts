import type { Smartcard } from "@libvirt-ts/conf/domain";
import { controllerAlias } from "./address-props.ts";
import { chardevParts } from "./chardev.ts";
import { aliasOf, type DeviceContext, devicePart, type Part } from "./parts.ts";

export function smartcardParts(card: Smartcard, context: DeviceContext): Part[] {
  const id = aliasOf(card);
  const index = card.address?.type === "ccid" ? card.address.controller : 0;
  const bus = `${controllerAlias(context.def, "ccid", index)}.0`;
  switch (card.mode) {
    case "host":
      return [devicePart({ driver: "ccid-card-emulated", backend: "nss-emulated", id, bus })];
    case "host-certificates": {
      const [cert1, cert2, cert3] = card.certificates;
      return [
        devicePart({
          driver: "ccid-card-emulated",
          backend: "certificates",
          cert1,
          cert2,
          cert3,
          db: card.database ?? "/etc/pki/nssdb",
          id,
          bus,
        }),
      ];
    }
    case "passthrough": {
      const chardev = `char${id}`;
      return [
        ...chardevParts(chardev, card.source, context),
        devicePart({ driver: "ccid-card-passthru", chardev, id, bus }),
      ];
    }
  }
}
