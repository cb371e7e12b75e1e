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
	it('names several faces: the first makes the person, the others follow; one undo takes all back', async () => {
		const put = vi.spyOn(api, 'put').mockImplementation(async () => said([put.mock.calls.length], 7) as never)
		const remove = vi.spyOn(api, 'delete').mockResolvedValue(undefined as never)
		const { assign, toasts } = actions()
		await assign([1, 2], { name: 'Ann' }, 'Ann')
		expect(put.mock.calls.map(([, options]) => options)).toEqual([
			{ path: { id: 1 }, body: { name: 'Ann' } },
			{ path: { id: 2 }, body: { person: 7 } },
		])
		expect(toasts.list[0]?.text).toBe('2 faces are Ann now.')
		await toasts.list[0]?.action?.run()
		expect(remove.mock.calls.map(([, options]) => options)).toEqual([{ path: { id: 2 } }, { path: { id: 1 } }])
	})

	it('lets what was said before a failure be undone', async () => {
		vi.spyOn(api, 'post')
			.mockResolvedValueOnce(said([5]) as never)
			.mockRejectedValueOnce(new ApiError('not_found', 'gone', 404))
		const { notAFace, toasts } = actions()
		expect(await notAFace([1, 2])).toBeNull()
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
