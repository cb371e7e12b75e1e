import { api, ApiError, type Said } from '@/api/client'
import { i18n } from '@/shared/i18n'
import { useToasts } from '@/shared/stores/toasts'
import { mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { defineComponent } from 'vue'
import { usePeopleActions } from './usePeopleActions'

afterEach(() => vi.restoreAllMocks())

const said = (facts: number[], person: number | null = null): Said => ({ facts, person, face: null })

function actions() {
	let made: ReturnType<typeof usePeopleActions> | undefined
	let toasts: ReturnType<typeof useToasts> | undefined
	mount(
		defineComponent({
			setup() {
				made = usePeopleActions()
				toasts = useToasts()
				return () => null
			},
		}),
		{ global: { plugins: [i18n, createPinia()] } },
	)
	if (!made || !toasts) throw new Error('not set up')
	return { ...made, toasts }
}

describe('usePeopleActions', () => {
	it('names hundreds of faces by one request, and takes them back by one', async () => {
		const put = vi.spyOn(api, 'put').mockResolvedValue(said([5, 6, 7], 7) as never)
		const remove = vi.spyOn(api, 'delete').mockResolvedValue(undefined as never)
		const { assign, toasts } = actions()
		await assign([1, 2], { name: 'Ann' }, 'Ann')
		expect(put.mock.calls.map(([, options]) => options)).toEqual([{ body: { faces: [1, 2], name: 'Ann' } }])
		expect(toasts.list[0]?.text).toBe('2 faces are Ann now.')
		await toasts.list[0]?.action?.run()
		expect(remove.mock.calls.map(([, options]) => options)).toEqual([{ body: { facts: [5, 6, 7] } }])
	})

	it('sends thousands in pieces: the first makes the person, the others follow', async () => {
		const put = vi.spyOn(api, 'put').mockResolvedValue(said([1], 7) as never)
		const faces = Array.from({ length: 1500 }, (_, i) => i + 1)
		await actions().assign(faces, { name: 'Ann' }, 'Ann')
		expect(put.mock.calls.map(([, options]) => options)).toEqual([
			{ body: { faces: faces.slice(0, 1000), name: 'Ann' } },
			{ body: { faces: faces.slice(1000), person: 7 } },
		])
	})

	it('lets what was said before a failure be undone', async () => {
		vi.spyOn(api, 'post')
			.mockResolvedValueOnce(said([5]) as never)
			.mockRejectedValueOnce(new ApiError('not_found', 'gone', 404))
		const { notAFace, toasts } = actions()
		expect(await notAFace(Array.from({ length: 1001 }, (_, i) => i + 1))).toBeNull()
		expect(toasts.list.map((t) => [t.tone, t.action !== undefined])).toEqual([
			['error', false],
			['plain', true],
		])
	})

	it('tells persons who are on one photo together', async () => {
		vi.spyOn(api, 'post').mockRejectedValueOnce(new ApiError('together', 'on photo 3', 409))
		expect(await actions().merge(1, [2])).toBe('together')
	})
})
