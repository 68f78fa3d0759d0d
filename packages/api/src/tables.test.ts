import { expect, test } from "vitest";
import * as api from "./index.ts";

type Table = Readonly<Record<string, number | string>>;

const tables = Object.entries(api).flatMap(([name, value]): [string, Table][] =>
  typeof value === "object" ? [[name, value]] : [],
);

test("flags are unsigned words", () => {
  const flags = tables.filter(([name]) => /(Flags|StatsTypes|InfoTypes)$/.test(name));
  expect(flags.length).toBeGreaterThan(70);
  for (const [name, table] of flags)
    for (const [key, value] of Object.entries(table)) {
      expect(value, `${name}.${key}`).toBeGreaterThanOrEqual(0);
      expect(value, `${name}.${key}`).toBeLessThanOrEqual(0xffff_ffff);
    }
});

test("what is numbered through has no gaps", () => {
  const numbered = tables.filter(([name]) => /(EventId|State|RunningReason|PausedReason|Detail)$/.test(name));
  for (const [name, table] of numbered) {
    if (name === "VcpuHostCpuState" || name === "DomainEventAgentLifecycleState") continue; // start at -2 and at 1
    expect(Object.values(table), name).toEqual(Object.values(table).map((_, index) => index));
  }
});

test("names of fields fit their limit", () => {
  for (const [name, table] of tables.filter(([name]) => name.endsWith("Field")))
    for (const value of Object.values(table)) {
      expect(typeof value, name).toBe("string");
      expect(String(value).length, name).toBeLessThan(api.TYPED_PARAM_FIELD_LENGTH);
    }
});

test.each([
  [api.DomainState.PMSUSPENDED, 7],
  [api.DomainPausedReason.IOERROR, 5],
  [Object.keys(api.DomainEventId).length, 28],
  [api.DomainStartedDetail.FROM_SNAPSHOT, 3],
  [api.DomainXmlFlags.MIGRATABLE, 8],
  [api.DomainModificationImpact.CONFIG, 2],
  [api.ConnectGetAllDomainStatsFlags.ENFORCE_STATS, 0x80000000],
  [api.DriverFeature.NETWORK_UPDATE_HAS_CORRECT_ORDER, 16],
  [api.DomainStatsField.STATE_REASON, "state.reason"],
  [api.MigrateField.PERSIST_XML, "persistent_xml"],
])("facts spot-checked against the headers (%#)", (ours, theirs) => {
  expect(ours).toBe(theirs);
});
