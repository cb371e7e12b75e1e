/* End-to-end tests: the real server on a fresh library for each spec file, Debian's chromium, no sleeps. The build folder
 * is named by TINTYPE_BUILD (default ../build). */
import { defineConfig } from '@playwright/test'

export default defineConfig({
	testDir: 'specs',
	outputDir: 'test-results',
	fullyParallel: false,
	workers: 1,
	retries: 0,
	reporter: 'list',
	timeout: 600_000,
	expect: { timeout: 60_000 },
	use: {
		browserName: 'chromium',
		locale: 'en-GB',
		timezoneId: 'Europe/Berlin',
		viewport: { width: 1280, height: 800 },
		actionTimeout: 60_000,
		navigationTimeout: 60_000,
		trace: 'retain-on-failure',
		launchOptions: { executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] },
	},
})
