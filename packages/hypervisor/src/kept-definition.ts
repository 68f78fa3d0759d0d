export interface KeptDefinitionsOptions<D> {
  /** What a text says. It was accepted before, so this does not fail on sense. */
  read(text: string): D;
  /**
   * Of the definitions used last so many characters' worth are kept as what they say, too (which takes about five
   * times the room); default 2 million, some two thousand small guests.
   */
  models?: number;
}

/**
 * Definitions as text: a tenth of the room of what they say, which is found out when somebody asks.
 *
 * What is handed out is frozen: to change a definition is to keep another text, so the two cannot disagree.
 */
export class KeptDefinitions<D extends object> {
  readonly #read: (text: string) => D;
  readonly #most: number;
  /** Characters of the texts in `#models`. */
  #length = 0;
  /** Least recently used first. */
  readonly #models = new Map<KeptDefinition<D>, D>();

  constructor({ read, models = 2_000_000 }: KeptDefinitionsOptions<D>) {
    this.#read = read;
    this.#most = models;
  }

  /** @param hasSecrets the text shows what only some may see */
  keep(text: string, { hasSecrets = false } = {}): KeptDefinition<D> {
    return new KeptDefinition(this, text, hasSecrets);
  }

  /** What a text of its own says. @throws whatever `read` throws */
  modelOf(kept: KeptDefinition<D>): D {
    let model = this.#models.get(kept);
    if (model === undefined) {
      model = freeze(this.#read(kept.text));
      this.#length += kept.text.length;
    } else this.#models.delete(kept);
    this.#models.set(kept, model);
    for (const oldest of this.#models.keys()) {
      if (this.#length <= this.#most || oldest === kept) break;
      this.#models.delete(oldest);
      this.#length -= oldest.text.length;
    }
    return model;
  }
}

/** One definition, by its text. */
export class KeptDefinition<D extends object> {
  readonly text: string;
  readonly hasSecrets: boolean;
  readonly #all: KeptDefinitions<D>;

  constructor(all: KeptDefinitions<D>, text: string, hasSecrets: boolean) {
    this.#all = all;
    this.hasSecrets = hasSecrets;
    // A copy in one piece: text that was put together holds on to all its parts.
    this.text = Buffer.from(text).toString();
  }

  /** What it says; frozen. */
  get def(): D {
    return this.#all.modelOf(this);
  }
}

function freeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  if (ArrayBuffer.isView(value)) return value;
  Object.freeze(value);
  for (const part of Object.values(value)) freeze(part);
  return value;
}
