/* Light, dark or as the system says; kept on this device. */
import { defineStore } from 'pinia'
import { ref, watchEffect } from 'vue'
import { keep, kept } from '../util/kept'

export const themes = ['auto', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

export const useTheme = defineStore('theme', () => {
	const stored = kept('theme')
	const theme = ref<Theme>(themes.find((t) => t === stored) ?? 'auto')

	watchEffect(() => {
		if (theme.value === 'auto') delete document.documentElement.dataset.theme
		else document.documentElement.dataset.theme = theme.value
		keep('theme', theme.value)
	})

	return { theme }
})
