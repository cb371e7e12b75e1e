/* Errors as the reader's language says them. */
import { ApiError } from '@/api/client'
import { useI18n } from 'vue-i18n'
import { useToasts } from '../stores/toasts'

export function useProblem() {
	const { t } = useI18n()
	const toasts = useToasts()

	function text(cause: unknown): string {
		if (cause instanceof ApiError) return t(`errors.${cause.code}`, { message: cause.message })
		return t('errors.internal')
	}

	/** Runs `work`; what goes wrong is shown. Tells whether it went well. */
	async function attempt(work: () => Promise<unknown>): Promise<boolean> {
		try {
			await work()
			return true
		} catch (cause) {
			if (!(cause instanceof ApiError)) console.error(cause)
			if (!(cause instanceof ApiError && cause.code === 'aborted')) toasts.show(text(cause), { tone: 'error' })
			return false
		}
	}

	return { text, attempt }
}
