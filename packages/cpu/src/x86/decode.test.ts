import { VirError } from "@libvirt-ts/errors";
import { describe, expect, test } from "vitest";
import { type DecodeOptions, decode, type X86Data } from "./decode.ts";
import { featureNamed, modelNamed } from "./sets.ts";

/** A processor with a model's features, more (`+`) and fewer (`-`). */
function like(model: string, ...changes: string[]): X86Data {
  let { features } = modelNamed(model);
  for (const change of changes) {
    const { bit } = featureNamed(change.slice(1));
    features = change.startsWith("+") ? features | bit : features & ~bit;
  }
  return { features, vendor: "GenuineIntel" };
}

const show = (data: X86Data, options: DecodeOptions) => {
  const { model, features } = decode(data, options);
  return [model, ...features.map(({ name, policy }) => `${policy === "disable" ? "-" : "+"}${name}`)].join(
    " ",
  );
};

describe("decode", () => {
  test.each<[what: string, data: X86Data, options: DecodeOptions, expected: string]>([
    ["itself", like("Penryn"), { as: "guest" }, "Penryn"],
    ["more than a model", like("Westmere", "+vme"), { as: "guest" }, "Westmere +vme"],
    ["fewer taken away", like("Westmere", "-popcnt"), { as: "guest" }, "Penryn +sse4.2 +aes"],
    ["a host's model is whole", like("Westmere", "-popcnt"), { as: "host" }, "Penryn-v1 +sse4.2 +aes"],
    [
      "a signature decides",
      { ...like("Nehalem"), signature: { family: 6, model: 44, stepping: 0 } },
      { as: "guest" },
      "Westmere -aes",
    ],
    [
      "only usable models",
      like("Penryn"),
      { as: "guest", models: [{ name: "Conroe" }] },
      "Conroe +cx16 +sse4.1",
    ],
    [
      "what blocks a model is taken away",
      like("Penryn"),
      { as: "guest", models: [{ name: "Penryn", blockers: ["monitor"] }] },
      "Penryn -monitor",
    ],
    [
      "dropped from a model, mentioned",
      like("Skylake-Client"),
      { as: "guest", preferred: "Skylake-Client" },
      "Skylake-Client -mpx",
    ],
    ["not for hosts", like("Skylake-Client"), { as: "host", preferred: "Skylake-Client" }, "Skylake-Client"],
    [
      "transactions of early Haswells do not count",
      { ...like("Haswell"), signature: { family: 6, model: 60, stepping: 3 } },
      { as: "guest" },
      "Haswell-noTSX",
    ],
    ["what cannot migrate", like("Penryn", "+invtsc"), { as: "guest", migratable: true }, "Penryn"],
  ])("%s", (_, data, options, expected) => {
    expect(show(data, options)).toBe(expected);
  });

  test("the preferred model must be usable if one insists", () => {
    const options: DecodeOptions = {
      as: "guest",
      preferred: "Penryn",
      insist: true,
      models: [{ name: "Conroe" }],
    };
    expect(() => decode(like("Penryn"), options)).toThrow(VirError);
  });
});
