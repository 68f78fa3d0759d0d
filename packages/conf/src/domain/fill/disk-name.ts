const prefixes = ["fd", "hd", "vd", "sd", "xvd", "ubd"] as const;
export type DiskPrefix = (typeof prefixes)[number];

/** Splits `vdb3` into prefix, letters and partition. */
function split(name: string): { prefix: DiskPrefix; letters: string; partition: string } | undefined {
  const base = name.slice(name.lastIndexOf("/") + 1);
  for (const prefix of prefixes) {
    const match = base.startsWith(prefix) ? /^([a-z]+)(\d*)$/.exec(base.slice(prefix.length)) : null;
    if (match) return { prefix, letters: match[1] ?? "", partition: match[2] ?? "" };
  }
  return undefined;
}

/** The family of a disk's name: `vd` of `vdb`. */
export const diskPrefix = (name: string): DiskPrefix | undefined => split(name)?.prefix;

/** Whether a name carries a partition number, which targets must not. */
export const hasPartition = (name: string): boolean => (split(name)?.partition ?? "") !== "";

/** Number of a disk by its name: `vda` 0, `sdz` 25, `sdaa` 26; `undefined` when it is no disk's name. */
export function diskIndex(name: string): number | undefined {
  const parts = split(name);
  if (!parts || /^0\d/.test(parts.partition)) return undefined;
  let index = 0;
  for (const letter of parts.letters) index = index * 26 + (letter.charCodeAt(0) - 96);
  return index - 1;
}
