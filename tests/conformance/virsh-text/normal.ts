/** What no two runs have alike: processor times, and figures that are made of the clock. */
export function normal(text: string): string {
  return text
    .replace(/^(CPU time: +)[\d.]+s$/gm, "$1TIME")
    .replace(/^(vda (?:rd|wr)_\w+|vda errs|testnet0 [rt]x_\w+) \d+$/gm, "$1 N")
    .replace(/^( (?:number of|error count)[^:]*: +)\d+$/gm, "$1N")
    .replace(/(\(Time: )[\d.]+ ms/g, "$1MS");
}

/** Help without its prose: names, synopsis and options are what clients look at. */
export function withoutProse(text: string): string {
  return text
    .replace(/^ {2}DESCRIPTION\n(?: {4}.*\n| *\n(?! {2}OPTIONS)(?! *$))*/m, "")
    .replace(/^( {4}\S+) - .*$/m, "$1")
    .split("\n")
    .flatMap((line) => {
      const option = /^ {4}(\[--[\w-]+\] <\w+>|--[\w-]+(?: <\w+>)?|<[\w-]+>)/.exec(line);
      if (option !== null) return [`    ${option[1]}`];
      return /^ {4}|^ {2}\w|^error/.test(line) ? [line] : [];
    })
    .join("\n");
}
