import { ErrorCode, ErrorDomain } from "@libvirt-ts/errors";
import { silentLogger } from "@libvirt-ts/logging";
import { remote } from "@libvirt-ts/protocol";
import { expect, onTestFinished, test } from "vitest";
import { connectInside, connectionService, type DriverEntrance, entrance, Server } from "./index.ts";

const { procs } = remote;

function driver(scheme: string): DriverEntrance {
  const { handlers, gate } = connectionService({
    type: scheme.toUpperCase(),
    scheme,
    privileged: true,
    features: [9],
    libVersion: 1,
  });
  const service = {
    program: remote,
    errorDomain: ErrorDomain.REMOTE,
    gate,
    handlers: { ...handlers, connectGetHostname: () => ({ hostname: scheme }) },
  };
  return { scheme, services: () => [service] };
}

async function connect() {
  const services = entrance([driver("qemu"), driver("test")]);
  const client = await connectInside(new Server({ name: "all", log: silentLogger(), services }));
  onTestFinished(() => client.close());
  const open = (name: string | null) => client.call(procs.connectOpen, { name, flags: 0 });
  return { client, open };
}

test.each([
  ["qemu:///system", "qemu", "qemu:///system"],
  ["TEST:///system", "test", "TEST:///system"],
  ["", "qemu", "qemu:///system"],
  [null, "qemu", "qemu:///system"],
])("%s leads to the driver of %s", async (name, hostname, uri) => {
  const { client, open } = await connect();
  await open(name);
  expect(await client.call(procs.connectGetHostname, undefined)).toEqual({ hostname });
  expect(await client.call(procs.connectGetUri, undefined)).toEqual({ uri });
  await expect(open("test:///system")).rejects.toThrow("connection already open");
});

test.each([
  ["lxc:///system", ErrorCode.NO_CONNECT],
  ["qemu://far/system", ErrorCode.NO_CONNECT],
  ["rubbish", ErrorCode.NO_CONNECT],
  ["qemu:///bogus", ErrorCode.INTERNAL_ERROR],
])("nobody for '%s', and the client may try another", async (name, code) => {
  const { client, open } = await connect();
  await expect(open(name)).rejects.toMatchObject({ code });
  await expect(client.call(procs.connectGetHostname, undefined)).rejects.toThrow(
    "hypervisor connection not open",
  );
  await open("test:///system");
  expect(await client.call(procs.connectGetType, undefined)).toEqual({ type: "TEST" });
});

test("nothing is there before a driver is chosen", async () => {
  const { client } = await connect();
  const feature = (number: number) => client.call(procs.connectSupportsFeature, { feature: number });
  expect(await feature(10)).toEqual({ supported: 1 });
  await expect(feature(9)).rejects.toThrow("not open");
  await expect(client.call(procs.connectListAllDomains, { needResults: 1, flags: 0 })).rejects.toThrow(
    "not open",
  );
});
