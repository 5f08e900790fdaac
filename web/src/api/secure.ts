/** What browsers keep for https and localhost, with a plainer way where a city serves over http. */

export const together = 'locks' in navigator && 'BroadcastChannel' in window

/** Work that one tab of the browser does at a time; without locks each tab is by itself. */
export function alone<T>(
  name: string,
  work: () => Promise<T>,
  signal: AbortSignal = new AbortController().signal,
): Promise<T> {
  if (!('locks' in navigator)) return work()
  return navigator.locks.request(name, { signal }, work) as Promise<T>
}

/** A random UUID (version 4). */
export function newId(): string {
  if ('randomUUID' in crypto) return crypto.randomUUID()
  const bytes = (crypto as Crypto).getRandomValues(new Uint8Array(16))
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
