import { VirError } from "@libvirt-ts/errors";
import { describe, expect, test } from "vitest";
import { candidateOfAny, modelOfAny, parseAnyCpu } from "../any-cpu.ts";
import { formatGuestCpu, parseGuestCpu } from "../guest-cpu.ts";
import type { BaselineOptions, CpuModel } from "../types.ts";
import { x86 } from "./index.ts";

const host = (model: string, ...features: string[]): CpuModel => ({
  model,
  vendor: "Intel",
  features: features.map((name) => ({ name, policy: "require" })),
});
const guest = (model: string, features = "", attrs = "match='exact'") =>
  `<cpu ${attrs}><model>${model}</model>${features}</cpu>`;
const feature = (policy: string, name: string) => `<feature policy='${policy}' name='${name}'/>`;

describe("compare", () => {
  test.each([
    ["the same", guest("Penryn"), "identical"],
    ["less", guest("Conroe"), "superset"],
    ["more", guest("Nehalem"), "Host CPU does not provide required features: sse4.2, popcnt"],
    ["more that is not required", guest("Penryn", feature("optional", "avx")), "identical"],
    ["more that is forced", guest("Penryn", feature("force", "avx")), "identical"],
    ["without", guest("Penryn", feature("disable", "sse4.1")), "identical"],
    [
      "not with",
      guest("Conroe", feature("forbid", "sse4.1")),
      "Host CPU provides forbidden features: sse4.1",
    ],
    [
      "nothing else",
      guest("Conroe", "", "match='strict'"),
      "Host CPU does not strictly match guest CPU: Extra features: cx16, sse4.1",
    ],
    [
      "another vendor's",
      "<cpu><model>Penryn</model><vendor>AMD</vendor></cpu>",
      "host CPU vendor does not match required CPU vendor AMD",
    ],
    [
      "another architecture's",
      "<cpu><arch>ppc64</arch><model>POWER8</model></cpu>",
      "CPU arch ppc64 does not match host arch",
    ],
  ])("%s", (_, text, expected) => {
    const verdict = x86.compare(host("Penryn"), candidateOfAny(parseAnyCpu(text)));
    expect(verdict.result === "incompatible" ? verdict.why : verdict.result).toBe(expected);
  });

  test.each([
    [guest("NoSuch"), "Unknown CPU model NoSuch"],
    [guest("Penryn", feature("require", "nosuch")), "Unknown CPU feature nosuch"],
    ["<domain/>", "XML does not contain expected 'cpu' element"],
    ["<cpu match='exact'><arch>x86_64</arch></cpu>", "'arch' element element cannot be used"],
  ])("refuses %s", (text, expected) => {
    const ask = () => x86.compare(host("Penryn"), candidateOfAny(parseAnyCpu(text)));
    expect(ask).toThrow(VirError);
    expect(ask).toThrow(expected);
  });
});

describe("baseline", () => {
  const common = (options: BaselineOptions, ...texts: string[]) =>
    formatGuestCpu(
      x86.baseline?.(
        texts.map((text) => modelOfAny(parseAnyCpu(text))),
        options,
      ) ?? { features: [] },
    );

  test.each<[what: string, options: BaselineOptions, texts: string[], contains: string[]]>([
    ["one model", {}, [guest("Penryn"), guest("Penryn")], ["<model fallback='forbid'>Penryn</model>"]],
    [
      "the lesser of two",
      {},
      [guest("Westmere"), guest("Penryn")],
      ["<model fallback='allow'>Penryn</model>"],
    ],
    [
      "an input before a model with something taken away",
      {},
      [guest("Westmere", feature("require", "avx")), guest("SandyBridge", feature("disable", "x2apic"))],
      [">Westmere<"],
    ],
    [
      "only usable models",
      { models: [{ name: "Conroe" }] },
      [guest("Penryn"), guest("Penryn")],
      [">Conroe<", "sse4.1"],
    ],
    [
      "no more than what is known",
      { features: ["fpu", "pse", "vme"] },
      [guest("Penryn"), guest("Conroe")],
      [">486<"],
    ],
  ])("%s", (_, options, texts, contains) => {
    for (const part of contains) expect(common(options, ...texts)).toContain(part);
  });
});

describe("update", () => {
  test.each([
    ["host-model", "<cpu mode='host-model'/>", [">Penryn<", "'require' name='avx'"]],
    [
      "its own wishes come last",
      `<cpu mode='host-model'>${feature("disable", "avx")}</cpu>`,
      ["'disable' name='avx'"],
    ],
    ["optional, there", guest("Conroe", feature("optional", "avx")), ["'require' name='avx'"]],
    ["optional, not there", guest("Conroe", feature("optional", "aes")), ["'disable' name='aes'"]],
    ["at least", guest("Conroe", "", "match='minimum'"), [">Penryn<"]],
    ["what a model lost", guest("Skylake-Client"), ["'disable' name='mpx'"]],
    ["passed through", "<cpu mode='host-passthrough'/>", ["<cpu mode='host-passthrough'/>"]],
  ])("%s", (_, text, contains) => {
    const updated = x86.update?.(parseGuestCpu(text), host("Penryn", "avx"), "disable") ?? { features: [] };
    for (const part of contains) expect(formatGuestCpu(updated)).toContain(part);
  });
});
