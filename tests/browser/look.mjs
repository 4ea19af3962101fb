// Opens report pages in headless Chromium, photographs them at desktop and phone width, light and dark, and checks
// what only a browser can tell: that the page asks for nothing, breaks no rule of its content security policy, shows
// no error, does not scroll sideways, runs no script of the data, and that the charts stand and react.
//
//   node tests/browser/look.mjs OUTPUT_FOLDER PAGE.html[#ID]...     (CHROMIUM: the browser's path, default "chromium")
//
// With #ID the page is opened at that element, which must be seen. Prints how long each page took until it was loaded
// and laid out.
//
// Talks the DevTools protocol over a pipe, so it needs no packages. Exit code 1 if any check fails.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, ...pages] = process.argv.slice(2);
if (!folder || pages.length === 0) {
  console.error("usage: node look.mjs OUTPUT_FOLDER PAGE.html...");
  process.exit(2);
}
mkdirSync(folder, { recursive: true });
const profile = mkdtempSync(join(tmpdir(), "perigee-look-"));
const browser = spawn(
  process.env.CHROMIUM || "chromium",
  ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--remote-debugging-pipe",
    "--user-data-dir=" + profile],
  { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] }
);

let lastId = 0;
const waiting = new Map();
const listeners = new Set();
let rest = "";
browser.stdio[4].on("data", (chunk) => {
  const parts = (rest + chunk).split("\0");
  rest = parts.pop();
  for (const part of parts) {
    const message = JSON.parse(part);
    if (message.id) {
      const { done, fail } = waiting.get(message.id);
      waiting.delete(message.id);
      message.error ? fail(new Error(message.error.message)) : done(message.result);
    } else {
      for (const listener of listeners) listener(message);
    }
  }
});
function send(method, params = {}, sessionId = undefined) {
  const id = ++lastId;
  browser.stdio[3].write(JSON.stringify({ id, method, params, sessionId }) + "\0");
  return new Promise((done, fail) => waiting.set(id, { done, fail }));
}
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

const failures = [];
function check(holds, text) {
  if (!holds) failures.push(text);
}

async function look(page, width, scheme, scripts) {
  const [path, fragment] = page.split("#");
  const name = basename(path, ".html") + (fragment ? "-" + fragment : "") + "-" + width + "-" + scheme + (scripts ? "" : "-no-script");
  const { targetId } = await send("Target.createTarget", { url: "about:blank" });
  const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
  const call = (method, params) => send(method, params, sessionId);
  const evaluate = async (expression) =>
    (await call("Runtime.evaluate", { expression, returnByValue: true })).result.value;
  const address = pathToFileURL(resolve(path)).href;
  const listener = (message) => {
    if (message.sessionId !== sessionId) return;
    if (message.method === "Network.requestWillBeSent") {
      const url = message.params.request.url;
      check(url === address || url === "about:blank", name + ": asked for " + url.slice(0, 80));
    }
    if (message.method === "Log.entryAdded" && message.params.entry.level === "error") {
      failures.push(name + ": " + message.params.entry.text);
    }
    if (message.method === "Runtime.exceptionThrown") {
      failures.push(name + ": " + message.params.exceptionDetails.exception.description);
    }
    if (message.method === "Page.javascriptDialogOpening") failures.push(name + ": a script of the data ran");
  };
  listeners.add(listener);
  for (const domain of ["Page", "Network", "Log", "Runtime"]) await call(domain + ".enable");
  await call("Emulation.setScriptExecutionDisabled", { value: !scripts });
  await call("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: scheme }] });
  await call("Emulation.setDeviceMetricsOverride", { width, height: 900, deviceScaleFactor: 1, mobile: false });
  await call("Page.navigate", { url: address + (fragment ? "#" + fragment : "") });
  await pause(900);
  const isLoaded = () => evaluate("document.readyState === 'complete' && performance.timing.loadEventEnd > 0");
  for (let tries = 0; tries < 100 && !(await isLoaded()); ++tries) await pause(100);
  if (fragment) {
    const seen = "document.getElementById('" + fragment + "').getBoundingClientRect()";
    const [height, top] = JSON.parse(await evaluate("JSON.stringify([" + seen + ".height, " + seen + ".top])"));
    check(height > 0 && top >= 0 && top < 900, name + ": not seen where the address leads, at " + top);
  }
  const seconds = await evaluate(
    "(performance.timing.loadEventEnd - performance.timing.navigationStart + (() => {" +
      " const begin = performance.now(); document.body.offsetHeight; return performance.now() - begin; })()) / 1000");
  const painted = await evaluate(
    "(performance.getEntriesByName('first-contentful-paint')[0] || { startTime: NaN }).startTime / 1000");
  console.log(name + ": loaded after " + seconds.toFixed(2) + " s, painted after " + painted.toFixed(2) + " s");
  const { cssContentSize } = await call("Page.getLayoutMetrics");
  check(cssContentSize.width <= width, name + ": scrolls sideways, content is " + cssContentSize.width + " wide");
  const source = readFileSync(path, "utf8");
  if (scripts && source.includes('id="chart-data"')) {
    const stands = await evaluate("document.querySelectorAll('.chart.live canvas').length + '/' + document.querySelectorAll('.chart').length");
    const [live, all] = stands.split("/").map(Number);
    const drawable = await evaluate("JSON.parse(document.getElementById('chart-data').textContent).charts.filter((chart) => chart.iterations.length > 1).length");
    check(live === drawable && all > 0, name + ": interactive charts " + stands);
    if (drawable > 0) await use(call, evaluate, name, width, scheme, cssContentSize.height);
  }
  await photograph(call, width, cssContentSize.height, name);
  listeners.delete(listener);
  await send("Target.closeTarget", { targetId });
}

// Works the charts as a reader does: points, drags, switches the time axis.
async function use(call, evaluate, name, width, scheme, height) {
  // A drag over the first chart must narrow the range of time that all charts show.
  await evaluate("document.querySelector('.chart').scrollIntoView()");
  await pause(100);
  const axis = "document.querySelector('.u-over').getBoundingClientRect()";
  const box = JSON.parse(await evaluate("JSON.stringify(" + axis + ")"));
  const before = await evaluate("[...document.querySelectorAll('canvas')].pop().toDataURL()");
  const mouse = (type, part) =>
    call("Input.dispatchMouseEvent", { type, x: box.x + part * box.width, y: box.y + box.height / 2, button: "left", buttons: 1, clickCount: 1 });
  await mouse("mouseMoved", 0.3);
  await pause(80);
  const legend = await evaluate("document.querySelector('.u-legend').textContent");
  check(/\d/.test(legend), name + ": no value under the pointer: " + legend);
  await mouse("mousePressed", 0.3);
  await mouse("mouseMoved", 0.5);
  await mouse("mouseReleased", 0.5);
  await pause(150);
  const after = await evaluate("[...document.querySelectorAll('canvas')].pop().toDataURL()");
  check(before !== after, name + ": dragging does not zoom");
  // Long runs are logarithmic in time from the start, short ones are not: the button changes to the other.
  const pressed = "document.getElementById('time-scale').getAttribute('aria-pressed')";
  const wasPressed = await evaluate(pressed);
  await evaluate("document.getElementById('time-scale').click()");
  await pause(150);
  check((await evaluate(pressed)) === (wasPressed === "true" ? "false" : "true"), name + ": time scale");
  if (width > 800 && scheme === "light") await photograph(call, width, height, name + "-other-time");
  await evaluate("document.getElementById('time-scale').click()");
  await evaluate("scrollTo(0, 0)");
  await call("Input.dispatchMouseEvent", { type: "mouseMoved", x: 2, y: 2 });
  await pause(150);
}

async function photograph(call, width, height, name) {
  await call("Emulation.setDeviceMetricsOverride", { width, height: Math.ceil(height), deviceScaleFactor: 1, mobile: false });
  await pause(200);
  const { data } = await call("Page.captureScreenshot", { format: "png" });
  writeFileSync(join(folder, name + ".png"), Buffer.from(data, "base64"));
  await call("Emulation.setDeviceMetricsOverride", { width, height: 900, deviceScaleFactor: 1, mobile: false });
}

try {
  for (const page of pages) {
    for (const width of [1280, 390]) {
      for (const scheme of ["light", "dark"]) await look(page, width, scheme, true);
    }
    await look(page, 390, "light", false);
    await look(page, 1280, "dark", false);
  }
} finally {
  browser.kill();
  await pause(300);
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
}
for (const failure of failures) console.error("FAILED " + failure);
console.log(pages.length + " pages looked at, " + failures.length + " failures");
process.exit(failures.length > 0 ? 1 : 0);
