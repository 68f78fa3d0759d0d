import type { Rom } from "@libvirt-ts/conf/domain";
import type { Props } from "../command/types.ts";

/** The option ROM of a card; `enabled='no'` is an empty file. */
export const romProps = (rom: Rom | undefined): Props => ({
  rombar: rom?.bar === undefined ? undefined : rom.bar ? 1 : 0,
  romfile: rom?.enabled === false ? "" : rom?.file,
});
