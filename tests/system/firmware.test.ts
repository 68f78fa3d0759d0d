import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { World } from "@libvirt-ts/testing";
import { afterAll, beforeAll, expect, test } from "vitest";

const flashBytes = 256 * 1024;
let world: World;
let variables: string;

/** A host with one firmware in flash, as a distribution's package would leave it. */
beforeAll(async () => {
  world = await World.create({ daemons: ["virtqemud"], qemuConf: 'stdio_handler = "file"\n' });
  const code = world.file("CODE.fd", new Uint8Array(flashBytes));
  const template = world.file("VARS.fd", Buffer.alloc(flashBytes, "template"));
  const folder = `${world.prefix}/etc/qemu/firmware`;
  mkdirSync(folder, { recursive: true });
  const descriptor = {
    "interface-types": ["uefi"],
    mapping: {
      device: "flash",
      mode: "split",
      executable: { filename: code, format: "raw" },
      "nvram-template": { filename: template, format: "raw" },
    },
    targets: [{ architecture: "x86_64", machines: ["pc-q35-*"] }],
    features: ["acpi-s3"],
    tags: [],
  };
  writeFileSync(`${folder}/50-test.json`, JSON.stringify(descriptor));
  variables = world.path("/var/lib/libvirt/qemu/nvram/efi_VARS.fd");
  await world.define(`<domain type='qemu'><name>efi</name><memory unit='MiB'>64</memory>
    <os firmware='efi'><type arch='x86_64' machine='q35'>hvm</type></os><features><acpi/></features>
    <devices><emulator>/usr/bin/qemu-system-x86_64</emulator></devices></domain>`);
});
afterAll(() => world?.close());

test("a guest that wants EFI gets what a descriptor offers", async () => {
  const xml = await world.virsh("dumpxml", "efi");
  expect(xml).toContain(`>${world.prefix}/images/CODE.fd</loader>`);
  expect(xml).toContain(
    `template='${world.prefix}/images/VARS.fd' templateFormat='raw' format='raw'>${variables}</nvram>`,
  );
  expect(existsSync(variables)).toBe(false);
});

test("its variables are a copy, made once, that only QEMU can read", async () => {
  await world.virsh("start", "efi", "--paused");
  expect(readFileSync(variables)).toEqual(readFileSync(`${world.prefix}/images/VARS.fd`));
  expect(statSync(variables).mode & 0o777).toBe(0o600);
  await world.virsh("destroy", "efi");
  writeFileSync(variables, Buffer.alloc(flashBytes, "changed"));
  await world.virsh("start", "efi", "--paused");
  await world.virsh("destroy", "efi");
  expect(readFileSync(variables, "latin1").slice(0, 14)).toBe("changedchanged");
  await world.virsh("start", "efi", "--paused", "--reset-nvram");
  await world.virsh("destroy", "efi");
  expect(readFileSync(variables, "latin1").slice(0, 8)).toBe("template");
});

test("undefine asks what is to become of them", async () => {
  expect((await world.tryVirsh("undefine", "efi")).stderr).toContain(
    "Requested operation is not valid: cannot undefine domain with nvram",
  );
  expect((await world.tryVirsh("undefine", "efi", "--nvram", "--keep-nvram")).code).not.toBe(0);
  await world.virsh("undefine", "efi", "--nvram");
  expect(existsSync(variables)).toBe(false);
  expect(await world.virsh("list", "--all", "--name")).toBe("");
});
