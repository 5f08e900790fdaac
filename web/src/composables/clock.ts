/** The time now, moving on by itself; and how spans and moments are written. */
import { useI18n } from 'vue-i18n'
import { createSharedComposable, useIntervalFn, useNow } from '@vueuse/core'

import { useCity } from '@/stores/city'

/** One clock for the whole page. */
export const useTick = createSharedComposable(() =>
  useNow({ scheduler: (tick) => useIntervalFn(tick, 10_000) }),
)

const MINUTE = 60_000

/** How moments are written: in the city's time, whatever the browser's zone is. */
export function useMoments() {
  const { t, locale } = useI18n()
  const store = useCity()

  const format = (value: string | Date, options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat(locale.value === 'zh' ? 'zh-CN' : 'en-GB', {
      timeZone: store.city?.timezone ?? 'Asia/Shanghai',
      hourCycle: 'h23',
      ...options,
    }).format(new Date(value))

  /** Month, day, hour and minute; with the year if `full`. */
  const moment = (value: string | null | undefined, full = false): string =>
    value === null || value === undefined
      ? ''
      : format(value, {
          ...(full ? { year: 'numeric' } : {}),
          month: '2-digit',
          day: '2-digit',
          hour: '2-digit',
          minute: '2-digit',
        })

  /** The two largest units of a span, e.g. 2 天 3 小时. */
  function span(milliseconds: number): string {
    const minutes = Math.floor(Math.abs(milliseconds) / MINUTE)
    const parts: [string, number][] = [
      ['days', Math.floor(minutes / 1440)],
      ['hours', Math.floor(minutes / 60) % 24],
      ['minutes', minutes % 60],
    ]
    const first = parts.findIndex(([, n]) => n > 0)
    if (first < 0) return t('due.minutes', { n: 0 })
    return parts
      .slice(first, first + 2)
      .filter(([, n]) => n > 0)
      .map(([unit, n]) => t(`due.${unit}`, { n }))
      .join(' ')
  }

  return { moment, span, format }
}
