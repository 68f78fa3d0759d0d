import { element, type Infer } from "@libvirt-ts/xml";
import { info } from "../info.ts";

/** Non-volatile memory of pseries guests. */
export const Nvram = element("nvram", { ...info }, { keepEmpty: true });
export type Nvram = Infer<typeof Nvram>;
