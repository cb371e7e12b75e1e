import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { useActivity } from './activity'
import { useToasts } from './toasts'

beforeEach(() => {
	setActivePinia(createPinia())
	vi.useFakeTimers()
})
afterEach(() => vi.useRealTimers())

const progress = (waiting: number, done: number, people = 0) => ({
	waiting,
	done,
	aside: 0,
	rate: 0,
	eta_s: null,
	people,
})

describe('activity', () => {
	it('bundles news while photos get ready, and tells the last at once', () => {
		const activity = useActivity()
		activity.take(progress(3, 0))
		activity.take(progress(2, 1))
		activity.take(progress(1, 2))
		expect(activity.news).toBe(0)
		vi.advanceTimersByTime(2000)
		expect(activity.news).toBe(1)
		activity.take(progress(0, 3))
		expect(activity.news).toBe(2)
		vi.advanceTimersByTime(10_000)
		expect(activity.news).toBe(2)
	})

	it('tells when faces found their persons', () => {
		const activity = useActivity()
		activity.take(progress(0, 3, 1))
		activity.take(progress(0, 3, 2))
		expect(activity.news).toBe(1)
	})

	it('says nothing when nothing changed', () => {
		const activity = useActivity()
		activity.take(progress(0, 5))
		activity.take(progress(0, 5))
		vi.advanceTimersByTime(10_000)
		expect(activity.news).toBe(0)
		expect(activity.busy).toBe(false)
	})
})

describe('toasts', () => {
	it('go after a while, unless somebody reads them', () => {
		const toasts = useToasts()
		toasts.show('a')
		toasts.show('b')
		toasts.hold(toasts.list[0]?.id ?? 0)
		vi.advanceTimersByTime(8000)
		expect(toasts.list.map((t) => t.text)).toEqual(['a'])
		toasts.release(toasts.list[0]?.id ?? 0)
		vi.advanceTimersByTime(8000)
		expect(toasts.list).toEqual([])
	})

	it('are never more than three', () => {
		const toasts = useToasts()
		for (const text of ['a', 'b', 'c', 'd', 'e']) toasts.show(text)
		expect(toasts.list.map((t) => t.text)).toEqual(['c', 'd', 'e'])
	})
})
