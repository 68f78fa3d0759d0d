import { findType, type Schema, validateQmp } from "@libvirt-ts/driver-qemu/command";
import { prettyJson } from "../json.ts";

/** Options whose value, written as JSON, is what a QMP command takes. */
const commands: Readonly<Record<string, string>> = {
  "-blockdev": "blockdev-add",
  "-netdev": "netdev_add",
  "-object": "object-add",
  "-device": "device_add",
  "-chardev": "chardev-add",
};

/**
 * Holds every JSON argument of a command line against the schema of the QEMU it is for.
 * @throws Error with the first that QEMU would not take
 */
export function validateArguments(args: readonly string[], schema: Schema): void {
  for (const [i, option] of args.entries()) {
    const command = commands[option];
    const text = args[i + 1];
    if (command === undefined || !text?.startsWith("{")) continue;
    // Properties of single devices are in no schema.
    const options = { incomplete: command === "device_add", deprecated: true };
    const complaint = validateQmp(schema, findType(schema, `${command}/arg-type`), JSON.parse(text), options);
    if (complaint !== undefined) throw new Error(`${option} ${text}: ${complaint}`);
  }
}

/** Holds one command against the schema. @throws Error with what QEMU would not take */
export function validateStep({ command, args }: { command: string; args: object }, schema: Schema): void {
  const text = prettyJson(args);
  const options = { incomplete: command === "device_add", deprecated: true };
  const complaint = validateQmp(schema, findType(schema, `${command}/arg-type`), JSON.parse(text), options);
  if (complaint !== undefined) throw new Error(`${command} ${text}: ${complaint}`);
}
