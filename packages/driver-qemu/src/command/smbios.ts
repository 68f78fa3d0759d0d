import type { Sysinfo } from "@libvirt-ts/conf/domain";
import { type DeviceContext, optionPart, type Part } from "../device/parts.ts";
import { type OptionValue, optionText } from "./text.ts";

type Block = Readonly<Record<string, string | undefined>>;

/** SMBIOS tables and firmware configuration files. */
export function smbiosParts({ def }: DeviceContext): Part[] {
  const parts: Part[] = [];
  if (def.os.smbios === "sysinfo") {
    for (const info of def.sysinfos) if (info.type === "smbios") parts.push(...tables(info));
  }
  for (const info of def.sysinfos) {
    if (info.type !== "fwcfg") continue;
    for (const { name, value, file } of info.entries) {
      const content: readonly [string, OptionValue] = value ? ["string", value] : ["file", file];
      parts.push(optionPart("-fw_cfg", optionText(undefined, [["name", name], content])));
    }
  }
  return parts;
}

function tables(info: Extract<Sysinfo, { type: "smbios" }>): Part[] {
  const parts: Part[] = [];
  const table = (type: number, block: Block | undefined, names: readonly (readonly [string, string])[]) => {
    if (block === undefined) return;
    parts.push(
      optionPart(
        "-smbios",
        optionText(
          `type=${type}`,
          names.map(([key, field]) => [key, block[field]] as const),
        ),
      ),
    );
  };
  const same = (...names: string[]) => names.map((name) => [name, name] as const);
  table(0, info.bios?.entries, same("vendor", "version", "date", "release"));
  table(
    1,
    info.system?.entries,
    same("manufacturer", "product", "version", "serial", "uuid", "sku", "family"),
  );
  for (const board of info.baseBoards)
    table(2, board.entries, same("manufacturer", "product", "version", "serial", "asset", "location"));
  table(3, info.chassis?.entries, same("manufacturer", "version", "serial", "asset", "sku"));
  const strings = info.oemStrings?.entries ?? [];
  if (strings.length > 0)
    parts.push(
      optionPart(
        "-smbios",
        optionText(
          "type=11",
          strings.map((s) => ["value", s] as const),
        ),
      ),
    );
  return parts;
}
