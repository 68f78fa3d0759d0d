import { readFileSync } from "node:fs";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { silentLogger } from "@libvirt-ts/logging";
import { remote } from "@libvirt-ts/protocol";
import { formatUuid } from "@libvirt-ts/util/uuid";
import { expect, test } from "vitest";
import { FakePeer } from "../testing.ts";
import { connectionService, Server, type Service } from "./index.ts";

/** A packet recorded from libvirt 11.3 (see the README beside the file). */
interface Vector {
  id: string;
  hex: string;
}

const file = new URL("../../../protocol/vectors/errors.jsonl", import.meta.url);
const lines = readFileSync(file, "utf8").trim().split("\n");
const packets = new Map(
  lines.map((line) => {
    const { id, hex }: Vector = JSON.parse(line);
    return [Number(id.replace("errors-", "")), Buffer.from(hex, "hex")];
  }),
);

const packet = (number: number): Buffer => {
  const bytes = packets.get(number);
  if (bytes === undefined) throw new Error(`no packet ${number}`);
  return Buffer.from(bytes);
};

function serve(auth: "none" | "sasl"): FakePeer {
  const session = connectionService({
    type: "QEMU",
    scheme: "qemu",
    privileged: true,
    rootSession: true,
    features: [3, 4, 6, 7, 9, 11, 12, 13, 16],
    libVersion: 11_003_000,
  });
  const noDomain = (what: string) =>
    new VirError(ErrorDomain.QEMU, ErrorCode.NO_DOMAIN, `no domain with matching ${what}`);
  const service: Service<typeof remote.procs> = {
    program: remote,
    errorDomain: ErrorDomain.REMOTE,
    gate: session.gate,
    handlers: {
      ...session.handlers,
      domainLookupByName({ name }) {
        throw noDomain(`name '${name}'`);
      },
      domainLookupByUuid({ uuid }) {
        throw noDomain(`uuid '${formatUuid(uuid)}'`);
      },
    },
  };
  const server = new Server({ name: "test", log: silentLogger(), services: [service] });
  const peer = new FakePeer();
  server.serve(peer.open, { pid: 1, uid: 0, gid: 0 }, { auth });
  return peer;
}

const authList = 1;
const open = 6;

/** What was asked before, the question, libvirt's answer. */
test.each<[string, number[], number, number, "none" | "sasl"]>([
  ["authentication required", [], 3, 4, "sasl"],
  ["not open", [authList], 3, 5, "none"],
  ["AUTH_LIST", [], 1, 2, "none"],
  ["CONNECT_OPEN", [authList], 6, 7, "none"],
  ["opened twice", [authList, open], 6, 8, "none"],
  ["GET_URI", [authList, open], 3, 9, "none"],
  ["GET_URI of a session", [authList, 11], 3, 12, "none"],
  ["other driver's URI", [authList], 27, 28, "none"],
  ["unknown driver's URI", [authList], 31, 32, "none"],
  ["wrong path", [authList], 33, 34, "none"],
  ["no name", [authList], 37, 38, "none"],
  ["feature 0", [authList, open], 39, 40, "none"],
  ["feature 3", [authList, open], 43, 44, "none"],
  ["unknown program", [authList, open], 61, 62, "none"],
  ["unknown procedure", [authList, open], 63, 64, "none"],
  ["procedure 0", [authList, open], 65, 66, "none"],
  ["procedure -1", [authList, open], 67, 68, "none"],
  ["event as call", [authList, open], 69, 70, "none"],
  ["PING", [], 71, 72, "none"],
  ["GET_TYPE", [authList, open], 91, 92, "none"],
  ["GET_LIB_VERSION", [authList, open], 95, 96, "none"],
  ["no domain of that name", [authList, open], 97, 98, "none"],
  ["no domain of that uuid", [authList, open], 99, 100, "none"],
])("%s is answered byte for byte as by libvirt", (_, before, question, answer, auth) => {
  const peer = serve(auth);
  for (const each of before) peer.send(packet(each));
  peer.take();
  const expected = packet(answer);
  const call = packet(question);
  expected.copy(call, 20, 20, 24); // recorded once for several serials
  expect(peer.send(call).takeBytes().toString("hex")).toBe(expected.toString("hex"));
});
