import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { noCalls, type Target } from "@libvirt-ts/api-suites";
import type { Transport } from "@libvirt-ts/client";
import { testOpener } from "@libvirt-ts/driver-test";
import { ErrorDomain } from "@libvirt-ts/errors";
import { remote } from "@libvirt-ts/protocol";
import { RpcClient } from "@libvirt-ts/rpc/client";
import { bootDisk, bootDomain, type DaemonName, World, type WorldOptions } from "@libvirt-ts/testing";
import { afterAll, beforeAll } from "vitest";

const testGuest = ({ name, uuid }: { name: string; uuid?: string }) => `<domain type='test'>
  <name>${name}</name>
  ${uuid === undefined ? "" : `<uuid>${uuid}</uuid>`}
  <memory unit='MiB'>32</memory>
  <vcpu>2</vcpu>
  <os><type arch='i686'>hvm</type></os>
  <devices>
    <disk type='file' device='disk'><source file='/guest/${name}.img'/><target dev='vda' bus='virtio'/></disk>
    <interface type='network'><mac address='52:54:00:00:00:05'/><source network='default'/></interface>
  </devices>
</domain>`;

const internal = "INTERNAL_ERROR/driver";
/** Libvirt's check whether a domain is active speaks for all domains. */
const inactive = "OPERATION_INVALID/DOMAIN";

const testDriver = {
  uri: "test:///default",
  errorDomain: ErrorDomain.TEST,
  guestXml: testGuest,
  wrongState: {
    create: internal,
    createWithFlags: internal,
    createWithFiles: internal,
    suspend: internal,
    resume: internal,
    shutdown: internal,
    shutdownFlags: internal,
    destroy: inactive,
    destroyFlags: inactive,
    reboot: inactive,
    reset: inactive,
  },
  differences: {
    "guests do not begin paused": "START_PAUSED is no flag of libvirt's test driver",
    "what is not defined can be undefined": "libvirt's test driver does not look",
    "what is paused cannot be paused": "libvirt's test driver is strict",
    "what runs cannot be resumed": "libvirt's test driver is strict",
  },
} as const satisfies Partial<Target>;

/** driver-test in this process; each connection opened while another is there shares its host. */
export function inProcess(): Target {
  const opener = testOpener();
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "suites-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  return {
    ...testDriver,
    name: "driver-test in this process",
    transport: opener,
    folder: () => folder,
    calls: noCalls(),
  };
}

/** The same driver behind the socket of our libvirtd. */
export const byRpc = (): Target =>
  testDriverOf("libvirtd", { name: "driver-test behind our libvirtd", world: {} });

/** Whether the suites say the truth: libvirt's own test driver, in Debian's libvirtd 9.0. */
export const ofLibvirt = (): Target =>
  testDriverOf("virtqemud", {
    name: "libvirt's own test driver",
    world: { systemPaths: true, peers: ["virtqemud"] },
    differences: {
      "changes no devices": "9.0 does not",
      "knows nothing newer than 9.0": "it is 9.0",
    },
  });

/** driver-qemu, with real guests; networks are virtnetworkd's, behind the same connection. */
export function qemu(): Target {
  let world: World | undefined;
  beforeAll(async () => {
    world = await World.create({ daemons: ["virtlogd", "virtnetworkd", "virtqemud"] });
  });
  afterAll(() => world?.close());
  return {
    name: "driver-qemu",
    uri: "qemu:///system",
    errorDomain: ErrorDomain.QEMU,
    transport: ({ readOnly }) => connectTo(world, "virtqemud", readOnly),
    guestXml: ({ name, uuid }) =>
      bootDomain({
        name,
        vcpus: 2,
        disk: world?.file(`${name}.img`, bootDisk()) ?? "",
        ...(uuid !== undefined && { uuid }),
      }),
    folder: () => join(world?.prefix ?? "", "images"),
    wrongState: {
      "resume running": "OPERATION_INVALID/driver",
      ...Object.fromEntries(
        ["suspend", "resume", "destroy", "destroyFlags", "shutdown", "shutdownFlags", "reboot", "reset"].map(
          (call) => [call, inactive],
        ),
      ),
    },
    differences: {
      "has no storage pools and no node devices": "their daemons are not there yet",
      "keeps its lifecycle actions": "not there yet",
      "takes no descriptors": "libvirt's QEMU driver does not either",
      "what runs cannot be resumed": "libvirt's QEMU driver says that it runs already",
    },
    calls: noCalls(),
  };
}

/** A daemon in a world of its own, whose test driver is opened. */
function testDriverOf(
  daemon: DaemonName,
  {
    name,
    differences = {},
    world: options,
  }: Pick<Target, "name"> & { world: WorldOptions } & Partial<Target>,
): Target {
  let world: World | undefined;
  beforeAll(async () => {
    world = await World.create({ ...options, daemons: [] });
    writeFileSync(join(world.prefix, "etc/libvirt/libvirtd.conf"), openSockets);
    await world.start(daemon);
  });
  afterAll(() => world?.close());
  return {
    ...testDriver,
    name,
    transport: ({ readOnly }) => connectTo(world, daemon, readOnly),
    folder: () => join(world?.prefix ?? "", "images"),
    differences: { ...testDriver.differences, ...differences },
    calls: noCalls(),
  };
}

const openSockets = 'auth_unix_rw = "none"\nauth_unix_ro = "none"\n';

/** A client that has been let in. */
async function connectTo(
  world: World | undefined,
  daemon: DaemonName,
  readOnly: boolean,
): Promise<Transport> {
  if (world === undefined) throw new Error("the world is not there yet");
  const client = await RpcClient.connect(`${world.socket(daemon)}${readOnly ? "-ro" : ""}`);
  await client.call(remote.procs.authList, undefined);
  return client;
}
