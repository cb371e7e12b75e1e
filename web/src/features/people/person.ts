/* One person, kept fresh. */
import { api, type PersonDetail } from '@/api/client'
import { useProblem } from '@/shared/composables/useProblem'
import { useActivity } from '@/shared/stores/activity'
import { computed, ref, watch } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRoute } from 'vue-router'

export function usePerson() {
	const { t } = useI18n()
	const route = useRoute()
	const problems = useProblem()
	const activity = useActivity()
	const id = ref(Number(route.params.person))
	const person = ref<PersonDetail | null>(null)
	const missing = ref('')
	const label = computed(() => (person.value ? person.value.name || t('people.unnamed') : ''))

	async function load(): Promise<void> {
		const wanted = id.value
		try {
			const found = await api.get('/api/v1/people/{id}', { path: { id: wanted } })
			if (wanted !== id.value) return
			person.value = found
			missing.value = ''
		} catch (cause) {
			if (wanted === id.value) missing.value = problems.text(cause)
		}
	}
	watch(
		() => route.params.person,
		(next) => {
			if (next) id.value = Number(next)
		},
	)
	watch(id, () => {
		person.value = null
	})
	watch([id, () => activity.news], load, { immediate: true })

	return { id, person, missing, label, load }
}
