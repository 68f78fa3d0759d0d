/** The values of an `as const` table. */
export type Values<T> = T[keyof T];
