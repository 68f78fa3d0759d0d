import { execFile, execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeVerifier } from "@libvirt-ts/access/scram";
import { ErrorDomain } from "@libvirt-ts/errors";
import { silentLogger } from "@libvirt-ts/logging";
import { native } from "@libvirt-ts/native";
import { remote } from "@libvirt-ts/protocol";
import { bindTcp, readCredentials, TlsListener } from "@libvirt-ts/rpc/net";
import {
  type Client,
  connectionService,
  type ListenOptions,
  Server,
  saslAuthenticator,
} from "@libvirt-ts/rpc/server";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { makeCertificates } from "./support/certificates.ts";

/** Debian's virsh logs in to our sockets; the server lives in this process and knows its host name only. */
const dir = mkdtempSync("/tmp/lv-login-");
const at = (name: string) => join(dir, name);
const host = "127.0.0.1";
/** Everything that GnuTLS and OpenSSL spell or escape in ways of their own. */
const subject =
  "/C=GB/street=Road 1/O=Example, Inc/title=Dr/SN=Sur/GN=Giv/UID=u/DC=d/CN=al=ice #1;/emailAddress=a@example.org";

beforeAll(() => makeCertificates(dir, { host, client: subject }));
afterAll(() => rmSync(dir, { recursive: true }));

function start(fd: number, options: ListenOptions) {
  const clients: Client[] = [];
  const session = connectionService({
    type: "QEMU",
    scheme: "qemu",
    privileged: true,
    features: [],
    libVersion: 11_003_000,
  });
  const server = new Server({
    name: "test",
    log: silentLogger(),
    services: [
      {
        program: remote,
        errorDomain: ErrorDomain.REMOTE,
        gate: session.gate,
        handlers: { ...session.handlers, connectGetHostname: () => ({ hostname: "it-works" }) },
      },
    ],
  });
  server.onClient((client) => clients.push(client));
  server.listen(fd, options);
  onTestFinished(() => server.close());
  return clients;
}

function listenUnix(): { fd: number; path: string } {
  const path = at("sock");
  rmSync(path, { force: true });
  const fd = native.socketUnix("stream");
  expect(native.bind(fd, path)).toBe(0);
  native.listen(fd, 10);
  return { fd, path };
}

/** Standard output, or standard error. */
function virsh(uri: string, env: Record<string, string> = {}): Promise<string> {
  return new Promise((resolve) => {
    const environment = { PATH: process.env.PATH, HOME: dir, LC_ALL: "C", ...env };
    execFile(
      "virsh",
      ["-c", uri, "hostname"],
      { env: environment, timeout: 20_000 },
      (error, stdout, stderr) => resolve(error === null ? stdout.trim() : stderr.trim()),
    );
  });
}

function credentials(password: string): Record<string, string> {
  const text = `[credentials-me]\nauthname=fred\npassword=${password}\n[auth-libvirt-default]\ncredentials=me\n`;
  writeFileSync(at("auth.conf"), text);
  return { LIBVIRT_AUTH_FILE: at("auth.conf") };
}

const sasl = async (): Promise<ListenOptions> => {
  const verifier = await makeVerifier("secret");
  return { auth: "sasl", authenticator: saslAuthenticator({ find: async () => verifier }) };
};

test("SASL on a UNIX socket: the right password, and a wrong one", async () => {
  const { fd, path } = listenUnix();
  const clients = start(fd, await sasl());
  const uri = `qemu+unix:///system?socket=${path}`;
  expect(await virsh(uri, credentials("secret"))).toBe("it-works");
  expect(clients[0]?.identity.saslUserName).toBe("fred");
  expect(await virsh(uri, credentials("wrong"))).toMatch(/authentication failed: authentication failed/);
});

test("SASL on plain TCP is refused, no authentication is not", async () => {
  const { fd, port } = bindTcp({ address: host, port: 0, backlog: 5 });
  start(fd, { transport: "tcp", ...(await sasl()) });
  expect(await virsh(`qemu+tcp://${host}:${port}/system`, credentials("secret"))).toMatch(
    /authentication failed: authentication failed/,
  );
  const open = bindTcp({ address: host, port: 0, backlog: 5 });
  start(open.fd, { transport: "tcp" });
  expect(await virsh(`qemu+tcp://${host}:${open.port}/system`)).toBe("it-works");
});

test.each([
  ["on the list", ["C=GB,*,O=Example\\, Inc,*,EMAIL=*"], "it-works"],
  ["not on the list", ["C=US,*"], expect.stringMatching(/error/)],
])("TLS with a client certificate %s, and SASL inside", async (_, allowedNames, result) => {
  const files = { certFile: at("servercert.pem"), keyFile: at("serverkey.pem"), caFile: at("cacert.pem") };
  const listener = new TlsListener(await readCredentials(files), { verifyPeer: true, allowedNames });
  const { fd, port } = bindTcp({ address: host, port: 0, backlog: 5 });
  const clients = start(fd, { transport: "tls", secure: listener.secure, ...(await sasl()) });
  chmodSync(at("clientkey.pem"), 0o600);
  const uri = `qemu+tls://${host}:${port}/system?pkipath=${dir}`;
  expect(await virsh(uri, credentials("secret"))).toEqual(result);
  if (result !== "it-works") return;
  expect(clients[0]?.identity).toEqual({
    x509DistinguishedName: execFileSync("virt-pki-query-dn", [at("clientcert.pem")], {
      encoding: "utf8",
    }).trim(),
    saslUserName: "fred",
  });
});
