/** The messages that pages keep beside them: `export const zh = {…}`, `export const en: typeof zh = {…}`. */
import type { Language } from '@/i18n'

export interface Words {
  [name: string]: string | Words
}

const FILES = import.meta.glob<Record<Language, Words>>('@/pages/*/messages.ts', { eager: true })

/** Gathered under the name of the page's folder: `pages/queue/messages.ts` gives `queue.…`. */
export function gathered(language: Language): Words {
  return Object.fromEntries(
    Object.entries(FILES).map(([path, file]) => [path.split('/').at(-2) ?? path, file[language]]),
  )
}
