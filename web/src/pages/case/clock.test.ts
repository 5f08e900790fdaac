import { expect, test } from 'vitest'

import type { Schemas } from '@/api/client'
import { exactly, picture } from '@/pages/case/clock'

const stretch = (kind: string, start: string, end: string) => ({
  kind,
  start: `2026-11-24T${start}:00Z`,
  end: `2026-11-24T${end}:00Z`,
})

test('what ran behind the deadline is drawn as late', () => {
  const clock = {
    started_at: '2026-11-24T08:00:00Z',
    due_at: '2026-11-24T10:00:00Z',
    segments: [
      stretch('ran', '08:00', '09:00'),
      stretch('paused', '09:00', '09:30'),
      stretch('ran', '09:30', '12:00'),
    ],
  } as Schemas['ClockOut']
  const { bars, due } = picture(clock)
  expect(due).toBe(50)
  expect(bars).toEqual([
    { kind: 'ran', left: 0, width: 25 },
    { kind: 'paused', left: 25, width: 12.5 },
    { kind: 'ran', left: 37.5, width: 12.5 },
    { kind: 'late', left: 50, width: 50 },
  ])
})

test('seconds are written so that they add up by hand', () => {
  expect(exactly(3723)).toBe('1:02:03')
  expect(exactly(360_000)).toBe('100:00:00')
})
