import type { Corpus, Row } from "./corpus.ts";
import { prettyJson } from "./json.ts";

/**
 * The expected file itself if it says the same as `json`, once what is not read (`dropKeys`) is left out of it and its
 * layout is that of ours; else `json`.
 */
export function withoutKeys(row: Row, corpus: Corpus, json: string): string {
  const text = corpus.expected(row.expected?.json);
  const value = JSON.parse(text) as Record<string, unknown>; // descriptors are objects
  for (const key of (row.dropKeys ?? []) as string[]) delete value[key]; // the README's format
  return prettyJson(value) === json ? text : json;
}
