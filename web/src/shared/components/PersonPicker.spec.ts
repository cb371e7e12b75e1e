import { api } from '@/api/client'
import { i18n } from '@/shared/i18n'
import { person } from '@/shared/util/peopleTesting'
import { flushPromises, mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import PersonPicker from './PersonPicker.vue'

const people = [person(1, { name: 'Ann' }), person(2, { name: 'Anna' }), person(3)]
beforeEach(() => {
	vi.useFakeTimers()
	vi.spyOn(api, 'get').mockResolvedValue({ people, unknown: 0, waiting: 0, next: null } as never)
})
afterEach(() => {
	vi.useRealTimers()
	vi.restoreAllMocks()
})

async function picker(props: { except?: number; knownOnly?: boolean } = {}) {
	const wrapper = mount(PersonPicker, {
		props: { label: 'Who?', ...props },
		global: { plugins: [i18n, createPinia()] },
	})
	await flushPromises()
	const type = async (text: string) => {
		await wrapper.find('input').setValue(text)
		vi.advanceTimersByTime(200)
		await flushPromises()
	}
	return { wrapper, type }
}

describe('PersonPicker', () => {
	it('offers those with names and takes one by keys', async () => {
		const { wrapper } = await picker()
		const field = wrapper.find('input')
		expect(wrapper.findAll('[role=option]').map((o) => o.find('.name').text())).toEqual(['Ann', 'Anna'])
		await field.trigger('keydown', { key: 'ArrowDown' })
		await field.trigger('keydown', { key: 'ArrowDown' })
		expect(field.attributes('aria-activedescendant')).toBe(wrapper.findAll('[role=option]')[1]?.attributes('id'))
		await wrapper.find('form').trigger('submit')
		expect(wrapper.emitted('chosen')).toEqual([[{ person: 2 }, 'Anna']])
	})

	it('makes a new person of a new name, and takes a known name for who it is', async () => {
		const { wrapper, type } = await picker()
		await type('Bob')
		await wrapper.find('form').trigger('submit')
		await type('ann')
		await wrapper.find('form').trigger('submit')
		expect(wrapper.emitted('chosen')).toEqual([
			[{ name: 'Bob' }, 'Bob'],
			[{ person: 1 }, 'Ann'],
		])
	})

	it('leaves out who is left out, and new names where only known ones count', async () => {
		const { wrapper, type } = await picker({ except: 1, knownOnly: true })
		await type('Bob')
		expect(wrapper.findAll('[role=option]').map((o) => o.find('.name').text())).toEqual(['Anna'])
		expect(wrapper.find('button').attributes('disabled')).toBeDefined()
	})
})
