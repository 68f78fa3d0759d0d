import type { Answer, Question } from "@libvirt-ts/access/polkit";
import { makeVerifier, ScramClient, type Verifier } from "@libvirt-ts/access/scram";
import { ErrorDomain } from "@libvirt-ts/errors";
import { silentLogger } from "@libvirt-ts/logging";
import { type Args, type CallRow, type Ret, remote } from "@libvirt-ts/protocol";
import { decode, encode } from "@libvirt-ts/xdr";
import { describe, expect, test } from "vitest";
import { ManualClock } from "../manual-clock.ts";
import { errorText, FakePeer } from "../testing.ts";
import {
  type Authenticator,
  connectionService,
  type ListenOptions,
  polkitAuthenticator,
  Server,
  saslAuthenticator,
} from "./index.ts";

const { procs } = remote;
const failed = "45/7 authentication failed: authentication failed";

function start(options: ListenOptions = {}, uid = 1000, clock = new ManualClock()) {
  const session = connectionService({
    type: "QEMU",
    scheme: "qemu",
    privileged: true,
    features: [],
    libVersion: 1,
  });
  const server = new Server({
    name: "test",
    log: silentLogger(),
    clock,
    limits: { maxAnonymousClients: 2 },
    services: [
      {
        program: remote,
        errorDomain: ErrorDomain.REMOTE,
        gate: session.gate,
        handlers: session.handlers,
      },
    ],
  });
  const connect = () => {
    const peer = new FakePeer();
    return { peer, client: server.serve(peer.open, { pid: 7, uid, gid: 5 }, options) };
  };
  return { server, clock, connect, ...connect() };
}

/** The result, or the error's text. */
async function call<R extends CallRow>(peer: FakePeer, row: R, args: Args<R>): Promise<Ret<R> | string> {
  peer.call({ proc: row.number }, row.args === null ? undefined : encode(row.args, args));
  const reply = await peer.next();
  if (reply.status !== 0) return errorText(reply);
  return (row.ret === null ? "ok" : decode(row.ret, reply.body)) as Ret<R>; // the row's own codec
}

const authList = (peer: FakePeer) => call(peer, procs.authList, undefined);
const open = (peer: FakePeer) => call(peer, procs.connectOpen, { name: "qemu:///system", flags: 0 });

describe("AUTH_LIST", () => {
  test.each<[string, ListenOptions, number, number, string]>([
    ["none", {}, 1000, 0, "ok"],
    ["polkit, a user", { auth: "polkit" }, 1000, 2, "39/7 authentication required"],
    ["polkit, root: this call lets it in", { auth: "polkit" }, 0, 0, "ok"],
    ["sasl, even root", { auth: "sasl" }, 0, 1, "39/7 authentication required"],
  ])("%s: exactly one entry", async (_, options, uid, type, then) => {
    const { peer } = start(options, uid);
    expect(await authList(peer)).toEqual({ types: [type] });
    expect(await open(peer)).toBe(then);
  });

  test("root must ask for it: any other first call fails", async () => {
    const { peer } = start({ auth: "polkit" }, 0);
    expect(await open(peer)).toBe("39/7 authentication required");
  });
});

describe("polkit", () => {
  const answers: Record<string, Answer> = {
    yes: { isAuthorized: true, isChallenge: false, details: {} },
    no: { isAuthorized: false, isChallenge: false, details: {} },
    agent: { isAuthorized: false, isChallenge: true, details: {} },
  };

  function polkit(answer: Answer | undefined, startTime: bigint | undefined = 99n) {
    const asked: Question[] = [];
    const authenticator = polkitAuthenticator({
      startTime: () => startTime,
      authority: async () => ({
        async check(question) {
          asked.push(question);
          if (answer === undefined) throw new Error("no bus");
          return answer;
        },
        close() {},
      }),
    });
    return { asked, authenticator };
  }

  test.each([
    [false, "org.libvirt.unix.manage"],
    [true, "org.libvirt.unix.monitor"],
  ])("allowed; read-only %s asks for %s", async (readOnly, action) => {
    const { asked, authenticator } = polkit(answers.yes);
    const { peer, client, server } = start({ auth: "polkit", authenticator, readOnly });
    expect(server.anonymousCount).toBe(1);
    expect(await call(peer, procs.authPolkit, undefined)).toEqual({ complete: 1 });
    expect(asked).toEqual([{ action, subject: { pid: 7, uid: 1000, startTime: 99n }, interactive: true }]);
    expect([client.authenticated, server.anonymousCount]).toEqual([true, 0]);
    expect(await open(peer)).toBe("ok");
    expect(await authList(peer)).toEqual({ types: [2] });
  });

  test.each<[string, Answer | undefined, bigint | undefined, string]>([
    ["denied", answers.no, 99n, "45/60 authentication failed: access denied by policy"],
    [
      "no agent",
      answers.agent,
      99n,
      "94/60 authentication unavailable: no polkit agent available to authenticate action 'org.libvirt.unix.manage'",
    ],
    ["no bus", undefined, 99n, "1/60 internal error: polkit does not answer: no bus"],
  ])("%s: an error, and still nobody", async (_, answer, startTime, text) => {
    const { peer, client } = start({
      auth: "polkit",
      authenticator: polkit(answer, startTime).authenticator,
    });
    expect(await call(peer, procs.authPolkit, undefined)).toBe(text);
    expect(client.authenticated).toBe(false);
    expect(await open(peer)).toBe("39/7 authentication required");
  });

  test("a process that has ended is not asked about", async () => {
    const authenticator = polkitAuthenticator({
      startTime: () => undefined,
      authority: () => Promise.reject(new Error("asked")),
    });
    const { peer } = start({ auth: "polkit", authenticator });
    expect(await call(peer, procs.authPolkit, undefined)).toMatch(/^45\/7 authentication failed/);
  });

  test.each<[string, ListenOptions]>([
    ["none", {}],
    ["sasl", { auth: "sasl" }],
  ])("on a socket with %s it fails", async (_, options) => {
    expect(await call(start(options).peer, procs.authPolkit, undefined)).toBe(failed);
  });
});

describe("SASL", () => {
  const verifier: Promise<Verifier> = makeVerifier("secret", { iterations: 4096 });
  const sasl = (more: Partial<Parameters<typeof saslAuthenticator>[0]> = {}): Authenticator =>
    saslAuthenticator({ find: async (name) => (name === "fred" ? verifier : undefined), ...more });
  const listener = (more: ListenOptions = {}): ListenOptions => ({
    auth: "sasl",
    authenticator: sasl(),
    ...more,
  });
  const init = (peer: FakePeer) => call(peer, procs.authSaslInit, undefined);
  const first = (peer: FakePeer, data: Uint8Array | null, mech = "SCRAM-SHA-256") =>
    call(peer, procs.authSaslStart, {
      mech,
      nil: data === null ? 1 : 0,
      data: data ?? new Uint8Array(),
    });
  const step = (peer: FakePeer, data: Uint8Array | null) =>
    call(peer, procs.authSaslStep, { nil: data === null ? 1 : 0, data: data ?? new Uint8Array() });

  /** @returns the last answer */
  async function login(peer: FakePeer, user = "fred", password = "secret") {
    const scram = new ScramClient({ user, password });
    expect(await init(peer)).toEqual({ mechlist: "SCRAM-SHA-256" });
    const challenge = await first(peer, scram.first());
    if (typeof challenge === "string") return challenge;
    expect(challenge).toMatchObject({ complete: 0, nil: 0 });
    const final = await step(peer, await scram.prove(challenge.data));
    if (typeof final === "string") return final;
    scram.verify(final.data);
    return final.complete;
  }

  test("a user gets in; the name becomes part of the identity", async () => {
    const { peer, client, server } = start(listener());
    expect(await login(peer)).toBe(1);
    expect(client.identity).toEqual({ pid: 7, uid: 1000, gid: 5, saslUserName: "fred" });
    expect([client.authenticated, server.anonymousCount]).toEqual([true, 0]);
    expect(await open(peer)).toBe("ok");
    expect(await authList(peer)).toEqual({ types: [1] });
  });

  test("no data to start with: nil, not empty, and the exchange goes on", async () => {
    const { peer, client } = start(listener());
    const scram = new ScramClient({ user: "fred", password: "secret" });
    await init(peer);
    expect(await first(peer, null)).toEqual({ complete: 0, nil: 1, data: new Uint8Array() });
    const challenge = await step(peer, scram.first());
    if (typeof challenge === "string") throw new Error(challenge);
    expect(await step(peer, await scram.prove(challenge.data))).toMatchObject({ complete: 1 });
    expect(client.authenticated).toBe(true);
  });

  test.each<[string, string, string, ListenOptions]>([
    ["wrong password", "fred", "wrong", {}],
    ["unknown user", "barney", "secret", {}],
    ["not on the list", "fred", "secret", { authenticator: sasl({ allowedUsers: ["f??", "b*"] }) }],
    [
      "passwords cannot be read",
      "fred",
      "secret",
      { authenticator: sasl({ find: () => Promise.reject(new Error("EACCES")) }) },
    ],
  ])("%s: refused, may try again from INIT", async (_, user, password, more) => {
    const { peer, client } = start(listener(more));
    for (let round = 0; round < 2; round++) expect(await login(peer, user, password)).toBe(failed);
    expect(client.authenticated).toBe(false);
    expect(await step(peer, null)).toBe(failed);
  });

  test("on the list of users: shell patterns", async () => {
    const { peer } = start(listener({ authenticator: sasl({ allowedUsers: ["x", "f*d"] }) }));
    expect(await login(peer)).toBe(1);
  });

  test.each<[string, ListenOptions, boolean]>([
    ["unix", {}, true],
    ["tls", { transport: "tls" }, true],
    ["tcp: SCRAM has no security layer", { transport: "tcp" }, false],
  ])("over %s", async (_, more, isOffered) => {
    const { peer } = start(listener(more));
    expect(await init(peer)).toEqual(isOffered ? { mechlist: "SCRAM-SHA-256" } : failed);
  });

  const initial = new ScramClient({ user: "fred", password: "" }).first();
  test.each<[string, (peer: FakePeer) => Promise<unknown>]>([
    ["START before INIT", (peer) => first(peer, initial)],
    ["STEP before INIT", (peer) => step(peer, initial)],
    ["INIT twice", async (peer) => (await init(peer)) && init(peer)],
    ["STEP before START", async (peer) => (await init(peer)) && step(peer, initial)],
    ["a mechanism not offered", async (peer) => (await init(peer)) && first(peer, initial, "PLAIN")],
    ["nonsense", async (peer) => (await init(peer)) && first(peer, Uint8Array.of(255, 0, 1))],
    [
      "an empty message, which is not none",
      async (peer) => (await init(peer)) && first(peer, new Uint8Array()),
    ],
  ])("%s is refused as by libvirt 9.0", async (_, run) => {
    expect(await run(start(listener()).peer)).toBe(failed);
  });

  test("on a socket with none it fails", async () => {
    expect(await init(start().peer)).toBe(failed);
  });
});

describe("those who never authenticate", () => {
  test("at the limit they are closed after a while, and not before", () => {
    const { connect, clock, peer: first, server } = start({ auth: "sasl" });
    clock.advance(100_000);
    expect(first.isClosed).toBe(false);
    const { peer: second } = connect();
    clock.advance(101_000);
    expect([first.isClosed, second.isClosed]).toEqual([true, false]);
    clock.advance(200_000);
    expect([second.isClosed, server.anonymousCount]).toEqual([false, 1]);
    expect(clock.pending).toBe(0);
  });
});
