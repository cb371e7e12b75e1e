import { api, type PhotoDetail } from '@/api/client'
import { i18n } from '@/shared/i18n'
import { face, person } from '@/shared/util/peopleTesting'
import { flushPromises, mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { afterEach, expect, it, vi } from 'vitest'
import { defineComponent, h, ref } from 'vue'
import { useFaces } from './faces'
import PeoplePanel from './PeoplePanel.vue'

afterEach(() => vi.restoreAllMocks())

it('lists who is on it, tells how old they were, and opens the box of one', async () => {
	vi.spyOn(api, 'get').mockResolvedValue({ ...person(7, { born: '2010-05-20' }), years: [] } as never)
	const photo = ref({
		id: 1,
		taken: '2019-05-21T10:00:00',
		faces: [face(1, { person: 7, name: 'Ann', said: true }), face(2)],
	} as PhotoDetail)
	let faces: ReturnType<typeof useFaces> | undefined
	const wrapper = mount(
		defineComponent({
			setup() {
				faces = useFaces(photo, async () => {})
				return () => faces && h(PeoplePanel, { photo: photo.value, faces })
			},
		}),
		{ global: { plugins: [i18n, createPinia()] } },
	)
	await flushPromises()
	expect(wrapper.findAll('li').map((li) => li.text())).toEqual(['Ann9 years old', 'Unknown'])
	await wrapper.findAll('button')[1]?.trigger('click')
	expect(faces?.shown.value).toBe(true)
	expect(faces?.face.value?.id).toBe(2)
})
