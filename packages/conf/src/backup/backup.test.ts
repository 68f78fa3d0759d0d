import { expect, test } from "vitest";
import { findProblems } from "../schema/index.ts";
import { parseBackup } from "./backup.ts";

const backup = (body: string, mode = "pull") => `<domainbackup mode='${mode}'>${body}</domainbackup>`;
const disk = (attrs: string, body = "") => `<disks><disk name='vda' ${attrs}>${body}</disk></disks>`;

test.each([
  [backup("", "x"), "unsupported configuration: unknown backup mode 'x'"],
  [backup("<server transport='x'/>"), "Invalid value for attribute 'transport' in element 'server': 'x'."],
  [backup("<server transport='rdma'/>"), "transport rdma is not supported for <server>"],
  [backup("<server port='65536'/>"), "port '65536' out of range"],
  [backup("<server port='x'/>"), "failed to parse port number 'x'"],
  [backup(disk("type='x'")), "unknown storage source type 'x'"],
  [backup(disk("type='network'")), "unsupported disk backup type 'network'"],
  [backup(disk("", "<driver type='x'/>")), "unknown storage source format 'x'"],
  [backup(disk("", "<driver type='raw'/>")), "pull mode backup requires qcow2 driver, not 'raw'"],
])("refused: %s", (text, message) => {
  expect(() => parseBackup(text)).toThrow(message);
});

const scratch = (secret: string) =>
  disk("type='file'", `<scratch file='/f'><encryption format='luks'>${secret}</encryption></scratch>`);

test.each([
  ["<server name='h' port='10809'/>", 0],
  ["<server transport='unix' socket='/s'/>", 0],
  ["<server transport='unix' socket='s'/>", 1],
  ["<server transport='unix'/>", 1],
  ["<server transport='unix' socket='/s' name='h'/>", 1],
  ["<server transport='tcp' socket='/s'/>", 1],
  [`<server/>${disk("type='file'", "<driver type='raw'/>")}`, 1],
  [`<server/>${scratch("<secret type='passphrase' usage='u'/>")}`, 0],
  [`<server/>${scratch("<secret type='passphrase'/>")}`, 1],
])("%s has %i problems", (body, count) => {
  expect(findProblems(backup(body), "domainbackup")).toHaveLength(count);
});
