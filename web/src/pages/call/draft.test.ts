import { beforeEach, describe, expect, it } from 'vitest'

import type { Schemas } from '@/api/client'
import {
  callerOf,
  emptyDraft,
  keepDraft,
  keptDraft,
  missing,
  report,
  stopper,
} from '@/pages/call/draft'

const question = (more: Partial<Schemas['QuestionOut']>): Schemas['QuestionOut'] => ({
  key: 'injured',
  position: 1,
  text: '有人受伤吗',
  text_en: 'Is anybody hurt',
  kind: 'single',
  required: true,
  options: [
    { label: '没有', phone: null, message: null },
    { label: '有', phone: '120', message: '请先拨打 120' },
  ],
  ...more,
})

const full = () => ({
  ...emptyDraft(),
  description: ' 井盖破损 ',
  address: '红旗路 12 号',
  spot: { lon: 109.5783, lat: 34.966 },
  category: 'C0101',
  answers: { injured: '没有', stale: 'x' },
})

describe('a call that is being written down', () => {
  beforeEach(() => sessionStorage.clear())

  it('is there again after a reload, with the same id', () => {
    const draft = full()
    keepDraft(draft)
    expect(keptDraft()).toEqual(draft)
  })

  it('begins anew when what was kept cannot be read', () => {
    sessionStorage.setItem('wangge.call', '{')
    expect(keptDraft().description).toBe('')
  })

  it('says what it still needs', () => {
    expect(missing(emptyDraft(), [])).toEqual(new Set(['description', 'place', 'category']))
    expect(missing({ ...full(), answers: {} }, [question({})])).toEqual(new Set(['answers']))
    expect(missing(full(), [question({})]).size).toBe(0)
  })

  it('becomes a report without answers to questions of another class', () => {
    const sent = report(full(), [question({})])
    expect(sent).toMatchObject({
      source: 'hotline',
      category: 'C0101',
      description: '井盖破损',
      answers: { injured: '没有' },
      crs: 'cgcs2000',
    })
  })

  it('keeps the caller apart from the report', () => {
    const draft = { ...full(), caller: { name: ' 张女士 ', phone: '', confidential: true } }
    expect(callerOf(draft)).toEqual({ name: '张女士', confidential: true })
    expect(JSON.stringify(report(draft, []))).not.toContain('张女士')
    expect(callerOf(full())).toBeNull()
  })

  it('stops where somebody is in danger', () => {
    expect(stopper({ injured: '没有' }, [question({})])).toBeNull()
    expect(stopper({ injured: '有' }, [question({})])).toMatchObject({ phone: '120' })
    expect(stopper({ injured: ['没有', '有'] }, [question({ kind: 'multiple' })])).not.toBeNull()
  })
})
