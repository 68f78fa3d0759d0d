import { type DomainDef, readDomain } from "@libvirt-ts/conf/domain";
import { Domain, DomainEvents, KeptDefinitions, type LifecycleEvent } from "@libvirt-ts/hypervisor";
import { Registry } from "@libvirt-ts/objects";
import { QmpClient } from "@libvirt-ts/qmp";
import type { Call, Client } from "@libvirt-ts/rpc/server";
import { KeyedLock } from "@libvirt-ts/util/keyed-lock";
import { Undo } from "@libvirt-ts/util/undo";
import { parseXml } from "@libvirt-ts/xml";
import { MonitorEvents } from "../events/monitor-events.ts";
import { Guest, type GuestFacts, type QemuDomain } from "../guest.ts";
import { GuestProcess } from "../process/guest-process.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import { wireDomain } from "./common.ts";

/** What a scripted QEMU answers; a function sees the arguments, a thrown text is a refusal. */
export type Script = Readonly<Record<string, unknown>>;

export interface WorldOptions {
  /** Inside of `<domain>`, after name, uuid and so on. */
  xml?: string;
  /** Inside of `<devices>`. */
  devices?: string;
  /** The domain runs, and its QEMU answers by this. */
  script?: Script;
  root?: string;
  transient?: boolean;
}

/** For tests: a driver with one domain, and what it did to the world. */
export interface TestWorld {
  readonly driver: QemuDriver;
  readonly domain: QemuDomain;
  readonly dom: ReturnType<typeof wireDomain>;
  /** Commands QEMU got: names with their arguments. */
  readonly commands: [name: string, args: unknown][];
  /** Definitions written, by name. */
  readonly saved: Map<string, string>;
  readonly lifecycle: LifecycleEvent[];
  /** Other events, by name. */
  readonly emitted: [name: string, fields: unknown][];
  /** For handlers that look at who calls. */
  readonly call: Call;
  /** An event of the monitor. */
  say(event: string, data?: object): void;
}

const UUID = "11111111-2222-3333-4444-555555555555";

export function openWorld({
  xml = "",
  devices = "",
  script,
  root = "",
  transient = false,
}: WorldOptions = {}): TestWorld {
  const commands: [string, unknown][] = [];
  const saved = new Map<string, string>();
  const lifecycle: LifecycleEvent[] = [];
  const emitted: [string, unknown][] = [];
  const def = definition(xml, devices);
  const domains = new Registry<QemuDomain>();
  const watcher: QemuDriver["watcher"] = {
    changed: () => domains.touch(),
    lifecycle: (_domain, event) => lifecycle.push(event),
  };
  const domain: QemuDomain = new Domain<DomainDef, Guest>({ def, isPersistent: !transient, watcher });
  domains.add(domain);
  const events = new DomainEvents<Client>();
  const noteEvent = (name: string, _source: unknown, fields: unknown) => emitted.push([name, fields]);
  const driver = {
    domains,
    watcher,
    events: Object.assign(events, { emit: noteEvent }),
    monitorEvents: new MonitorEvents(events),
    defining: new KeyedLock<string>(),
    configs: {
      save: async (name: string, text: string) => void saved.set(name, text),
      remove: async (name: string) => void saved.delete(name),
      setAutostart: async () => {},
    },
    definitions: new KeptDefinitions({ read: (text) => readDomain(parseXml(text), { skipCheck: true }) }),
    status: { save: noteChange, flush: async (domain: QemuDomain) => noteChange(domain) },
    networks: { leases: async () => [] },
    log: { warn() {}, debug() {}, error() {} },
    host: { root, pageSizeKiB: 4 },
    paths: { privileged: false },
    dirs: { save: "/no/folder" },
  } as unknown as QemuDriver; // the part of it that calls about guests use
  let say: TestWorld["say"] = () => {};
  if (script) say = run(domain, script, commands);
  const call = { client: { onClose: () => () => {}, sendEvent: noteEvent } } as unknown as Call; // as above
  return { driver, domain, dom: wireDomain(domain), commands, saved, lifecycle, emitted, call, say };
}

const noteChange = (domain: QemuDomain) => domain.noteChange();

function definition(xml: string, devices: string): DomainDef {
  const text = `<domain type='qemu'><name>vm</name><uuid>${UUID}</uuid><memory>65536</memory>${
    xml.includes("<vcpu") ? "" : "<vcpu>2</vcpu>"
  }<os><type arch='x86_64'>hvm</type></os>${xml}<devices>${devices}</devices></domain>`;
  return readDomain(parseXml(text), { skipCheck: true });
}

/** Lets the domain run under a QEMU that answers at once. */
function run(domain: QemuDomain, script: Script, commands: [string, unknown][]): TestWorld["say"] {
  const process_ = GuestProcess.find(process.pid);
  if (!process_) throw new Error("this process does not exist");
  const facts = {
    vcpus: [{ id: 0, tid: process.pid }],
    taints: new Set(),
    paths: { lib: "" },
    caps: { flags: new Set() },
    fakeReboot: false,
  } as unknown as GuestFacts; // what the calls look at
  const guest = new Guest({ process: process_, facts, teardown: new Undo(), report() {} });
  guest.isStarting = false;
  let deliver: (chunk: Uint8Array) => void = () => {};
  const line = (value: object) => deliver(Buffer.from(`${JSON.stringify(value)}\r\n`));
  const client = new QmpClient({
    start(onData) {
      deliver = onData;
    },
    send(bytes) {
      const { execute, arguments: args, id } = JSON.parse(Buffer.from(bytes).toString());
      commands.push([execute, args]);
      queueMicrotask(() => line({ id, ...answer(script[execute], args) }));
    },
    close() {},
  });
  guest.attach(client);
  domain.live = guest;
  domain.nextDef = domain.isPersistent ? structuredClone(domain.def) : undefined;
  domain.id = 7;
  domain.adopt({ name: "running", reason: "booted" });
  return (event, data) => line({ event, data, timestamp: { seconds: 1, microseconds: 2 } });
}

function answer(scripted: unknown, args: unknown): object {
  if (scripted === undefined) return { return: {} };
  try {
    return { return: typeof scripted === "function" ? scripted(args) : scripted };
  } catch (refusal) {
    return { error: { class: "GenericError", desc: String(refusal) } };
  }
}
