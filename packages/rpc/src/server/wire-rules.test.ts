import { checkFlags, ErrorCode, ErrorDomain, systemError, VirError } from "@libvirt-ts/errors";
import { silentLogger } from "@libvirt-ts/logging";
import {
  type Args,
  type CallRow,
  keepalive,
  MessageStatus,
  MessageType,
  NetError,
  type Ret,
  remote,
} from "@libvirt-ts/protocol";
import { decode, encode } from "@libvirt-ts/xdr";
import { describe, expect, test } from "vitest";
import { ManualClock } from "../manual-clock.ts";
import { errorText, FakePeer, message, type SeenFrame } from "../testing.ts";
import {
  type ConnectionOptions,
  connectionService,
  type Limits,
  Server,
  type ServerStream,
  type Service,
  type Transport,
} from "./index.ts";

/**
 * Rules that the .x files do not tell, each as a row, by the section of the list of such rules. Those that have a test
 * of their own: malformed input, descriptors, order of replies (server.test), frames (splitter.test), streams
 * (stream.test), opening (session.test), logins (authentication.test), recorded packets (recorded.test), registrations
 * of events (objects), overload (tests/system/overload).
 */
const { procs } = remote;
const { MESSAGE, STREAM } = MessageType;
const { OK, CONTINUE } = MessageStatus;

const qemu: ConnectionOptions = {
  type: "QEMU",
  scheme: "qemu",
  privileged: true,
  rootSession: true,
  features: [3, 4, 6, 7, 9, 11, 12, 13, 16],
  libVersion: 11_003_000,
};

interface Setup {
  options?: ConnectionOptions;
  handlers?: Service<typeof procs>["handlers"];
  limits?: Partial<Limits>;
  open?: boolean;
  transport?: Transport;
}

function start({ options = qemu, handlers = {}, limits = {}, open = true, transport = "unix" }: Setup = {}) {
  const clock = new ManualClock();
  const session = connectionService(options);
  const server = new Server({
    name: "test",
    log: silentLogger(),
    clock,
    limits,
    services: [
      {
        program: remote,
        errorDomain: ErrorDomain.REMOTE,
        gate: session.gate,
        handlers: { ...session.handlers, ...handlers },
      },
    ],
  });
  const peer = new FakePeer();
  const client = server.serve(peer.open, { pid: 1, uid: 0, gid: 0 }, { transport });
  const own = options.privileged ? "system" : "session";
  if (open) call(peer, procs.connectOpen, { name: `${options.scheme}:///${own}`, flags: 0 });
  return { peer, client, clock };
}

function call<R extends CallRow>(peer: FakePeer, row: R, args: Args<R>): Ret<R> | string | undefined {
  const body = row.args === null ? undefined : encode(row.args, args);
  const [reply] = peer.call({ proc: row.number }, body).take();
  if (reply === undefined || reply.status !== 0) return errorText(reply);
  return row.ret === null ? undefined : (decode(row.ret, reply.body) as Ret<R>); // the row's own codec
}

const ping = () => message({ prog: keepalive.number, proc: 1, type: MESSAGE });
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("1: XDR as libvirt uses it", () => {
  const lookup = procs.domainLookupByName.number;
  const named = () => {
    const names: string[] = [];
    const { peer } = start({
      handlers: {
        domainLookupByName({ name }) {
          names.push(name);
          return { dom: { name, uuid: new Uint8Array(16), id: -1 } };
        },
      },
    });
    return { peer, names };
  };

  test.each<[string, number[], string]>([
    ["bytes after a NUL are lost", [0, 0, 0, 3, 97, 0, 98, 0], "a"],
    ["strings need not be UTF-8", [0, 0, 0, 2, 0xff, 0xfe, 0, 0], "\udcff\udcfe"],
    ["pad bytes are not checked", [0, 0, 0, 1, 97, 1, 2, 3], "a"],
    ["bytes behind the last field are ignored", [0, 0, 0, 1, 97, 0, 0, 0, 9, 9, 9, 9], "a"],
  ])("%s", (_, body, name) => {
    const { peer, names } = named();
    const [reply] = peer.call({ proc: lookup }, Uint8Array.from(body)).take();
    expect([names, reply?.status]).toEqual([[name], OK]);
  });
});

test("1: a name that is no UTF-8 comes back byte by byte in the error", () => {
  const { peer } = start({
    handlers: {
      domainLookupByName({ name }) {
        throw new VirError(ErrorDomain.QEMU, ErrorCode.NO_DOMAIN, `no domain '${name}'`);
      },
    },
  });
  const [reply] = peer.call({ proc: 23 }, Uint8Array.of(0, 0, 0, 2, 0xff, 0xfe, 0, 0)).take();
  expect(reply?.body.toString("latin1")).toContain("no domain '\u00ff\u00fe'");
});

describe("3: serials", () => {
  test("are the client's business: repeats and 0 are answered alike", () => {
    const { peer } = start();
    const proc = procs.connectGetType.number;
    for (const serial of [0, 5, 5, 0, 0xffffffff]) peer.call({ proc, serial });
    expect(peer.take().map(({ serial, status }) => [serial, status])).toEqual(
      [0, 5, 5, 0, 0xffffffff].map((serial) => [serial, OK]),
    );
  });
});

describe("4: errors", () => {
  test("of the system: the errno beside the text, which is its own template", () => {
    const { peer } = start({
      handlers: {
        connectGetHostname() {
          throw systemError(ErrorDomain.NONE, 2, "cannot open file '/x'");
        },
      },
    });
    const [reply] = peer.call({ proc: procs.connectGetHostname.number }).take();
    const text = "cannot open file '/x': No such file or directory";
    expect(decode(NetError, reply?.body ?? new Uint8Array())).toMatchObject({
      code: 38,
      level: 2,
      message: text,
      str1: "%s",
      str2: text,
      int1: 2,
      int2: -1,
      dom: null,
      net: null,
    });
  });

  test("unknown flags name the function", () => {
    const connectGetSysinfo = ({ flags }: { flags: number }) => {
      checkFlags(flags, 0, "qemuConnectGetSysinfo", ErrorDomain.QEMU);
      return { sysinfo: "" };
    };
    const { peer } = start({ handlers: { connectGetSysinfo } });
    expect(call(peer, procs.connectGetSysinfo, { flags: 8 })).toBe(
      "8/10 unsupported flags (0x8) in function qemuConnectGetSysinfo",
    );
  });
});

describe("5: what each kind of daemon answers", () => {
  const secondary = (type: string, features: number[] = [9, 16]): ConnectionOptions => ({
    type,
    scheme: type,
    privileged: true,
    features,
    libVersion: 11_003_000,
  });
  const user = { ...qemu, privileged: false };

  test.each<[string, ConnectionOptions, string, number[]]>([
    ["qemu", qemu, "QEMU", [3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]],
    ["network", secondary("network"), "network", [8, 9, 10, 14, 15, 16]],
    ["secret, which has no features of its own", secondary("secret", []), "secret", [8, 10, 14, 15]],
  ])("%s: its type, its version, its features; unknown ones are no error", (_, options, type, expected) => {
    const { peer } = start({ options });
    expect(call(peer, procs.connectGetType, undefined)).toEqual({ type });
    expect(call(peer, procs.connectGetLibVersion, undefined)).toEqual({ libVer: 11_003_000n });
    const features = Array.from({ length: 64 }, (_, feature) => feature);
    const supported = features.filter((feature) => {
      const answer = call(peer, procs.connectSupportsFeature, { feature });
      return typeof answer === "object" && answer.supported === 1;
    });
    expect(supported).toEqual(expected);
    expect(call(peer, procs.connectSupportsFeature, { feature: -1 })).toEqual({ supported: 0 });
  });

  const daemons: [ConnectionOptions, string, string | undefined][] = [
    ...["network", "storage", "secret", "nodedev", "interface", "nwfilter"].flatMap(
      (scheme): [ConnectionOptions, string, string | undefined][] => [
        [secondary(scheme), `${scheme}:///system`, undefined],
        [secondary(scheme), "qemu:///system", "5/0 no connection driver available for qemu:///system"],
        [
          secondary(scheme),
          `${scheme}:///session`,
          `1/0 internal error: unexpected ${scheme} URI path '/session', try ${scheme}:///system`,
        ],
      ],
    ),
    [qemu, "qemu:///session", undefined],
    [qemu, "QEMU:///system", undefined],
    [user, "qemu:///session", undefined],
    [user, "qemu:///system", "1/0 internal error: unexpected qemu URI path '/system', try qemu:///session"],
    [qemu, "network:///system", "5/0 no connection driver available for network:///system"],
  ];
  test.each(
    daemons.map(
      ([options, name, error]) =>
        [options.privileged ? "root" : "a user", options.scheme, name, options, error] as const,
    ),
  )("%s's %s daemon is asked to open %s", (_owner, _scheme, name, options, error) => {
    const { peer } = start({ options, open: false });
    expect(call(peer, procs.connectOpen, { name, flags: 0 })).toBe(error);
  });
});

describe("7: keepalive", () => {
  /** Seconds at which pings came, and the end. */
  function listen(limits: Partial<Limits> = {}) {
    const { peer, clock } = start({ limits, open: false });
    const happened: (number | string)[] = [];
    const until = async (second: number, what?: () => void) => {
      for (let now = clock.now() / 1000 + 1; now <= second && !peer.isClosed; now++) {
        clock.advance(now * 1000);
        await settle();
        const pings = peer.take().filter(({ proc, prog }) => prog === keepalive.number && proc === 1);
        for (const { type, serial, status, body } of pings) {
          expect([type, serial, status, body.length]).toEqual([MESSAGE, 0, OK, 0]);
          happened.push(now);
        }
        if (peer.isClosed) happened.push(`closed ${now}`);
      }
      what?.();
    };
    return { peer, until, happened };
  }
  const ask = (peer: FakePeer) => call(peer, procs.connectSupportsFeature, { feature: 10 });

  test("nothing before feature 10 is asked for", async () => {
    const { until, happened } = listen();
    await until(100);
    expect(happened).toEqual([]);
  });

  test("then pings after 5, 10, 15, 20, 25 s of silence, the end after 30", async () => {
    const { peer, until, happened } = listen();
    expect(ask(peer)).toEqual({ supported: 1 });
    await until(60);
    expect(happened).toEqual([5, 10, 15, 20, 25, "closed 30"]);
  });

  test.each<[string, (peer: FakePeer) => void]>([
    ["a pong", (peer) => peer.call({ prog: keepalive.number, proc: 2, type: MESSAGE })],
    ["a ping", (peer) => peer.send(ping())],
    ["a call", (peer) => peer.call({ proc: procs.authList.number })],
    ["what means nothing", (peer) => peer.call({ proc: 1, type: 7 })],
  ])("%s starts it over", async (_, send) => {
    const { peer, until, happened } = listen();
    ask(peer);
    await until(12, () => send(peer));
    await until(60);
    expect(happened).toEqual([5, 10, 17, 22, 27, 32, 37, "closed 42"]);
  });

  test.each<[string, Partial<Limits>, (number | string)[]]>([
    ["interval -1 never pings", { keepaliveInterval: -1 }, []],
    ["other numbers", { keepaliveInterval: 2, keepaliveCount: 1 }, [2, "closed 4"]],
    ["no ping at all: the end after one interval", { keepaliveCount: 0 }, ["closed 5"]],
  ])("%s", async (_, limits, expected) => {
    const { peer, until, happened } = listen(limits);
    ask(peer);
    await until(60);
    expect(happened).toEqual(expected);
  });
});

describe("9: streams", () => {
  const row = procs.storageVolUpload;
  const vol = { pool: "p", name: "v", key: "k" };

  function open(serve: (stream: ServerStream) => Promise<void>, limits: Partial<Limits> = {}) {
    const started = start({
      limits,
      handlers: {
        storageVolUpload(_, call) {
          call.openStream({ serve });
        },
      },
    });
    const body = encode(row.args, { vol, offset: 0n, length: 0n, flags: 0 });
    const packet = (status: number, data?: Uint8Array) =>
      started.peer.call({ proc: row.number, serial: 7, type: STREAM, status }, data);
    started.peer.call({ proc: row.number, serial: 7 }, body);
    return { ...started, packet };
  }
  const shown = (frames: SeenFrame[]) => frames.map(({ type, status, serial }) => [type, status, serial]);

  test("a packet bigger than we would send is taken; one for a stream that is over is dropped", async () => {
    let taken = 0;
    const { peer, packet } = open(async (stream) => {
      for await (const chunk of stream.incoming) taken += chunk.length;
    });
    packet(CONTINUE, new Uint8Array(1_000_000));
    await settle();
    packet(OK);
    await settle();
    packet(CONTINUE, new Uint8Array(10));
    packet(OK);
    await settle();
    expect(taken).toBe(1_000_000);
    expect(shown(peer.take())).toEqual([
      [MessageType.REPLY, OK, 7],
      [STREAM, OK, 7],
    ]);
    expect(peer.isClosed).toBe(false);
  });

  test("12: packets nobody takes use up max_client_requests: then not even a ping is read", async () => {
    const { peer, packet, client } = open(() => new Promise(() => {}), { maxClientRequests: 2 });
    packet(CONTINUE, new Uint8Array(1));
    peer.take();
    expect(peer.send(ping()).take()).toHaveLength(1);
    packet(CONTINUE, new Uint8Array(1));
    expect([peer.send(ping()).take().length, peer.readable]).toEqual([0, false]);
    client.close();
  });
});

test("10: more than 32 descriptors cannot be sent: an error, and they are closed", () => {
  const fds = Array.from({ length: 33 }, (_, i) => 100 + i);
  const { peer } = start({
    handlers: {
      connectGetHostname(_, call) {
        call.replyWithFds(fds);
        return { hostname: "" };
      },
    },
  });
  const [reply] = peer.call({ proc: procs.connectGetHostname.number }).take();
  expect(errorText(reply)).toBe("39/7 too many descriptors to send: 33");
  expect(peer.closedFds).toEqual(fds);
});

test.each(["tcp", "tls"] as const)(
  "10: a client that came by %s gets none: an error, and they are closed",
  (transport) => {
    const { peer } = start({
      transport,
      handlers: {
        connectGetHostname(_, call) {
          call.replyWithFds([100, 101]);
          return { hostname: "" };
        },
      },
    });
    const [reply] = peer.call({ proc: procs.connectGetHostname.number }).take();
    expect(errorText(reply)).toBe(
      "1/7 internal error: Sending file descriptors is not supported on this socket",
    );
    expect(peer.closedFds).toEqual([100, 101]);
  },
);

test.each(["tcp", "tls"] as const)(
  "10: a client that came by %s and announces some is closed",
  (transport) => {
    const { peer } = start({ transport });
    const { number: proc } = procs.connectGetType;
    peer.send(
      message({ proc, type: MessageType.CALL_WITH_FDS }, Uint8Array.of(0, 0, 0, 1)),
      Uint8Array.of(0),
    );
    expect([peer.isClosed, peer.take()]).toEqual([true, []]);
  },
);

describe("11: typed parameters", () => {
  const row = procs.domainSetMemoryParameters;
  const dom = { name: "d", uuid: new Uint8Array(16), id: -1 };
  const sent = (type: number, value: unknown) =>
    encode(row.args, { dom, params: [{ field: "f", value: { type, value } } as never], flags: 0 }); // by its number

  test.each<[string, number, unknown, string]>([
    ["int", 1, -1, "00000001ffffffff"],
    ["unsigned int", 2, 0xffff_ffff, "00000002ffffffff"],
    ["long long", 3, -1n, "00000003ffffffffffffffff"],
    ["unsigned long long", 4, 1n, "000000040000000000000001"],
    ["double", 5, 0.5, "000000053fe0000000000000"],
    ["boolean, which is an int", 6, 1, "0000000600000001"],
    ["string", 7, "x", "000000070000000178000000"],
  ])("%s: the number before the value, and back", (_, type, value, wire) => {
    const params: unknown[] = [];
    const { peer } = start({
      handlers: {
        domainSetMemoryParameters(args) {
          params.push(...args.params);
        },
      },
    });
    const body = sent(type, value);
    expect(Buffer.from(body).toString("hex")).toContain(`0000000166000000${wire}`);
    expect(peer.call({ proc: row.number }, body).take()[0]?.status).toBe(OK);
    expect(params).toEqual([{ field: "f", value: { type, value } }]);
  });

  test.each([0, 8, 0xffff_ffff])("there is no type %i", (type) => {
    const { peer } = start({ handlers: { domainSetMemoryParameters() {} } });
    const body = Buffer.from(sent(1, 1));
    body.writeUInt32BE(type, body.indexOf(Buffer.from("6600000000000001", "hex")) + 4);
    expect(errorText(peer.call({ proc: row.number }, body).take()[0])).toBe(
      "39/7 Unable to decode message payload",
    );
  });
});

describe("12: a call that waits delays no other", () => {
  test("of other clients, however many wait", async () => {
    const waiting: (() => void)[] = [];
    const session = connectionService(qemu);
    const server = new Server({
      name: "test",
      log: silentLogger(),
      services: [
        {
          program: remote,
          errorDomain: ErrorDomain.REMOTE,
          handlers: {
            ...session.handlers,
            domainCreate: () => new Promise<void>((resolve) => waiting.push(resolve)), // low priority
            connectNumOfDomains: () => ({ num: 7 }), // high
          },
        },
      ],
    });
    const client = () => {
      const peer = new FakePeer();
      server.serve(peer.open, { pid: 1, uid: 0, gid: 0 });
      return peer;
    };
    const dom = { name: "d", uuid: new Uint8Array(16), id: -1 };
    const stuck = encode(procs.domainCreate.args, { dom });
    // more than max_workers and prio_workers together
    for (let i = 0; i < 30; i++) client().call({ proc: procs.domainCreate.number }, stuck);
    const quick = client();
    expect(call(quick, procs.connectNumOfDomains, undefined)).toEqual({ num: 7 });
    expect(waiting).toHaveLength(30);
    for (const end of waiting) end();
    await settle();
  });

  test("of its own connection, up to max_client_requests", () => {
    const { peer } = start({
      handlers: { domainCreate: () => new Promise<void>(() => {}), connectNumOfDomains: () => ({ num: 7 }) },
    });
    const dom = { name: "d", uuid: new Uint8Array(16), id: -1 };
    for (let serial = 0; serial < 4; serial++)
      peer.call({ proc: procs.domainCreate.number, serial }, encode(procs.domainCreate.args, { dom }));
    expect(call(peer, procs.connectNumOfDomains, undefined)).toEqual({ num: 7 });
  });
});
