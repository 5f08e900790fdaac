import { expect, it } from 'vitest'

import { asList } from '@/pages/admin/calendar/windows'

it('reads windows however they are typed', () => {
  expect(asList('08:00-12:00 14:00-18:00')).toEqual(['08:00-12:00', '14:00-18:00'])
  expect(asList('08：00—12：00，14:00~18:00')).toEqual(['08:00-12:00', '14:00-18:00'])
  expect(asList('  ')).toEqual([])
})
