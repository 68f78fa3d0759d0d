/**
 * A command line as golden files show it: each argument on a line of its own, but an option's value behind it.
 * @param argv program first
 * @returns text with a final newline
 */
export function renderCommand([program = "", ...args]: readonly string[]): string {
  const isOption = (word: string | undefined) => word?.startsWith("-") === true;
  const lastOption = args.findLastIndex(isOption);
  const firstOption = args.findIndex(isOption);
  const words = args.map((word, index) => {
    const afterOption = firstOption >= 0 && firstOption < index;
    const staysBehind = !isOption(word) && afterOption && (isOption(args[index - 1]) || lastOption > index);
    return `${staysBehind ? " " : " \\\n"}${quoteWord(word)}`;
  });
  return `${quoteWord(program)}${words.join("")}\n`;
}

/** Quoted for a shell where it has to be. */
export function quoteWord(word: string): string {
  if (word === "") return "''";
  if (!/[\r\t\n !"#$&'()*;<>?[\\\]^`{|}~]/.test(word)) return word;
  return `'${word.replaceAll("'", "'\\''")}'`;
}
