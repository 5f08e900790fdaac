/** How long something took. A work day is no day of 24 hours: work time is told in hours. */
import { useI18n } from 'vue-i18n'

import type { Schemas } from '@/api/client'
import { useMoments } from '@/composables/clock'

export type Pace = Schemas['ClockOut']['pace']

export function useLasting() {
  const { t } = useI18n()
  const { span } = useMoments()

  function lasting(seconds: number, pace: Pace): string {
    if (pace === 'wall') return span(seconds * 1000)
    const minutes = Math.floor(Math.abs(seconds) / 60)
    const parts = [
      { unit: 'hours', n: Math.floor(minutes / 60) },
      { unit: 'minutes', n: minutes % 60 },
    ].filter(({ unit, n }) => n > 0 || (unit === 'minutes' && minutes === 0))
    return parts.map(({ unit, n }) => t(`due.${unit}`, { n })).join(' ')
  }

  return { lasting }
}
