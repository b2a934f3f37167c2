// The HTML page in Chromium, at three widths, light and dark, with and without a script: nothing is fetched, nothing is cut
// off or wider than the window, filters filter, the keyboard gets everywhere, and axe finds nothing.
//
//   node page.cjs PAGE.html [FOLDER]      FOLDER: where pictures go
const { readFileSync } = require('node:fs');
const { pathToFileURL } = require('node:url');
const { chromium } = require('playwright-core');

const [, , file, pictures] = process.argv;
const address = pathToFileURL(file).href;
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const fail = (text) => {
  throw new Error(text);
};

async function opened(browser, width, colorScheme, javaScriptEnabled) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, javaScriptEnabled });
  const page = await context.newPage();
  page.on('console', (message) => message.type() === 'error' && fail(`console: ${message.text()}`));
  page.on('pageerror', (error) => fail(`script: ${error}`));
  page.on('request', (request) => request.url().split('#')[0] === address || fail(`asked for ${request.url()}`));
  page.on('dialog', () => fail('text of the repository ran'));
  await page.goto(address);
  return page;
}

(async () => {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  for (const width of [360, 800, 1400]) {
    for (const scheme of ['light', 'dark']) {
      const page = await opened(browser, width, scheme, true);
      await page.evaluate(() => document.querySelectorAll('details').forEach((one) => { one.open = true; }));
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (wide > 0) fail(`at ${width} the page is ${wide} wider than the window`);
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => window.axe.run());
      for (const one of violations) console.error(one.id, one.help, one.nodes.slice(0, 3).map((node) => node.html));
      if (violations.length) fail(`axe at ${width} ${scheme}: ${violations.map((one) => one.id)}`);
      if (pictures) await page.screenshot({ path: `${pictures}/${width}-${scheme}.png`, fullPage: true });
      await page.context().close();
    }
  }
  const page = await opened(browser, 1000, 'light', true);
  const visible = () => page.locator('.rule:visible').count();
  const all = await visible();
  await page.locator('.chip', { hasText: 'fails' }).click();
  const without = await visible();
  if (without >= all) fail('the filter of outcomes hides nothing');
  await page.locator('#filters [type=reset]').click();
  await page.waitForFunction((count) => document.querySelectorAll('.rule:not([hidden])').length === count, all);
  await page.locator('#filters [name=text]').fill('no such text in it');
  if ((await visible()) !== 0) fail('the filter of text hides nothing');
  // A step's link brings its rule out from behind the filter, opened, with the focus on it.
  await page.locator('.steps a').first().focus();
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.activeElement.closest('.rule')?.open);
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => !document.activeElement.closest('.rule').open);
  await page.context().close();

  const bare = await opened(browser, 800, 'light', false);
  if ((await bare.locator('.rule:visible').count()) !== all) fail('without a script rules are missing');
  if (await bare.locator('#filters').isVisible()) fail('without a script there are filters that do nothing');
  await browser.close();
  console.log(`a page of ${all} rules at three widths, light and dark, by keyboard, with and without a script`);
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
