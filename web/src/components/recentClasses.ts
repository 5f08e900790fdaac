/** Classes that were chosen last in this browser, the newest first. */
import type { Schemas } from '@/api/client'

export type FoundClass = Schemas['CategoryFound']

const KEY = 'wangge.classes'
const MOST = 8

export function recentClasses(): FoundClass[] {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '[]') as FoundClass[]
  } catch {
    return []
  }
}

export function rememberClass(found: FoundClass): void {
  const others = recentClasses().filter(({ code }) => code !== found.code)
  localStorage.setItem(KEY, JSON.stringify([found, ...others].slice(0, MOST)))
}
