import { ErrorDomain } from "@libvirt-ts/errors";
import { silentLogger } from "@libvirt-ts/logging";
import { type Args, type CallRow, type Ret, remote, typed, typedParams } from "@libvirt-ts/protocol";
import { decode, encode } from "@libvirt-ts/xdr";
import { describe, expect, test } from "vitest";
import { errorText, FakePeer } from "../testing.ts";
import { type ConnectionOptions, connectionService, Server } from "./index.ts";

const { procs } = remote;

function start(options: Partial<ConnectionOptions> = {}, readOnly = false) {
  const session = connectionService({
    type: "QEMU",
    scheme: "qemu",
    privileged: true,
    rootSession: true,
    features: [3, 4, 6, 7, 9, 11, 12, 13, 16],
    libVersion: 11_003_000,
    ...options,
  });
  const handlers = {
    ...session.handlers,
    domainCreate() {},
    domainGetXmlDesc: () => ({ xml: "<domain/>" }),
    connectNumOfDomains: () => ({ num: 0 }),
    domainInterfaceAddresses: () => ({ ifaces: [] }),
  };
  const server = new Server({
    name: "test",
    log: silentLogger(),
    services: [{ program: remote, errorDomain: ErrorDomain.REMOTE, gate: session.gate, handlers }],
  });
  const peer = new FakePeer();
  const client = server.serve(peer.open, { pid: 7, uid: 0, gid: 0 }, { readOnly });
  return { peer, client, session };
}

/** The result, or the error's text. */
function call<R extends CallRow>(peer: FakePeer, row: R, args: Args<R>): Ret<R> | string | undefined {
  const body = row.args === null ? undefined : encode(row.args, args);
  const [reply] = peer.call({ proc: row.number }, body).take();
  if (reply === undefined || reply.status !== 0) return errorText(reply);
  return row.ret === null ? undefined : (decode(row.ret, reply.body) as Ret<R>);
}

const open = (peer: FakePeer, name: string | null = "qemu:///system", flags = 0) =>
  call(peer, procs.connectOpen, { name, flags });

describe("CONNECT_OPEN", () => {
  const user = { privileged: false };
  const network = { scheme: "network", type: "network", rootSession: false };
  test.each<[string | null, Partial<ConnectionOptions>, string]>([
    ["qemu:///system", {}, "qemu:///system"],
    ["qemu:///session", {}, "qemu:///session"],
    ["", {}, "qemu:///system"],
    ["", user, "qemu:///session"],
    ["qemu:///session", user, "qemu:///session"],
    ["qemu:///system?a=b", {}, "qemu:///system?a=b"],
    ["network:///system", network, "network:///system"],
    ["qemu:///default", { paths: ["/default", "/other"] }, "qemu:///default"],
    ["qemu:///other", { paths: ["/default", "/other"] }, "qemu:///other"],
    ["", { paths: ["/default"] }, "qemu:///default"],
  ])("%s (%o) is accepted", (name, options, uri) => {
    const { peer } = start(options);
    expect(open(peer, name)).toBeUndefined();
    expect(call(peer, procs.connectGetUri, undefined)).toEqual({ uri });
  });

  const wrong = (path: string, scheme = "qemu", own = "/system") =>
    `1/0 internal error: unexpected ${scheme} URI path '${path}', try ${scheme}://${own}`;
  const none = (name: string) => `5/0 no connection driver available for ${name}`;
  test.each<[string | null, Partial<ConnectionOptions>, string]>([
    ["qemu:///bogus", {}, wrong("/bogus")],
    ["qemu:///", {}, wrong("/")],
    ["qemu:///system", user, wrong("/system", "qemu", "/session")],
    ["network:///session", network, wrong("/session", "network")],
    ["lxc:///system", {}, none("lxc:///system")],
    ["bogus:///x", {}, none("bogus:///x")],
    ["qemu://host/system", {}, none("qemu://host/system")],
    ["nonsense", {}, none("nonsense")],
    [null, {}, "1/7 internal error: connection not open"],
  ])("%s (%o) is refused and can be tried again", (name, options, text) => {
    const { peer } = start(options);
    expect(open(peer, name)).toBe(text);
    expect(open(peer, "")).toBeUndefined();
  });
});

test("what every client asks", () => {
  const { peer } = start();
  expect(call(peer, procs.authList, undefined)).toEqual({ types: [0] });
  expect(open(peer)).toBeUndefined();
  expect(call(peer, procs.connectGetType, undefined)).toEqual({ type: "QEMU" });
  expect(call(peer, procs.connectGetLibVersion, undefined)).toEqual({ libVer: 11_003_000n });
  expect(call(peer, procs.connectIsSecure, undefined)).toEqual({ secure: 1 });
  for (let i = 0; i < 2; i++)
    expect(call(peer, procs.connectRegisterCloseCallback, undefined)).toBeUndefined();
  expect(call(peer, procs.connectUnregisterCloseCallback, undefined)).toBeUndefined();
});

test("features", () => {
  const { peer } = start();
  const supported = (feature: number) => call(peer, procs.connectSupportsFeature, { feature });
  expect(supported(14)).toBe("1/7 internal error: hypervisor connection not open");
  expect(supported(10)).toEqual({ supported: 1 });
  open(peer);
  const all = Array.from({ length: 20 }, (_, feature) => feature).filter(
    (feature) => JSON.stringify(supported(feature)) === '{"supported":1}',
  );
  expect(all).toEqual([3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]); // as measured with qemu
});

test("SET_IDENTITY replaces the identity, also on a read-only connection", () => {
  const { peer, client } = start({}, true);
  open(peer);
  const params = typedParams({
    "user-name": typed.string("alice"),
    "unix-user-id": typed.ullong(1000n),
    "process-id": typed.llong(42n),
    "process-time": typed.ullong(99n),
  });
  expect(call(peer, procs.connectSetIdentity, { params, flags: 0 })).toBeUndefined();
  expect(client.identity).toEqual({ userName: "alice", uid: 1000, pid: 42, processTime: 99n });
  const odd = typedParams({ "shoe-size": typed.int(46) });
  expect(call(peer, procs.connectSetIdentity, { params: odd, flags: 0 })).toMatch(/^74\/0 /);
});

describe("read-only connections", () => {
  const dom = { name: "d", uuid: new Uint8Array(16), id: -1 };
  const denied = (text: string) => `29/20 operation forbidden: ${text}`;
  test.each<[string, boolean, number]>([
    ["by the socket", true, 0],
    ["by the open flag", false, 1],
  ])("%s: looking is allowed, changing is not", (_, readOnly, flags) => {
    const { peer } = start({}, readOnly);
    open(peer, "", flags);
    const { domainCreate, domainGetXmlDesc, connectNumOfDomains, domainInterfaceAddresses } = procs;
    expect(call(peer, domainCreate, { dom })).toBe(denied("read only access prevents virDomainCreate"));
    expect(call(peer, connectNumOfDomains, undefined)).toEqual({ num: 0 });
    expect(call(peer, domainGetXmlDesc, { dom, flags: 0 })).toEqual({ xml: "<domain/>" });
    expect(call(peer, domainGetXmlDesc, { dom, flags: 1 })).toBe(
      denied("virDomainGetXMLDesc with secure flag"),
    );
    expect(call(peer, domainInterfaceAddresses, { dom, source: 0, flags: 0 })).toEqual({ ifaces: [] });
    expect(call(peer, domainInterfaceAddresses, { dom, source: 1, flags: 0 })).toBe(
      denied("read only access prevents virDomainInterfaceAddresses"),
    );
  });

  test("others may change", () => {
    const { peer } = start();
    open(peer);
    expect(call(peer, procs.domainCreate, { dom })).toBeUndefined();
    expect(call(peer, procs.domainGetXmlDesc, { dom, flags: 1 })).toEqual({ xml: "<domain/>" });
  });
});
