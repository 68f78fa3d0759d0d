const prefixes = ["fd", "hd", "vd", "sd", "xvd", "ubd"] as const;
export type DiskPrefix = (typeof prefixes)[number];

/** Splits `vdb3` into prefix, letters and partition. */
function split(name: string): { prefix: DiskPrefix; letters: string; partition: string } | undefined {
  for (const prefix of prefixes) {
    const match = name.startsWith(prefix) ? /^([a-z]+)(\d*)$/.exec(name.slice(prefix.length)) : null;
    if (match) return { prefix, letters: match[1] ?? "", partition: match[2] ?? "" };
  }
  return undefined;
}

/** The family of a disk's name: `vd` of `vdb`. */
export const diskPrefix = (name: string): DiskPrefix | undefined => split(name)?.prefix;

/** Whether a name carries a partition number, which targets must not. */
export const hasPartition = (name: string): boolean => (split(name)?.partition ?? "") !== "";

/** Whether it is the name of a disk or of a partition, whose number has no leading zero. */
export const isDiskName = (name: string): boolean => {
  const parts = split(name);
  return parts !== undefined && !/^0\d/.test(parts.partition);
};

/** Number of a disk by its name: `vda` 0, `sdz` 25, `sdaa` 26; `undefined` when it is no disk's name. */
export function diskIndex(name: string): number | undefined {
  const parts = split(name);
  if (!parts) return undefined;
  let index = 0;
  for (const letter of parts.letters) index = index * 26 + (letter.charCodeAt(0) - 96);
  return index - 1;
}
