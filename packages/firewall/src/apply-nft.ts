import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { Run } from "@libvirt-ts/host";
import {
  deleteRule,
  insertedHandles,
  insertRule,
  type NftCommand,
  type NftHandle,
  type NftRule,
  nftScript,
} from "./nft.ts";

export interface NftChange {
  /** Commands before everything else: tables and chains. */
  setup?: readonly NftCommand[];
  remove?: readonly NftHandle[];
  /** Inserted in this order, so that the last one ends on top of its chain. */
  insert?: readonly NftRule[];
}

/**
 * Changes the rule set in one transaction, in one process.
 * @returns the handles of the inserted rules, in order
 * @throws VirError OPERATION_FAILED with nft's words; nothing has changed then
 */
export async function applyNft(
  run: Run,
  { setup = [], remove = [], insert = [] }: NftChange,
): Promise<NftHandle[]> {
  const commands = [...setup, ...remove.map(deleteRule), ...insert.map(insertRule)];
  if (commands.length === 0) return [];
  const { status, stdout, stderr } = await run("nft", ["-ae", "-f", "-"], { input: nftScript(commands) });
  if (status !== 0) throw failed(`Failed to apply firewall rules with nft: ${stderr.trim()}`);
  // The setup may insert rules too: ours are the last ones.
  const handles = insertedHandles(stdout);
  if (handles.length < insert.length) throw failed("nft did not report the handles of all inserted rules");
  return insert.length === 0 ? [] : handles.slice(-insert.length);
}

/**
 * Removes rules of which some may be gone already. One transaction if all are there, else one by one.
 * @returns how many were not there
 */
export async function removeNft(run: Run, handles: readonly NftHandle[]): Promise<number> {
  if (handles.length === 0) return 0;
  const all = await run("nft", ["-f", "-"], { input: nftScript(handles.map(deleteRule)) });
  if (all.status === 0) return 0;
  let gone = 0;
  for (const handle of handles) {
    const { status } = await run("nft", ["-f", "-"], { input: nftScript([deleteRule(handle)]) });
    if (status !== 0) gone++;
  }
  return gone;
}

/** The text of tables with handles; tables that do not exist are left out. */
export async function listTables(
  run: Run,
  tables: readonly { family: string; table: string }[],
): Promise<string> {
  const texts = await Promise.all(
    tables.map(async ({ family, table }) => {
      const { status, stdout } = await run("nft", ["-a", "list", "table", family, table]);
      return status === 0 ? stdout : "";
    }),
  );
  return texts.join("");
}

const failed = (detail: string): VirError =>
  new VirError(ErrorDomain.FIREWALL, ErrorCode.OPERATION_FAILED, detail);
