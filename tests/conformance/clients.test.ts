import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { formatVerifiers } from "@libvirt-ts/access/passwords";
import { makeVerifier } from "@libvirt-ts/access/scram";
import { bootDisk, bootDomain, World, waitFor } from "@libvirt-ts/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeCertificates } from "../system/support/certificates.ts";
import { as, startPolkit } from "../system/support/polkit.ts";
import { makeSshKeys, startSshd } from "../system/support/sshd.ts";

/**
 * Every client by every way to the daemons: it opens, lists, registers for events, defines a domain and hears of it;
 * who may only look is refused the definition. docs/clients.md has the table.
 */
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const ports = { tcp: 16_509, tls: 16_514, ssh: 2_222, sshOfDebian: 2_223 };
const visitor = { name: "visitor", id: 60_123 };
const authFailed = 45;
const operationDenied = 29;

interface Way {
  /** As docs/clients.md has it. */
  readonly way: string;
  readonly who: "root" | "user";
  readonly uri: () => string;
  readonly readOnly?: boolean;
  /** Nobody gets in. */
  readonly refused?: number;
}

let world: World;
let keyFiles: string[];
const at = (name: string) => join(world.prefix, name);
const ssh = (port: number, more = "", user = "root", path = "system") =>
  `qemu+ssh://${user}@127.0.0.1:${port}/${path}?keyfile=${keyFiles[user === "root" ? 0 : 1]}&no_verify=1&no_tty=1${more}`;
const tls = () => `qemu+tls://127.0.0.1:${ports.tls}/system?pkipath=${at("pki")}`;

const open: readonly Way[] = [
  { way: "UNIX socket of virtqemud", who: "root", uri: () => "qemu:///system" },
  { way: "the same, read-only", who: "root", uri: () => "qemu:///system", readOnly: true },
  { way: "UNIX socket of virtproxyd", who: "root", uri: () => "qemu:///system?mode=legacy" },
  { way: "the same, read-only", who: "root", uri: () => "qemu:///system?mode=legacy", readOnly: true },
  { way: "TCP without login", who: "root", uri: () => `qemu+tcp://127.0.0.1:${ports.tcp}/system` },
  { way: "TLS with a client's certificate", who: "root", uri: tls },
  { way: "the same, read-only", who: "root", uri: tls, readOnly: true },
  { way: "ssh, our virt-ssh-helper", who: "root", uri: () => ssh(ports.ssh, "&proxy=native") },
  { way: "ssh, libvirt's virt-ssh-helper", who: "root", uri: () => ssh(ports.sshOfDebian, "&proxy=native") },
  { way: "ssh, whatever is there", who: "root", uri: () => ssh(ports.ssh) },
  { way: "the same, read-only", who: "root", uri: () => ssh(ports.ssh), readOnly: true },
  { way: "ssh, nc to virtproxyd", who: "root", uri: () => ssh(ports.ssh, "&proxy=netcat") },
  {
    way: "ssh, nc to `socket=`",
    who: "root",
    uri: () => ssh(ports.ssh, "&socket=/run/libvirt/virtqemud-sock"),
  },
  { way: "UNIX socket of virtqemud, polkit", who: "user", uri: () => "qemu:///system" },
  { way: "the same, read-only", who: "user", uri: () => "qemu:///system", readOnly: true },
  { way: "UNIX socket of virtproxyd, polkit", who: "user", uri: () => "qemu:///system?mode=legacy" },
  { way: "session, his own virtqemud", who: "user", uri: () => "qemu:///session?mode=direct" },
  { way: "session, his own virtproxyd", who: "user", uri: () => "qemu:///session?mode=legacy" },
  {
    way: "session by ssh, our virt-ssh-helper",
    who: "user",
    uri: () => ssh(ports.ssh, "&proxy=native", visitor.name, "session"),
  },
];

/** With `auth_tcp` and `auth_tls` as "sasl". */
const withLogin: readonly Way[] = [
  { way: "TLS with a certificate and SASL", who: "root", uri: tls },
  { way: "the same, read-only", who: "root", uri: tls, readOnly: true },
  {
    way: "TCP with SASL",
    who: "root",
    uri: () => `qemu+tcp://127.0.0.1:${ports.tcp}/system`,
    refused: authFailed,
  },
];

const rules = `
polkit.addRule(function (action, subject) {
  if (action.id === "org.libvirt.unix.manage" && subject.user === "${visitor.name}") return polkit.Result.YES;
});
`;

async function startProxy(auth: "none" | "sasl", env: NodeJS.ProcessEnv): Promise<void> {
  const keys = {
    ...{ auth_tcp: auth, auth_tls: auth, listen_addr: "127.0.0.1", ca_file: at("pki/cacert.pem") },
    ...{ cert_file: at("pki/servercert.pem"), key_file: at("pki/serverkey.pem") },
  };
  const lines = Object.entries(keys).map(([key, value]) => `${key} = "${value}"\n`);
  writeFileSync(at("etc/libvirt/virtproxyd.conf"), `listen_tcp = 1\nlisten_tls = 1\n${lines.join("")}`);
  if (auth === "sasl") await world.daemon("virtproxyd").stop();
  await world.start("virtproxyd", env);
}

/** A user of the world alone, with a home and the programs that his clients start. */
async function addVisitor(): Promise<void> {
  const home = at("home");
  mkdirSync(home);
  chownSync(home, visitor.id, visitor.id);
  for (const [file, line] of [
    ["passwd", `${visitor.name}:x:${visitor.id}:${visitor.id}::${home}:/bin/sh\n`],
    ["group", `${visitor.name}:x:${visitor.id}:\n`],
  ] as const) {
    writeFileSync(at(`etc/${file}`), readFileSync(`/etc/${file}`, "utf8") + line);
    await world.output(["mount", "--bind", at(`etc/${file}`), `/etc/${file}`]);
  }
  mkdirSync(at("sbin"));
  for (const name of ["virtlogd", "virtlockd", "virtnetworkd", "virtqemud", "virtproxyd"]) {
    cpSync(here(`../../daemons/${name}/dist`), at(`lib/${name}`), { recursive: true });
    symlinkSync(at(`lib/${name}/${name}.js`), at(`sbin/${name}`));
  }
  cpSync(here("../../tools/virt-ssh-helper/dist"), at("lib/virt-ssh-helper"), { recursive: true });
  mkdirSync(at("bin"));
  symlinkSync(at("lib/virt-ssh-helper/virt-ssh-helper.mjs"), at("bin/virt-ssh-helper"));
}

let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  world = await World.create({ systemPaths: true, daemons: ["virtlogd"] });
  chmodSync(world.prefix, 0o755);
  mkdirSync(at("pki"));
  makeCertificates(at("pki"), { host: "127.0.0.1" });
  await addVisitor();
  env = (await startPolkit(world, rules)).env;
  for (const name of ["virtnetworkd", "virtqemud"] as const) await world.start(name, env);
  await startProxy("none", env);
  keyFiles = await makeSshKeys(world, [0, visitor.id]);
  const usual = "/usr/sbin:/usr/bin:/sbin:/bin";
  const node = dirname(process.execPath);
  const ours = { LIBVIRTD_PATH: at("sbin") };
  await startSshd(world, { port: ports.ssh, path: `${at("bin")}:${node}:${usual}`, env: ours });
  await startSshd(world, { port: ports.sshOfDebian, path: usual });
  const verifiers = new Map([["fred", await makeVerifier("secret")]]);
  writeFileSync(at("etc/libvirt/sasl-users"), formatVerifiers(verifiers), { mode: 0o600 });
  world.file(
    "auth.conf",
    "[credentials-me]\nauthname=fred\npassword=secret\n[auth-libvirt-default]\ncredentials=me\n",
  );
  // virsh would start it, by the name of libvirtd
  world.namespace.start(asVisitor(at("sbin/virtproxyd")));
  await waitFor("the user's virtproxyd", () => existsSync(at("home/.cache/libvirt/libvirt-sock")));
  world.file("visit.xml", bootDomain({ name: "visit", disk: world.file("visit.img", bootDisk()) }));
});
afterAll(() => world?.close());

/** A command with nothing in its environment but this. */
function clean(own: Readonly<Record<string, string>>, argv: readonly string[]): string[] {
  const { PATH } = world.environment();
  const all = { ...own, PATH: `${dirname(process.execPath)}:${PATH}`, LC_ALL: "C.UTF-8" };
  return ["env", "-i", ...Object.entries(all).map(([name, value]) => `${name}=${value}`), ...argv];
}
const asRoot = (...argv: string[]) =>
  clean({ HOME: at("tmp"), LIBVIRT_AUTH_FILE: at("images/auth.conf") }, argv);
/** Without XDG_RUNTIME_DIR: sockets lie in the cache's directory, as for any user without a login session. */
const asVisitor = (...argv: string[]) =>
  as(visitor.name, ...clean({ HOME: at("home"), LIBVIRTD_PATH: at("sbin") }, argv));

/** Runs a client as its user. @returns what it printed */
async function outputOf({ who }: Way, ...argv: string[]): Promise<string> {
  const { stdout, stderr } = await world.run(who === "root" ? asRoot(...argv) : asVisitor(...argv));
  return stdout + stderr;
}

interface Seen {
  type?: string;
  /** Code of the error; virsh's text where it is none that is expected. */
  define?: number | string;
  events?: number;
  refused?: number | string;
}

const tsx = createRequire(import.meta.url).resolve("tsx");
const visit =
  (...interpreter: [program: string, ...args: string[]]) =>
  async (way: Way): Promise<Seen> => {
    const access = way.readOnly === true ? "ro" : "rw";
    const said = await outputOf(way, ...interpreter, access, at("images/visit.xml"), way.uri());
    try {
      return JSON.parse(said);
    } catch (cause) {
      throw new Error(said, { cause });
    }
  };

/** virsh says no codes; these are the texts of those that are expected. */
const codes: readonly [RegExp, number][] = [
  [/read only access prevents/, operationDenied],
  [/authentication failed/, authFailed],
];
const codeIn = (text: string): number | string => codes.find(([pattern]) => pattern.test(text))?.[1] ?? text;

async function virsh(way: Way): Promise<Seen> {
  const command = ["virsh", "-q", ...(way.readOnly === true ? ["-r"] : []), "-c", way.uri()];
  const version = await outputOf(way, ...command, "version");
  const type = /Using API: (\S+)/.exec(version)?.[1];
  if (type === undefined) return { refused: codeIn(version) };
  const defined = await outputOf(way, ...command, "define", at("images/visit.xml"));
  if (defined !== "") return { type, define: codeIn(defined) };
  return { type, define: (await outputOf(way, ...command, "undefine", "visit")) || 0 };
}

const clients: Readonly<Record<string, (way: Way) => Promise<Seen>>> = {
  virsh,
  "python3-libvirt": visit("/usr/bin/python3", here("clients/visit.py")),
  "Sys::Virt": visit("/usr/bin/perl", here("clients/visit.pl")),
  ours: visit(process.execPath, "--import", tsx, here("clients/visit.ts")),
};

function expected({ readOnly, refused }: Way, client: string): Seen {
  if (refused !== undefined) return { refused };
  const events = client === "virsh" ? {} : { events: readOnly ? 0 : 2 };
  return { type: "QEMU", define: readOnly ? operationDenied : 0, ...events };
}

describe.each(Object.entries(clients))("%s", (name, client) => {
  test.each(open.map((way) => [way.who, way.way, way] as const))("%s, by %s", async (_who, _way, way) => {
    expect(await client(way)).toEqual(expected(way, name));
  });
});

test.each(["virtqemud", "virtnetworkd"])("virt-admin of a user's own %s", async (name) => {
  const [session] = open.filter(({ who, way }) => who === "user" && way.includes("his own virtqemud"));
  if (session === undefined) throw new Error("no such way");
  await virsh({ ...session, readOnly: true }); // its daemon is started
  await outputOf(session, "virsh", "-q", "-c", session.uri(), "net-list"); // and this one's
  const said = await outputOf(session, "virt-admin", "-q", "-c", `${name}:///session`, "server-list");
  expect(said.replace(/\s+/g, " ").trim()).toBe(`0 ${name} 1 admin`);
});

describe("where a login is asked for", () => {
  beforeAll(() => startProxy("sasl", env));
  const all = Object.keys(clients).flatMap((name) => withLogin.map((way) => [name, way.way, way] as const));
  test.each(all)("%s, by %s", async (name, _way, way) => {
    expect(await clients[name]?.(way)).toEqual(expected(way, name));
  });
});

test("docs/clients.md has this very table", () => {
  const cell = ({ refused, readOnly }: Way) =>
    refused === undefined ? (readOnly ? "looks" : "yes") : `no: code ${refused}`;
  const names = Object.keys(clients);
  const rows = [...open, ...withLogin].map((way) => [way.who, way.way, ...names.map(() => cell(way))]);
  const squeezed = readFileSync(here("../../docs/clients.md"), "utf8").replace(/ +/g, " ");
  for (const row of [["who", "by", ...names], ...rows]) expect(squeezed).toContain(`| ${row.join(" | ")} |`);
});
