import type { PhotoDetail } from '@/api/client'
import { i18n } from '@/shared/i18n'
import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import GuessPanel from './GuessPanel.vue'

const classes = { people: 0.05, animals: 0.8, landscape: 0.1, vehicles: 0.03, buildings: 0.02 }
const photo = (fields: Partial<PhotoDetail> = {}) =>
	({
		id: 1,
		class: 'animals',
		guess: { model: 'm', version: '1', class: 'animals', confidence: 0.8, classes },
		correction: null,
		labels: [{ name: 'dog', confidence: 0.7 }],
		...fields,
	}) as PhotoDetail

const panel = (p: PhotoDetail) => mount(GuessPanel, { props: { photo: p, busy: false }, global: { plugins: [i18n] } })

describe('GuessPanel', () => {
	it('shows five bars, the verdict and the labels', () => {
		const wrapper = panel(photo())
		expect(wrapper.find('.verdict').text()).toContain('Recognised as Animals, 80%')
		expect(wrapper.findAll('.bars > div').map((d) => d.find('.percent').text())).toEqual([
			'5%',
			'80%',
			'10%',
			'3%',
			'2%',
		])
		expect(wrapper.find('.labels').text()).toContain('dog')
	})

	it('corrects with one click', async () => {
		const wrapper = panel(photo())
		await wrapper.findAll('.choices button')[3]?.trigger('click')
		expect(wrapper.emitted('correct')).toEqual([['vehicles']])
		expect(wrapper.find('[aria-pressed="true"]').text()).toBe('Animals')
	})

	it('says what the user said, and undoes it', async () => {
		const wrapper = panel(photo({ class: null, correction: { fact: 9, class: 'none', at: 0 } }))
		expect(wrapper.find('.verdict').text()).toContain('You said: Unsorted')
		await wrapper.find('.undo').trigger('click')
		expect(wrapper.emitted('undo')).toEqual([[9]])
	})

	it.each([
		[null, 'Not looked at yet.'],
		[{ model: 'm', version: '1', class: null, confidence: 0.3, classes }, 'Not sure enough to sort it'],
	])('is honest when there is no verdict', (guess, text) =>
		expect(
			panel(photo({ class: null, guess }))
				.find('.verdict')
				.text(),
		).toContain(text),
	)
})
