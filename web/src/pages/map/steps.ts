/** The steps of the time bar: hours of a day, days of a month, counted on the city's clock. */
import { cityMoment, onCityClock } from '@/composables/citytime'

export const SPANS = [1, 7, 30, 365] as const

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** How long one step is, in milliseconds. */
export const stepOf = (days: number): number => (days <= 1 ? HOUR : days <= 7 ? 6 * HOUR : DAY)

/** The moments between which the bar chooses; the last one lies at the end of the step that runs. */
export function stepsOf(days: number, now: Date, zone: string): string[] {
  const step = stepOf(days)
  const midnight = Date.parse(cityMoment(onCityClock(now, zone).slice(0, 10), zone))
  const end = midnight + Math.ceil((now.getTime() - midnight + 1) / step) * step
  const count = Math.round((days * DAY) / step)
  return Array.from({ length: count + 1 }, (_, n) =>
    new Date(end - (count - n) * step).toISOString(),
  )
}

/** Which step a moment is nearest to; none: the given one. */
export function indexOf(steps: string[], moment: string | undefined, none: number): number {
  if (!moment) return none
  const wanted = Date.parse(moment)
  const far = steps.map((step) => Math.abs(Date.parse(step) - wanted))
  return far.indexOf(Math.min(...far))
}
