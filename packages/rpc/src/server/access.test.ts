import { type AccessRequest, parseRule } from "@libvirt-ts/access/rules";
import { ErrorDomain } from "@libvirt-ts/errors";
import { silentLogger } from "@libvirt-ts/logging";
import { type Args, type CallRow, type Ret, remote } from "@libvirt-ts/protocol";
import { decode, encode } from "@libvirt-ts/xdr";
import { expect, test } from "vitest";
import { errorText, FakePeer } from "../testing.ts";
import { eventFrame, Server, type Service, visible } from "./index.ts";

const { procs } = remote;
const uuidOf = (number: number) => new Uint8Array(16).fill(number);
const domains = [
  { name: "web", uuid: uuidOf(1), id: 1 },
  { name: "db", uuid: uuidOf(2), id: 2 },
];
const attributesOf = ({ name, uuid }: (typeof domains)[number]) => ({
  domain_name: name,
  domain_uuid: String(uuid[0]),
});

/** A server on which polkit, say, answers by `decide`. */
function start(
  decide: ((request: AccessRequest) => boolean | Promise<boolean>) | undefined,
  objects = true,
  isOpenToAll = false,
) {
  const asked: string[] = [];
  const service: Service<typeof procs> = {
    program: remote,
    errorDomain: ErrorDomain.REMOTE,
    isOpenToAll,
    ...(objects && {
      access: {
        driver: "QEMU",
        objectOf(_type, args) {
          const dom: unknown = Reflect.get(Object(args), "dom");
          const uuid: unknown = Reflect.get(Object(dom), "uuid");
          const found = domains.find((each) => uuid instanceof Uint8Array && each.uuid[0] === uuid[0]);
          return found === undefined ? null : attributesOf(found);
        },
      },
    }),
    handlers: {
      connectGetHostname: () => ({ hostname: "here" }),
      domainCreate() {},
      domainGetXmlDesc: () => ({ xml: "<domain/>" }),
      async connectListAllDomains(_, call) {
        const shown = await visible(call, domains, attributesOf);
        return { domains: [...shown], ret: shown.length };
      },
    },
  };
  const server = new Server({
    name: "test",
    log: silentLogger(),
    services: [service],
    access: decide && {
      compile: parseRule,
      async allows(request) {
        asked.push(`${request.object}:${request.permission} ${request.attributes.domain_name ?? ""}`.trim());
        return decide(request);
      },
    },
  });
  const peer = new FakePeer();
  const client = server.serve(peer.open, { pid: process.pid, uid: 1000, gid: 1 });
  return { peer, client, asked };
}

async function call<R extends CallRow>(peer: FakePeer, row: R, args: Args<R>): Promise<Ret<R> | string> {
  peer.call({ proc: row.number }, row.args === null ? undefined : encode(row.args, args));
  const reply = await peer.next();
  if (reply.status !== 0) return errorText(reply);
  return (row.ret === null ? "ok" : decode(row.ret, reply.body)) as Ret<R>; // the row's own codec
}

const [web, db] = domains as [(typeof domains)[number], (typeof domains)[number]];
const denied = "88/55 access denied: 'QEMU' denied access";

test("every rule that applies is asked about the object the UUID names, not the one the client says", async () => {
  const { peer, asked } = start(({ attributes }) => attributes.domain_name === "web");
  expect(await call(peer, procs.domainGetXmlDesc, { dom: web, flags: 1 })).toEqual({ xml: "<domain/>" });
  expect(asked.splice(0)).toEqual(["domain:read web", "domain:read_secure web"]);
  expect(await call(peer, procs.domainCreate, { dom: { ...db, name: "web" } })).toBe(denied);
  expect(asked).toEqual(["domain:start db"]);
});

test("an object that is not there is the call's to report", async () => {
  const { peer, asked } = start(() => false);
  expect(await call(peer, procs.domainCreate, { dom: { ...db, uuid: uuidOf(9) } })).toBe("ok");
  expect(asked).toEqual([]);
});

test("about the connection; the caller is known by its process's start time too", async () => {
  const { peer, client } = start(({ caller, attributes }) => {
    expect(attributes).toEqual({ connect_driver: "QEMU" });
    expect(caller).toMatchObject({ pid: process.pid, uid: 1000, processTime: expect.any(BigInt) });
    return true;
  });
  expect(await call(peer, procs.connectGetHostname, undefined)).toEqual({ hostname: "here" });
  expect(client.identity.processTime).toBeTypeOf("bigint");
});

test("a driver that cannot decide refuses and does not say why", async () => {
  const { peer } = start(() => Promise.reject(new Error("no bus")));
  expect(await call(peer, procs.connectGetHostname, undefined)).toBe("88/55 access denied");
});

test("a service that does not tell its objects is refused all that is about them", async () => {
  const { peer } = start(() => true, false);
  expect(await call(peer, procs.domainCreate, { dom: web })).toBe("88/55 access denied");
  expect(await call(peer, procs.connectGetHostname, undefined)).toEqual({ hostname: "here" });
});

test("nobody is asked about what is open to all", async () => {
  const { peer, asked } = start(() => false, false, true);
  expect(await call(peer, procs.domainCreate, { dom: { name: "web", uuid: uuidOf(1), id: -1 } })).toBe("ok");
  expect(asked).toEqual([]);
});

test("lists show what may be seen", async () => {
  const list = { needResults: 1, flags: 0 };
  const { peer } = start(({ object, attributes }) => object === "connect" || attributes.domain_name === "db");
  expect(await call(peer, procs.connectListAllDomains, list)).toEqual({ domains: [db], ret: 1 });
  const free = start(undefined);
  expect(await call(free.peer, procs.connectListAllDomains, list)).toEqual({ domains, ret: 2 });
  expect(free.asked).toEqual([]);
});

test("events too, in their order, however long the decision takes", async () => {
  const waiting: ((allowed: boolean) => void)[] = [];
  const { peer, client } = start(() => new Promise((resolve) => waiting.push(resolve)));
  const row = procs.domainEventCallbackReboot;
  for (const dom of [web, db, web]) {
    const frame = eventFrame(row, { callbackID: dom.id, msg: { dom } });
    client.sendVisible(frame, "domain:getattr", () => attributesOf(dom));
  }
  waiting.at(2)?.(true);
  waiting.at(1)?.(false);
  await new Promise((resolve) => setImmediate(resolve));
  expect(peer.take()).toEqual([]);
  waiting.at(0)?.(true);
  const seen = [await peer.next(), await peer.next()];
  expect(seen.map(({ body }) => body.readInt32BE(0))).toEqual([1, 1]);
});
