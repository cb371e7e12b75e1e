/* The one upload queue of the app: it goes on while the user looks at other pages. */
import { uploadFile } from '@/api/upload'
import { useProblem } from '@/shared/composables/useProblem'
import { useActivity } from '@/shared/stores/activity'
import { useToasts } from '@/shared/stores/toasts'
import { defineStore } from 'pinia'
import { watch } from 'vue'
import { useI18n } from 'vue-i18n'
import { createUploadQueue } from './queue'

export const useUpload = defineStore('upload', () => {
	const { t } = useI18n()
	const toasts = useToasts()
	const activity = useActivity()
	const problems = useProblem()
	const queue = createUploadQueue({
		send: uploadFile,
		explain: problems.text,
		onIdle(imported) {
			toasts.show(t('upload.finished', imported))
			activity.tellNow()
		},
	})

	// Leaving the page would break off what is being sent: the browser asks first.
	const ask = (event: BeforeUnloadEvent) => event.preventDefault()
	watch(queue.active, (active) => {
		if (active) window.addEventListener('beforeunload', ask)
		else window.removeEventListener('beforeunload', ask)
	})

	return queue
})
