import { findType, validateQmp } from "@libvirt-ts/driver-qemu/command";
import {
  type MigrationParams,
  migrationArguments,
  parseMigrationParams,
  readMigrationParams,
  writeMigrationParams,
} from "@libvirt-ts/driver-qemu/migration";
import { parseXml, XmlWriter } from "@libvirt-ts/xml";
import { documentsIn, prettyJson, schemaOf } from "../json.ts";
import type { Suite } from "../suite.ts";

/** Settings of a migration: from QEMU, to a status file and back, to QEMU. */
export const suite: Suite = {
  run(row, corpus) {
    const [reply] = documentsIn(corpus.text(row.input)) as { return: Record<string, unknown> }[]; // QMP's form
    const params = readMigrationParams(reply?.return ?? {});
    const xml = format(params);
    const [again] = parseXml(xml).children;
    if (again === undefined || format(parseMigrationParams(again)) !== xml)
      throw new Error("does not survive its XML");
    const args = migrationArguments(params);
    const schema = schemaOf(row, corpus);
    const complaint =
      schema && validateQmp(schema, findType(schema, "migrate-set-parameters/arg-type"), args);
    if (complaint !== undefined) throw new Error(complaint);
    return { got: { xml, json: prettyJson(args) } };
  },
};

function format(params: MigrationParams): string {
  const writer = new XmlWriter();
  writer.open("test");
  writeMigrationParams(params, writer);
  writer.close("test");
  return writer.toString();
}
