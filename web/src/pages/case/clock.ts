/** The picture of a clock: its stretches and its deadline on one line of wall-clock time. */
import type { Schemas } from '@/api/client'

type Clock = Schemas['ClockOut']

export interface Bar {
  kind: 'ran' | 'paused' | 'added' | 'late'
  left: number
  width: number
}

export interface Picture {
  bars: Bar[]
  due: number | null
  from: number
  to: number
}

/** In percent of the line, which begins with the clock and ends with its deadline or its last stretch. */
export function picture(clock: Clock): Picture {
  const from = Date.parse(clock.started_at)
  const due = clock.due_at ? Date.parse(clock.due_at) : null
  const ends = clock.segments.map(({ end }) => Date.parse(end))
  const to = Math.max(from + 1000, due ?? 0, ...ends)
  const at = (moment: number) => ((moment - from) / (to - from)) * 100
  const bars = clock.segments.flatMap((segment): Bar[] => {
    const [start, end] = [Date.parse(segment.start), Date.parse(segment.end)]
    const whole = { kind: segment.kind, left: at(start), width: at(end) - at(start) }
    if (segment.kind !== 'ran' || due === null || end <= due) return [whole]
    const turn = Math.max(start, due)
    return [
      { ...whole, width: at(turn) - at(start) },
      { kind: 'late', left: at(turn), width: at(end) - at(turn) },
    ]
  })
  return { bars, due: due === null ? null : at(due), from, to }
}

/** Hours, minutes and seconds, so that they can be added up by hand: 1:02:03. */
export function exactly(seconds: number): string {
  const whole = Math.round(seconds)
  const pair = (n: number) => String(n).padStart(2, '0')
  return `${Math.floor(whole / 3600)}:${pair(Math.floor(whole / 60) % 60)}:${pair(whole % 60)}`
}
