import {
  attr,
  element,
  hex,
  hexLong,
  type Infer,
  leaf,
  list,
  onOff,
  refusing,
  str,
  strictly,
  uint,
  variant,
  yesNo,
} from "@libvirt-ts/xml";
import { xmlError } from "./errors.ts";
import { attrOneOf } from "./words.ts";

const noPolicy = () => xmlError("failed to get launch security policy");
const sevCommon = {
  cbitpos: leaf(
    "cbitpos",
    refusing(uint, () => xmlError("Invalid format for launch security cbitpos")),
  ),
  reducedPhysBits: leaf(
    "reducedPhysBits",
    refusing(uint, () => xmlError("Invalid format for launch security reduced-phys-bits")),
  ),
};

/** Memory hidden from the host. */
export const LaunchSecurity = element("launchSecurity", {
  type: attrOneOf("type", ["sev", "sev-snp", "s390-pv"], { required: true }),
  $kind: variant("type", {
    sev: {
      kernelHashes: attr("kernelHashes", yesNo),
      ...sevCommon,
      policy: leaf("policy", refusing(hex(4), noPolicy), { required: true, missing: noPolicy }),
      dhCert: leaf("dhCert", str),
      session: leaf("session", str),
    },
    "sev-snp": {
      kernelHashes: attr("kernelHashes", yesNo),
      authorKey: attr("authorKey", yesNo),
      vcek: attr("vcek", yesNo),
      ...sevCommon,
      policy: leaf("policy", strictly(hexLong(8), /(?:0x)?[0-9a-f]+/, "a hexadecimal number"), {
        required: true,
      }),
      guestVisibleWorkarounds: leaf("guestVisibleWorkarounds", str),
      idBlock: leaf("idBlock", str),
      idAuth: leaf("idAuth", str),
      hostData: leaf("hostData", str),
    },
    "s390-pv": {},
  }),
});
export type LaunchSecurity = Infer<typeof LaunchSecurity>;

/** Protected keys of s390. */
export const Keywrap = element("keywrap", {
  ciphers: list(
    element("cipher", {
      name: attrOneOf("name", ["aes", "dea"], { required: true }),
      state: attr("state", onOff, { required: true }),
    }),
    { strict: { required: true } },
  ),
});
export type Keywrap = Infer<typeof Keywrap>;
