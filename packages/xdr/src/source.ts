import { failures, within } from "./failure.ts";

/** JavaScript text under construction, and the values it refers to by name. */
export class Source {
  readonly #names: string[] = ["within"];
  readonly #values: unknown[] = [within];
  #locals = 0;

  constructor() {
    for (const [name, value] of Object.entries(failures)) this.bind(name, value);
  }

  bind(name: string, value: unknown): void {
    if (this.#names.includes(name)) return;
    this.#names.push(name);
    this.#values.push(value);
  }

  /** @returns the name under which the compiled code finds `value` */
  refer(value: unknown): string {
    const name = `c${this.#names.length}`;
    this.bind(name, value);
    return name;
  }

  /** @returns a fresh local name */
  local(): string {
    return `x${this.#locals++}`;
  }

  /** @param text an expression, normally a function */
  evaluate(text: string): unknown {
    return new Function(...this.#names, `"use strict"; return ${text};`)(...this.#values);
  }
}
