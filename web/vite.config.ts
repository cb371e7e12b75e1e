import vue from '@vitejs/plugin-vue'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
	plugins: [vue()],
	resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
	define: {
		__VUE_OPTIONS_API__: false,
		__VUE_I18N_LEGACY_API__: false,
		__VUE_I18N_FULL_INSTALL__: false,
		__INTLIFY_PROD_DEVTOOLS__: false,
	},
	build: {
		target: 'es2021',
		// The server's content policy allows no data: scripts or styles; small pictures stay files too.
		assetsInlineLimit: 0,
		modulePreload: { polyfill: false },
	},
	server: { proxy: { '/api': 'http://127.0.0.1:2342' } },
	test: { environment: 'jsdom', include: ['src/**/*.spec.ts'], restoreMocks: true, testTimeout: 60_000 },
})
