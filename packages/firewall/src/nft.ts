/** Tables of IPv4 and IPv6 are separate in nftables. */
export type NftFamily = "ip" | "ip6";

/** One rule: the words behind the chain's name, in nft's order. */
export interface NftRule {
  family: NftFamily;
  table: string;
  chain: string;
  words: readonly string[];
}

/** A rule in the kernel, by the handle the kernel gave it. */
export interface NftHandle {
  family: NftFamily;
  table: string;
  chain: string;
  handle: number;
}

/** One line of an nft script, in words. */
export type NftCommand = readonly string[];

/** Puts a rule on top of its chain. */
export const insertRule = ({ family, table, chain, words }: NftRule): NftCommand => [
  "insert",
  "rule",
  family,
  table,
  chain,
  ...words,
];

/** Takes a rule away. */
export const deleteRule = ({ family, table, chain, handle }: NftHandle): NftCommand => [
  "delete",
  "rule",
  family,
  table,
  chain,
  "handle",
  String(handle),
];

const deviceKeys = new Set(["iif", "oif", "iifname", "oifname"]);

/** An nft script: commands that take effect together or not at all. Device names are quoted, as the grammar asks. */
export function nftScript(commands: readonly NftCommand[]): string {
  return commands.map((words) => `${words.map(quoteDevice).join(" ")}\n`).join("");
}

function quoteDevice(word: string, index: number, words: readonly string[]): string {
  return deviceKeys.has(words[index - 1] ?? "") ? `"${word}"` : word;
}

/**
 * The handles of inserted rules, in order of insertion.
 * @param echo what `nft --echo --handle` printed: each command, then `# handle N`
 */
export function insertedHandles(echo: string): NftHandle[] {
  return [...echo.matchAll(/^insert rule (ip6?) (\S+) (\S+) .*# handle (\d+)$/gm)].map((match) =>
    handleOf(match),
  );
}

/**
 * The handles of the rules of a table that speak of something.
 * @param listing what `nft --handle list table` printed
 * @param speaksOf given chain and text of a rule
 */
export function findRules(listing: string, speaksOf: (chain: string, text: string) => boolean): NftHandle[] {
  const found: NftHandle[] = [];
  let family = "";
  let table = "";
  let chain = "";
  for (const line of listing.split("\n")) {
    const head = /^table (ip6?) (\S+) \{/.exec(line);
    if (head) [, family = "", table = ""] = head;
    const inner = /^\tchain (\S+) \{/.exec(line);
    if (inner) chain = inner[1] ?? "";
    const rule = /^\t\t(.*) # handle (\d+)$/.exec(line);
    if (rule && speaksOf(chain, rule[1] ?? "")) {
      found.push({ family: family === "ip6" ? "ip6" : "ip", table, chain, handle: Number(rule[2]) });
    }
  }
  return found;
}

function handleOf([, family, table = "", chain = "", handle]: RegExpMatchArray): NftHandle {
  return { family: family === "ip6" ? "ip6" : "ip", table, chain, handle: Number(handle) };
}
