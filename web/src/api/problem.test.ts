import { expect, test } from 'vitest'

import { ProblemError, told } from '@/api/problem'

const problem = {
  type: '/problems/invalid-request',
  title: '请求有误',
  status: 422,
  errors: [{ pointer: '/category', detail: '没有这个类别' }],
}

test('a refusal names its fields', () => {
  const error = new ProblemError(problem)
  expect(error.slug).toBe('invalid-request')
  expect(error.field('category')).toBe('没有这个类别')
  expect(error.field('address')).toBeUndefined()
  expect(told(error)).toBe('请求有误：/category 没有这个类别')
})

test('a refusal without fields is told by its detail', () => {
  expect(told(new ProblemError({ type: 'x', title: '冲突', status: 409, detail: '已派遣' }))).toBe(
    '已派遣',
  )
})
