import { describe, expect, it } from 'vitest'

import { indexOf, stepsOf } from '@/pages/map/steps'

const ZONE = 'Asia/Shanghai'
const now = new Date('2026-11-24T08:20:00Z') // 16:20 in the city

describe('the steps of the time bar', () => {
  it('are hours of the last day, up to the end of this one', () => {
    const steps = stepsOf(1, now, ZONE)
    expect(steps).toHaveLength(25)
    expect(steps.at(-1)).toBe('2026-11-24T09:00:00.000Z')
  })

  it('are days that begin at midnight in the city', () => {
    const steps = stepsOf(30, now, ZONE)
    expect(steps).toHaveLength(31)
    expect(steps.at(-1)).toBe('2026-11-24T16:00:00.000Z')
    expect(steps.at(-2)).toBe('2026-11-23T16:00:00.000Z')
  })

  it('are found again by their moment', () => {
    const steps = stepsOf(7, now, ZONE)
    expect(indexOf(steps, steps[5], 0)).toBe(5)
    expect(indexOf(steps, undefined, 28)).toBe(28)
  })
})
