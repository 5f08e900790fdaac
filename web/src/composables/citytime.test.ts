import { expect, test } from 'vitest'

import { cityDay, cityMoment, nextDay, onCityClock } from '@/composables/citytime'

test('a day begins when the clock of the city says so', () => {
  expect(cityMoment('2026-11-24', 'Asia/Shanghai')).toBe('2026-11-23T16:00:00.000Z')
  expect(cityMoment('2026-11-24 08:30', 'Asia/Shanghai')).toBe('2026-11-24T00:30:00.000Z')
  expect(cityMoment('2026-07-01 12:00', 'Europe/Berlin')).toBe('2026-07-01T10:00:00.000Z')
})

test('a moment is read back as it was written', () => {
  const moment = cityMoment('2026-01-31 23:59', 'Asia/Shanghai')
  expect(onCityClock(moment, 'Asia/Shanghai')).toBe('2026-01-31 23:59')
  expect(cityDay(moment, 'Asia/Shanghai')).toBe('2026-01-31')
  expect(cityDay('2026-01-31', 'Asia/Shanghai')).toBe('2026-01-31')
})

test('the day after the last of a month is the first of the next', () => {
  expect(nextDay('2026-02-28')).toBe('2026-03-01')
})
