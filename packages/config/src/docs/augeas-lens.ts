import type { Key, Keys } from "../keys.ts";

/**
 * An Augeas lens for a configuration file, so that tools can change one key and keep the rest.
 * @param module name of the lens, capitalised: `Virtlogd`
 * @param files what it applies to
 */
export function augeasLens({
  module,
  files,
  keys,
}: {
  module: string;
  files: readonly string[];
  keys: Keys;
}): string {
  const entries = Object.entries(keys).map(([name, key]) => `${kindOf(key)} "${name}"`);
  return `(* ${files.join(", ")} *)

module ${module} =
  autoload xfm

  let eol = del /[ \\t]*\\n/ "\\n"
  let indent = del /[ \\t]*/ ""
  let equals = del /[ \\t]*=[ \\t]*/ " = "
  let blank = del /[ \\t\\n]*/ ""

  let text = del /"/ "\\"" . store /[^"\\n]*/ . del /"/ "\\""
  let comma = del /,[ \\t\\n]*/ ", "
  let item = [ seq "el" . text ] . blank
  let items = counter "el" . del /\\[[ \\t\\n]*/ "[ " . ( item . ( comma . item )* )? . del /\\]/ "]"

  let flag_entry (kw:string) = [ key kw . equals . store /[01]/ ]
  let int_entry (kw:string) = [ key kw . equals . store /-?[0-9]+/ ]
  let string_entry (kw:string) = [ key kw . equals . text ]
  let list_entry (kw:string) = [ key kw . equals . ( items | [ label "1" . text ] ) ]

  let entry = ${entries.join("\n            | ")}

  let comment = [ label "#comment" . del /[ \\t]*#[ \\t]*/ "# " . store /([^ \\t\\n][^\\n]*)?/ . del /\\n/ "\\n" ]
  let empty = [ label "#empty" . eol ]

  let lns = ( indent . entry . eol | comment | empty )*

  let filter = ${files.map((file) => `incl "${file}"`).join(" . ")} . Util.stdexcl

  let xfm = transform lns filter
`;
}

function kindOf({ kind }: Key<unknown>): string {
  return `${kind}_entry`;
}
