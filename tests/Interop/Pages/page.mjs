// node page.mjs CHROMIUM FOLDER-OF-PACKAGES PAGE... : opens each page in Chromium at three widths, light and dark, and prints one line of JSON for each view:
// axe's violations (all its rules), how far the page is wider than the window, what it asked the network for, what it said to the console; then how many pages it has on paper.
// With PICTURES=FOLDER it also keeps what it saw.
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [chromium, packages, ...pages] = process.argv.slice(2);
const require = createRequire(join(resolve(packages), 'package.json'));
const puppeteer = require('puppeteer-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const browser = await puppeteer.launch({ executablePath: chromium.includes('/') ? chromium : execFileSync('which', [chromium], { encoding: 'utf8' }).trim(), headless: true, args: ['--no-sandbox', '--disable-gpu'] });
try {
  for (const file of pages) {
    for (const width of [360, 1280, 3840]) {
      for (const scheme of ['light', 'dark']) {
        const page = await browser.newPage();
        const asked = [], said = [];
        page.on('request', request => { if (!request.url().startsWith('file:')) asked.push(request.url()); });
        page.on('console', message => said.push(message.text()));
        page.on('pageerror', error => said.push(String(error)));
        await page.setViewport({ width, height: 900, deviceScaleFactor: 1 });
        await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
        // The page's own policy forbids scripts; the one that looks at it is let in.
        await page.setBypassCSP(true);
        await page.goto(pathToFileURL(resolve(file)).href);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        await page.evaluate(axe);
        const { violations, passes } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
        console.log(JSON.stringify({ page: basename(file), width, scheme, overflow, asked, said, rules: passes.length, violations: violations.map(v => `${v.id}: ${v.nodes.length} x ${v.nodes[0].html.slice(0, 160)} ${v.nodes[0].failureSummary.slice(0, 200)}`) }));
        if (process.env.PICTURES) await page.screenshot({ clip: width === 1280 && process.env.CLIP ? JSON.parse(process.env.CLIP) : undefined, path: join(process.env.PICTURES, `${basename(file, '.html')}-${width}-${scheme}.png`), fullPage: width !== 360 });
        await page.close();
      }
    }
    const paper = await browser.newPage();
    await paper.goto(pathToFileURL(resolve(file)).href);
    const pdf = await paper.pdf({ format: 'A4', path: process.env.PICTURES ? join(process.env.PICTURES, `${basename(file, '.html')}.pdf`) : undefined });
    console.log(JSON.stringify({ page: basename(file), paper: (Buffer.from(pdf).toString('latin1').match(/\/Type\s*\/Page\b/g) ?? []).length }));
    await paper.close();
  }
} finally {
  await browser.close();
}
