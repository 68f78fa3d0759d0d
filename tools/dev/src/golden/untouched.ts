import { readdirSync, readFileSync } from "node:fs";
import {
  declarationOf,
  declarations,
  findProblems,
  type SchemaName,
  schemaNames,
  schemaOf,
} from "@libvirt-ts/conf/schema";
import type { Corpus } from "./corpus.ts";

/**
 * What is declared and occurs in no document of the corpus and in none of our own, by kind of document.
 * @returns kinds that lack nothing are left out
 */
export function untouched(corpus: Corpus): { [schema: string]: string[] } {
  const touched = new Map(schemaNames.map((schema) => [schema, new Set<string>()]));
  for (const row of corpus.rows("schema")) {
    const schema = schemaNames.find((name) => `${name}.rng` === row.schema);
    const seen = schema && touched.get(schema);
    if (seen) findProblems(corpus.text(row.input), schema, (path) => seen.add(declarationOf(path)));
  }
  const ofGuests = declarations("domain");
  for (const { text, schema } of ownDocuments())
    findProblems(text, schema, (path) => touched.get(schema)?.add(declarationOf(path)));
  const missing: { [schema: string]: string[] } = {};
  for (const [schema, seen] of touched) {
    // Devices by themselves are those of guests.
    if (seen.size === 0 || schema === "device") continue;
    // A guest within another document is a guest.
    const isElsewhere = (each: string) => schema !== "domain" && ofGuests.has(each);
    const list = [...declarations(schema)].filter((each) => !seen.has(each) && !isElsewhere(each)).sort();
    if (list.length > 0) missing[schema] = list;
  }
  return missing;
}

const ownFolder = new URL("../../../../tests/golden/own/", import.meta.url);

/** Documents of ours that say what no document of the corpus does. */
export const ownDocuments = (): { name: string; text: string; schema: SchemaName }[] =>
  readdirSync(ownFolder).map((name) => {
    const text = readFileSync(new URL(name, ownFolder), "utf8");
    const schema = schemaOf(text);
    if (schema === undefined) throw new Error(`no kind of document: ${name}`);
    return { name, text, schema };
  });
