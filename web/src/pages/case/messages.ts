export { en } from '@/pages/case/en'
export { zh } from '@/pages/case/zh'
