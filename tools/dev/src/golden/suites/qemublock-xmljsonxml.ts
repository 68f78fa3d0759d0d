import { parseBacking, targetProps } from "@libvirt-ts/driver-qemu/block";
import { findType, validateQmp } from "@libvirt-ts/driver-qemu/command";
import { prettyJson, schemaOf } from "../json.ts";
import { formatSource, parseSource } from "../source-xml.ts";
import type { Suite } from "../suite.ts";

/** Places of images, to JSON and back. */
export const suite: Suite = {
  run(row, corpus) {
    const props = prettyJson(targetProps(parseSource(corpus.text(row.input), String(row.type))));
    const schema = schemaOf(row, corpus);
    const options = { deprecated: row.allowDeprecated === true };
    const complaint =
      schema && validateQmp(schema, findType(schema, "blockdev-add/arg-type"), JSON.parse(props), options);
    if (complaint !== undefined && !complaint.endsWith("deprecated")) throw new Error(complaint);
    return { got: { xml: formatSource(parseBacking(`json:{"file":${props}}`).source) } };
  },
};
