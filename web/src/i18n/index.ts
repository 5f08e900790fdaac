/** Chinese by default, English by switch; remembered in the browser. */
import { createI18n } from 'vue-i18n'

import zh, { type Messages } from '@/i18n/zh'

export type Language = 'zh' | 'en'
const KEY = 'wangge.language'

export const i18n = createI18n<[Messages], Language, false>({
  legacy: false,
  locale: 'zh',
  fallbackLocale: 'zh',
  messages: { zh } as unknown as Record<Language, Messages>,
})

export const language = (): Language => i18n.global.locale.value as Language

export async function speak(wanted: Language): Promise<void> {
  if (wanted === 'en') i18n.global.setLocaleMessage('en', (await import('@/i18n/en')).default)
  i18n.global.locale.value = wanted
  document.documentElement.lang = wanted === 'zh' ? 'zh-CN' : 'en'
  localStorage.setItem(KEY, wanted)
}

export const remembered = (): Language => (localStorage.getItem(KEY) === 'en' ? 'en' : 'zh')
