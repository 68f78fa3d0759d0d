import { formatInterface, parseInterface } from "@libvirt-ts/conf/interface";
import { formatNetwork, formatNetworkPort, parseNetwork, parseNetworkPort } from "@libvirt-ts/conf/network";
import { formatNwfilter, parseNwfilter } from "@libvirt-ts/conf/nwfilter";
import { findProblems } from "@libvirt-ts/conf/schema";
import { formatSecret, parseSecret } from "@libvirt-ts/conf/secret";
import { formatStoragePool, parseStoragePool } from "@libvirt-ts/conf/storage";
import { expect, test } from "vitest";
import { ownDocuments } from "./untouched.ts";

const again: { readonly [schema: string]: (text: string) => string } = {
  interface: (text) => formatInterface(parseInterface(text)),
  network: (text) => formatNetwork(parseNetwork(text)),
  networkport: (text) => formatNetworkPort(parseNetworkPort(text)),
  nwfilter: (text) => formatNwfilter(parseNwfilter(text)),
  secret: (text) => formatSecret(parseSecret(text)),
  storagepool: (text) => formatStoragePool(parseStoragePool(text)),
};

test.each(ownDocuments())("$name is valid and reads as it is written", ({ text, schema }) => {
  expect(findProblems(text, schema)).toEqual([]);
  const same = again[schema]?.(text) ?? "";
  expect(again[schema]?.(same)).toBe(same);
  const words = (each: string) => each.match(/[^\s<>='"/]+/g)?.sort();
  expect(words(same)).toEqual(
    expect.arrayContaining(words(text)?.filter((word) => /^[a-z-]+$/.test(word)) ?? []),
  );
});
