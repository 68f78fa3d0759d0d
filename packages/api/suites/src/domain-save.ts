import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DomainState, DomainCoreDumpFlags as Dump, DomainSaveRestoreFlags as Save } from "@libvirt-ts/api";
import { describe, expect, test } from "vitest";
import { type Guest, guestIn } from "./guests.ts";
import { describeStories, type Stories } from "./story.ts";
import { answer, outcome, type Target } from "./target.ts";

const unknown = 2 ** 30;

interface Saving extends Guest {
  /** A file that is not there yet. */
  readonly file: string;
}

/** Guests kept in files. */
export function describeDomainSave(target: Target): void {
  const open = async (state: "running" | "paused" | "shutoff"): Promise<Saving> => ({
    ...(await guestIn(target, state)),
    file: join(target.folder(), `image-${++files}`),
  });
  describe("domain save", () => {
    describeStories(target, () => open("running"), ofRunning);
    describeStories(target, () => open("paused"), ofPaused);
    describeStories(target, () => open("shutoff"), ofShutoff);

    test("an image describes its guest, and may be told another way", async () => {
      const { connect, domain, file } = await open("running");
      await domain.save({ to: file });
      const xml = await connect.domainSaveImageGetXmlDesc({ file });
      expect(xml).toContain(`<name>${domain.name}</name>`);
      const titled = xml.replace("</name>", "</name>\n  <title>other</title>");
      await connect.domainSaveImageDefineXml({ file, dxml: titled });
      expect(await connect.domainSaveImageGetXmlDesc({ file })).toContain("<title>other</title>");
    });

    test("what is no image", async () => {
      const { connect, file } = await open("shutoff");
      writeFileSync(file, "no image at all, but long enough for a header of one, which is some dozen bytes");
      expect([
        await outcome(target, connect.domainRestore({ from: file })),
        await outcome(target, connect.domainRestoreFlags({ from: file })),
        await answer(target, connect.domainSaveImageGetXmlDesc({ file })),
      ]).toEqual(Array(3).fill("INTERNAL_ERROR/driver"));
    });

    test("a managed image is what the next start begins with", async () => {
      const { domain } = await open("running");
      await domain.managedSave();
      expect(await domain.getState()).toMatchObject({ state: DomainState.SHUTOFF });
      expect(await domain.hasManagedSaveImage()).toBe(1);
      await domain.create();
      expect(await domain.getState()).toMatchObject({ state: DomainState.RUNNING });
      expect(await domain.hasManagedSaveImage()).toBe(0);
    });
  });
}

let files = 0;

const ofRunning: Stories<Saving> = {
  "saved and restored": [
    [({ domain, file }) => domain.save({ to: file }), "ok"],
    [({ domain }) => domain.getState(), { state: 5, reason: 5 }],
    [({ connect, file }) => connect.domainRestore({ from: file }), "ok"],
    [({ domain }) => domain.getState(), { state: 1, reason: 3 }],
    [({ connect, file }) => connect.domainRestore({ from: file }), "OPERATION_INVALID/DOMAIN"],
  ],
  "saved and restored with flags": [
    [({ domain, file }) => domain.saveFlags({ to: file, flags: unknown }), "INVALID_ARG/driver"],
    [
      ({ domain, file }) => domain.saveFlags({ to: file, flags: Save.PAUSED | Save.RUNNING }),
      "INVALID_ARG/DOMAIN",
    ],
    [({ domain }) => domain.saveFlags({ to: "/nowhere/at/all" }), "SYSTEM_ERROR/driver"],
    [({ domain, file }) => domain.saveFlags({ to: file }), "ok"],
    [({ connect, file }) => connect.domainRestoreFlags({ from: file, flags: unknown }), "INVALID_ARG/driver"],
    [({ connect, file }) => connect.domainRestoreFlags({ from: file }), "ok"],
    [({ domain }) => domain.isActive(), true],
    [({ connect }) => connect.domainRestoreFlags({ from: "/nowhere/at/all" }), "SYSTEM_ERROR/driver"],
    [({ connect }) => connect.domainSaveImageGetXmlDesc({ file: "/nowhere/at/all" }), "SYSTEM_ERROR/driver"],
    [
      ({ connect }) => connect.domainSaveImageDefineXml({ file: "/nowhere/at/all", dxml: "<domain/>" }),
      "SYSTEM_ERROR/driver",
    ],
  ],
  "managed images": [
    [({ domain }) => domain.hasManagedSaveImage(), 0],
    [({ domain }) => domain.managedSave({ flags: unknown }), "INVALID_ARG/driver"],
    [({ domain }) => domain.managedSave(), "ok"],
    [({ domain }) => domain.hasManagedSaveImage(), 1],
    [({ domain }) => domain.undefine(), "OPERATION_INVALID/driver"],
    [({ domain }) => domain.managedSaveRemove(), "ok"],
    [({ domain }) => domain.managedSaveRemove(), "ok"],
    [({ domain }) => domain.managedSaveRemove({ flags: 1 }), "INVALID_ARG/driver"],
    [({ domain }) => domain.hasManagedSaveImage({ flags: 1 }), "INVALID_ARG/driver"],
    [({ domain }) => domain.hasManagedSaveImage(), 0],
    [({ domain }) => domain.undefine(), "ok"],
  ],
  "dumps of memory": [
    [({ domain, file }) => domain.coreDump({ to: file }), "ok"],
    [({ domain }) => domain.isActive(), true],
    [({ domain, file }) => domain.coreDumpWithFormat({ to: file, dumpformat: 0 }), "ok"],
    [({ domain, file }) => domain.coreDumpWithFormat({ to: file, dumpformat: 99 }), "INVALID_ARG/DOMAIN"],
    [({ domain, file }) => domain.coreDump({ to: file, flags: unknown }), "INVALID_ARG/driver"],
    [
      ({ domain, file }) => domain.coreDump({ to: file, flags: Dump.CRASH | Dump.LIVE }),
      "INVALID_ARG/DOMAIN",
    ],
    [({ domain }) => domain.coreDump({ to: "/nowhere/at/all" }), "SYSTEM_ERROR/driver"],
    [({ domain, file }) => domain.coreDump({ to: file, flags: Dump.RESET }), "INVALID_ARG/driver"],
    [({ domain }) => domain.getState(), { state: 1, reason: 1 }],
    [({ domain, file }) => domain.coreDump({ to: file, flags: Dump.CRASH }), "ok"],
    [({ domain }) => domain.getState(), { state: 5, reason: 3 }],
  ],
};

const ofPaused: Stories<Saving> = {
  "a paused guest is saved": [
    [({ domain, file }) => domain.save({ to: file }), "ok"],
    [({ connect, file }) => connect.domainRestore({ from: file }), "ok"],
    [({ domain }) => domain.isActive(), true],
  ],
};

const ofShutoff: Stories<Saving> = {
  "what is off cannot be saved": [
    [({ domain, file }) => domain.save({ to: file }), "OPERATION_INVALID/DOMAIN"],
    [({ domain, file }) => domain.saveFlags({ to: file }), "OPERATION_INVALID/DOMAIN"],
    [({ domain }) => domain.managedSave(), "OPERATION_INVALID/DOMAIN"],
    [({ domain, file }) => domain.coreDump({ to: file }), "OPERATION_INVALID/DOMAIN"],
    [
      ({ domain, file }) => domain.coreDumpWithFormat({ to: file, dumpformat: 0 }),
      "OPERATION_INVALID/DOMAIN",
    ],
  ],
};
