import { element, type Infer, leaf, leaves, str, variant } from "@libvirt-ts/xml";
import { absDir } from "../../types.ts";
import { chardevSource, readChardev } from "../chardev.ts";
import { xmlError } from "../errors.ts";
import { info } from "../info.ts";
import { attrOneOf } from "../words.ts";

/** A smart card reader and where its card is. */
export const Smartcard = element(
  "smartcard",
  {
    mode: attrOneOf("mode", ["host", "host-certificates", "passthrough"], { required: true }),
    $card: variant("mode", {
      host: {},
      "host-certificates": { certificates: leaves("certificate", str), database: leaf("database", absDir) },
      passthrough: { source: chardevSource },
    }),
    ...info,
  },
  {
    read(card, from) {
      if (card.mode === "passthrough" && from.attrs.type === undefined)
        throw xmlError("passthrough mode requires a character device type attribute");
      if (card.mode === "host-certificates" && card.database?.startsWith("/") === false)
        throw xmlError(`expecting absolute path: ${card.database}`);
      if (card.mode === "passthrough") readChardev(card.source, from);
      if (card.mode === "host-certificates" && card.certificates.length !== 3) {
        throw xmlError("host-certificates mode needs exactly three certificates");
      }
    },
  },
);
export type Smartcard = Infer<typeof Smartcard>;
