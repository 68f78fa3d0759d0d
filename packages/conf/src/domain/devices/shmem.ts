import {
  absentIs,
  attr,
  attrOf,
  child,
  custom,
  element,
  fixed,
  type Infer,
  oneOf,
  onOff,
  str,
  strictly,
  uintAnyBase,
} from "@libvirt-ts/xml";
import { cleanAbsPath } from "../../types.ts";
import { xmlError } from "../errors.ts";
import { info } from "../info.ts";
import { scaledBytes, sized } from "../scalars.ts";
import { attrOneOf } from "../words.ts";

const mebibyte = 1048576n;
const msiDiffers = "Target shared memory MSI configuration doesn't match source";

/** Memory shared between guests. `size` in bytes. */
export const Shmem = element(
  "shmem",
  {
    name: attr("name", strictly(str, /[^/]*/, "a name without '/'"), {
      required: true,
      missing: () => xmlError("shmem element must contain 'name' attribute"),
    }),
    role: fixed(
      absentIs("default", "Target shared memory role '%t' does not match source role '%s'"),
      attrOneOf("role", ["master", "peer"]),
    ),
    model: fixed(
      "Target shared memory model '%t' does not match source model '%s'",
      attrOf("model", "type", oneOf(["ivshmem", "ivshmem-plain", "ivshmem-doorbell"])),
    ),
    size: fixed(
      "Target shared memory size '%t' does not match source size '%s'",
      custom<bigint>({
        tags: ["size"],
        like: sized("size"),
        parse(from) {
          const found = from.children.find((each) => each.name === "size");
          return found?.text
            ? scaledBytes(found.text, found.attrs.unit, "B", "./size[1]") || undefined
            : undefined;
        },
        formatBody(value, writer) {
          writer.open("size");
          writer.attr("unit", "M");
          writer.closeWithText("size", (value / mebibyte).toString());
        },
      }),
    ),
    server: fixed(
      "Target shared memory server usage doesn't match source",
      child(element("server", { path: attr("path", cleanAbsPath) }, { keepEmpty: true })),
    ),
    msi: fixed(
      msiDiffers,
      child(
        element(
          "msi",
          {
            vectors: fixed(msiDiffers, attr("vectors", uintAnyBase, { omit: 0 })),
            ioeventfd: fixed(msiDiffers, attr("ioeventfd", onOff)),
          },
          { keepEmpty: true },
        ),
      ),
    ),
    ...info,
  },
  {
    read(shmem) {
      if (shmem.msi && !shmem.server) throw xmlError("msi option is only supported with a server");
    },
  },
);
export type Shmem = Infer<typeof Shmem>;
