import { ShellError } from "@libvirt-ts/cli";
import { present, tag } from "../support/xml.ts";

/** What stands before the first comma, and what is named behind it. */
export interface Spec {
  readonly first: string;
  readonly named: Readonly<Record<string, string>>;
}

/** Reads "FIRST,key=value,…"; a comma in a value is doubled. @returns undefined on a key that is not known */
export function readSpec(spec: string, keys: readonly string[]): Spec | undefined {
  const [first = "", ...rest] = spec
    .replaceAll(",,", "\0")
    .split(",")
    .map((part) => part.replaceAll("\0", ","));
  const named: Record<string, string> = {};
  const keyOf = (part: string) => keys.find((key) => part.startsWith(`${key}=`));
  const parts = keyOf(first) === undefined ? rest : [first, ...rest];
  for (const part of parts) {
    const key = keyOf(part);
    if (key === undefined) return undefined;
    named[key] = part.slice(key.length + 1);
  }
  return { first: parts.length > rest.length ? "" : first, named };
}

/** `<disk>` of a snapshot. */
export function diskSpecXml(spec: string): string {
  const found = readSpec(spec, ["snapshot", "driver", "stype", "file"]);
  if (found === undefined || found.first === "") throw new ShellError(`unable to parse diskspec: ${spec}`);
  const { snapshot, driver, file, stype } = found.named;
  const type = stype === undefined || stype === "file" ? undefined : stype;
  const attrs = { name: found.first, snapshot, type };
  const parts = present([
    driver !== undefined && tag("driver", { type: driver }),
    file !== undefined && tag("source", { [type === "block" ? "dev" : "file"]: file }),
  ]);
  return tag("disk", attrs, parts);
}

/** `<disk>` of a checkpoint. */
export function checkpointDiskXml(spec: string): string {
  const found = readSpec(spec, ["checkpoint", "bitmap"]);
  if (found === undefined || found.first === "") throw new ShellError(`unable to parse diskspec: ${spec}`);
  const { checkpoint, bitmap } = found.named;
  return tag("disk", { name: found.first, checkpoint, bitmap });
}
