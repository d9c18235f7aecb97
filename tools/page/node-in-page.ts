// What the command line and commander take from Node, as far as a page needs it.

/** `node:path`, of paths with `/`. */
export const basename = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
export const dirname = (path: string): string => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '.');
export const join = (...parts: readonly string[]): string => parts.join('/');

type Listener = (...values: readonly unknown[]) => void;

/** `node:events`. */
export class EventEmitter {
  readonly #listeners = new Map<string, Listener[]>();

  on(event: string, listener: Listener): this {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]);
    return this;
  }

  emit(event: string, ...values: readonly unknown[]): boolean {
    const listeners = this.#listeners.get(event) ?? [];
    for (const listener of listeners) listener.apply(this, [...values]);
    return listeners.length > 0;
  }

  listenerCount(event: string): number {
    return this.#listeners.get(event)?.length ?? 0;
  }
}

const digests = new WeakMap<Uint8Array, string>();

/** Works out what `createHash` will say of the bytes: a page has digests only as promises. */
export async function prepareDigest(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  digests.set(bytes, Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join(''));
}

/** `node:crypto`, for bytes that `prepareDigest` was given. */
export const createHash = (_algorithm: 'sha256') => ({ update: (bytes: Uint8Array) => ({ digest: () => digests.get(bytes) }) });

/** `node:zlib`. */
export function inflateRawSync(): never {
  throw new Error('A page does not inflate sources');
}
