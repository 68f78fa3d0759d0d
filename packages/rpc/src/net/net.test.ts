import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect as connectNet } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeVerifier } from "@libvirt-ts/access/scram";
import { ErrorDomain } from "@libvirt-ts/errors";
import { silentLogger } from "@libvirt-ts/logging";
import { remote } from "@libvirt-ts/protocol";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { authenticate } from "../client/index.ts";
import {
  type Client,
  connectionService,
  encoded,
  type ListenOptions,
  Server,
  type ServerOptions,
  saslAuthenticator,
} from "../server/index.ts";
import {
  bindTcp,
  checkOwnCertificate,
  connectTcp,
  connectTls,
  distinguishedName,
  readCredentials,
  type TlsCredentials,
  TlsListener,
  type TlsPolicy,
} from "./index.ts";

const { procs } = remote;
const host = "127.0.0.1";
const sizes = [28, 5_000, 300_000, 4_000_000];

function start(listen: ListenOptions, limits: ServerOptions["limits"] = {}, address = host) {
  const session = connectionService({
    type: "QEMU",
    scheme: "qemu",
    privileged: true,
    features: [],
    libVersion: 1,
  });
  const clients: Client[] = [];
  let next = 0;
  const server = new Server({
    name: "test",
    log: silentLogger(),
    limits,
    services: [
      {
        program: remote,
        errorDomain: ErrorDomain.REMOTE,
        gate: session.gate,
        handlers: {
          ...session.handlers,
          connectGetHostname: () => encoded(new Uint8Array(sizes[next++ % sizes.length] ?? 0)),
        },
      },
    ],
  });
  server.onClient((client) => clients.push(client));
  const { fd, port } = bindTcp({ address, port: 0, backlog: 10 });
  server.listen(fd, listen);
  onTestFinished(() => server.close());
  return { server, clients, port };
}

describe.each(["127.0.0.1", "::1"])("TCP on %s", (address) => {
  test("calls, and whom the server sees", async () => {
    const { port, clients } = start({ transport: "tcp" }, {}, address);
    const rpc = await connectTcp({ host: address, port });
    onTestFinished(() => rpc.close());
    await authenticate(rpc);
    await rpc.call(procs.connectOpen, { name: "qemu:///system", flags: 0 });
    expect(await rpc.call(procs.connectGetUri, undefined)).toEqual({ uri: "qemu:///system" });
    expect(clients[0]).toMatchObject({
      transport: "tcp",
      peer: { pid: -1, uid: -1, gid: -1 },
      identity: {},
      remoteAddress: expect.stringMatching(address === "::1" ? /^\[::1\]:\d+$/ : /^127\.0\.0\.1:\d+$/),
    });
  });
});

test("a port in use, an address that is none", () => {
  const { port } = start({ transport: "tcp" });
  expect(() => bindTcp({ address: host, port, backlog: 1 })).toThrow(
    `Unable to bind to '127.0.0.1:${port}': Address already in use`,
  );
  expect(() => bindTcp({ address: "localhost", port, backlog: 1 })).toThrow("Invalid argument");
});

test("nobody there", async () => {
  const { port, server } = start({ transport: "tcp" });
  server.close();
  await expect(connectTcp({ host, port })).rejects.toMatchObject({ int1: 111 });
});

test("SASL on plain TCP: no mechanism is strong enough", async () => {
  const authenticator = saslAuthenticator({ find: async () => undefined });
  const { port } = start({ transport: "tcp", auth: "sasl", authenticator });
  const rpc = await connectTcp({ host, port });
  onTestFinished(() => rpc.close());
  const login = authenticate(rpc, { credentials: () => ({ user: "fred", password: "x" }) });
  await expect(login).rejects.toMatchObject({ code: 45, domain: 7 });
});

test.each([
  ["C=GB\nO=Example\nCN=alice", "C=GB,O=Example,CN=alice"],
  ["O=A \\+ B\\, C\nCN=x + UID=y", "O=A \\+ B\\, C,CN=x+UID=y"],
  ["emailAddress=a@b\nCN=x", "EMAIL=a@b,CN=x"],
])("name %j is %s", (subject, name) => {
  expect(distinguishedName(subject)).toBe(name);
});

describe("TLS", () => {
  const dir = mkdtempSync(join(tmpdir(), "tls-"));
  const at = (name: string) => join(dir, name);
  const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: dir, stdio: "pipe" });
  const credentials = (name: string, more: Partial<TlsCredentials> = {}): TlsCredentials => ({
    cert: readFileSync(at(`${name}.crt`)),
    key: readFileSync(at(`${name}.key`)),
    ca: readFileSync(at("ca.crt")),
    ...more,
  });

  function issue(name: string, subject: string, ca: string | undefined, days = "30") {
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    const files = ["-keyout", `${name}.key`, "-out", `${name}.crt`];
    const issuer = ca === undefined ? [] : ["-CA", `${ca}.crt`, "-CAkey", `${ca}.key`];
    const names = ca === undefined ? [] : ["-addext", `subjectAltName=IP:${host}`];
    openssl("req", "-x509", ...key, "-subj", subject, "-days", days, ...files, ...issuer, ...names);
  }

  beforeAll(() => {
    issue("ca", "/CN=CA", undefined);
    issue("other-ca", "/CN=Other", undefined);
    issue("server", "/CN=server", "ca");
    issue("server2", "/CN=server2", "ca");
    issue("alice", "/C=GB/O=Example/CN=alice", "ca");
    issue("revoked", "/CN=revoked", "ca");
    issue("stranger", "/CN=stranger", "other-ca");
    const conf = "[ca]\ndefault_ca=d\n[d]\ndatabase=db\ndefault_md=sha256\ndefault_crl_days=30\n";
    writeFileSync(at("conf"), conf);
    writeFileSync(at("db"), "");
    const ca = ["-config", "conf", "-keyfile", "ca.key", "-cert", "ca.crt"];
    openssl("ca", ...ca, "-revoke", "revoked.crt");
    openssl("ca", ...ca, "-gencrl", "-out", "crl.pem");
  });
  afterAll(() => rmSync(dir, { recursive: true }));

  function startTls(
    policy: Partial<TlsPolicy> = {},
    more: ListenOptions = {},
    limits: ServerOptions["limits"] = {},
  ) {
    const listener = new TlsListener(credentials("server", { crl: readFileSync(at("crl.pem")) }), {
      verifyPeer: true,
      ...policy,
    });
    return { listener, ...start({ transport: "tls", secure: listener.secure, ...more }, limits) };
  }
  const connect = (port: number, name: string | undefined) =>
    connectTls(
      { host, port },
      { credentials: name === undefined ? { ca: readFileSync(at("ca.crt")) } : credentials(name) },
    );

  test("a client with a certificate: its name is its identity, messages of all sizes pass", async () => {
    const { port, clients, server } = startTls();
    const rpc = await connect(port, "alice");
    await rpc.call(procs.connectOpen, { name: "qemu:///system", flags: 0 });
    const name = "C=GB,O=Example,CN=alice";
    expect(clients[0]).toMatchObject({ transport: "tls", identity: { x509DistinguishedName: name } });
    const frame = Buffer.alloc(28);
    [28, remote.number, 1, procs.connectGetHostname.number].forEach((word, i) => {
      frame.writeUInt32BE(word, 4 * i);
    });
    const replies = await Promise.all([...sizes, ...sizes].map(() => rpc.callRaw(Buffer.from(frame))));
    expect(replies.map((reply) => reply.frame.length - 28)).toEqual([...sizes, ...sizes]);
    rpc.close();
    await new Promise<void>((resolve) => server.onIdle(resolve));
  });

  test.each<[string, Partial<TlsPolicy>, string | undefined, boolean]>([
    ["of another CA", {}, "stranger", false],
    ["revoked", {}, "revoked", false],
    ["none", {}, undefined, false],
    ["none, and none is needed", { verifyPeer: false }, undefined, true],
    ["of another CA, which does not matter", { verifyPeer: false }, "stranger", true],
    ["on the list", { allowedNames: ["x", "C=GB,*,CN=al?ce"] }, "alice", true],
    ["not on the list", { allowedNames: ["*,CN=bob"] }, "alice", false],
    ["any, but the list is empty", { allowedNames: [] }, "alice", false],
  ])("a client's certificate: %s", async (_, policy, name, isLetIn) => {
    const { port, server } = startTls(policy);
    const connecting = connect(port, name);
    if (isLetIn) (await connecting).close();
    else {
      await expect(connecting).rejects.toMatchObject({ code: 38 });
      expect([server.clientCount, server.anonymousCount]).toEqual([0, 0]);
    }
  });

  test("new files are used for new clients, broken ones not at all", async () => {
    const { port, listener } = startTls();
    const first = await connect(port, "alice");
    expect(() => listener.reload(credentials("server", { key: Buffer.from("x") }))).toThrow();
    listener.reload(credentials("server2"));
    const second = await connect(port, "revoked"); // there is no CRL any more
    for (const rpc of [first, second]) {
      await rpc.call(procs.authList, undefined);
      rpc.close();
    }
  });

  test("SASL over TLS", async () => {
    const verifier = await makeVerifier("secret", { iterations: 4096 });
    const authenticator = saslAuthenticator({
      find: async (name) => (name === "fred" ? verifier : undefined),
    });
    const { port, clients } = startTls({}, { auth: "sasl", authenticator });
    const rpc = await connect(port, "alice");
    onTestFinished(() => rpc.close());
    await authenticate(rpc, { credentials: () => ({ user: "fred", password: "secret" }) });
    expect(clients[0]?.identity.saslUserName).toBe("fred");
  });

  test("a handshake that never comes is given up, others are served meanwhile", async () => {
    const { port, server } = startTls({}, {}, { anonymousMs: 100 });
    const silent = connectNet(port, host);
    const closed = new Promise((resolve) => silent.on("close", resolve));
    silent.on("error", () => {});
    (await connect(port, "alice")).close();
    await closed;
    await expect.poll(() => server.anonymousCount).toBe(0);
  });

  test("our own files are looked at", async () => {
    const files = { certFile: at("server.crt"), keyFile: at("server.key"), caFile: at("ca.crt") };
    const mine = await readCredentials(files);
    checkOwnCertificate(mine, Date.now());
    const year = 365 * 86_400_000;
    expect(() => checkOwnCertificate(mine, Date.now() + year)).toThrow("expired");
    expect(() => checkOwnCertificate(mine, Date.now() - year)).toThrow("not yet active");
    expect(() => checkOwnCertificate(credentials("stranger"), Date.now())).toThrow("not issued by the CA");
    await expect(readCredentials({ ...files, crlFile: at("none") })).rejects.toThrow("Cannot read CRL");
  });
});
