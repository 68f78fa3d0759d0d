import { readFileSync } from "node:fs";
import { MessageType, readHeader, remote } from "@libvirt-ts/protocol";

/** Calls that real clients sent to real daemons. */
export function recordedCalls(): Buffer[] {
  const url = new URL("../../../packages/protocol/vectors/remote.jsonl", import.meta.url);
  const frames = readFileSync(url, "utf8")
    .trim()
    .split("\n")
    .map((line) => Buffer.from((JSON.parse(line) as { hex: string }).hex, "hex"));
  return frames.filter((frame) => {
    const { type, prog, proc } = readHeader(frame);
    return type === MessageType.CALL && (prog !== remote.number || proc !== remote.procs.connectClose.number);
  });
}
