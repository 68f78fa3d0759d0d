/** What no two runs have alike: processor times, figures that are made of the clock, random UUIDs, versions. */
export function normal(text: string): string {
  return text
    .replace(/^(CPU time: +)[\d.]+s$/gm, "$1TIME")
    .replace(/^(vda \w+|testnet0 [rt]x_\w+|last_update) \d+$/gm, "$1 N")
    .replace(/^( (?:number of|error count)[^:]*: +)\d+$/gm, "$1N")
    .replace(/(\(Time: )[\d.]+ ms/g, "$1MS")
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g, "UUID")
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, "DATE")
    .replace(/\b1[789]\d{8}\b/g, "EPOCH")
    .replace(/\/tmp\/virsh[^)]*\.xml/g, "EDITED")
    .replace(/\b(?:9\.0\.0|11\.3\.0)\b/g, "VERSION");
}

/** Help without its prose: names, synopsis and options are what clients look at. */
export function withoutProse(text: string): string {
  const about = /^ {2}DESCRIPTION\n[\s\S]*?(?=^ {2}OPTIONS$|^\n?$(?![\s\S]))/m;
  return text
    .replace(about, "")
    .replace(/^( {4}\S+) - .*$/m, "$1")
    .split("\n")
    .flatMap((line) => {
      const option = /^ {4}(\[--[\w-]+\] <\w+>|--[\w-]+(?: <\w+>)?(?= )|<\w+>(?= ))/.exec(line);
      if (option !== null) return [`    ${option[1]}`];
      return /^ {4}\S|^ {2}\w|^error/.test(line) ? [line] : [];
    })
    .join("\n");
}
