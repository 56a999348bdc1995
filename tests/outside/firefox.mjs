// One morning of a patient in Firefox, driven over WebDriver BiDi: `make firefox`, or
//   node firefox.mjs http://localhost:8199 patient@demo.example password
// Logs in, ticks off, sees a drawing move, exercises with the counter, and logs out.
// Anything the browser complains about fails it.
import puppeteer from "puppeteer-core";

const [site, login, password] = process.argv.slice(2);
const browser = await puppeteer.launch({
  browser: "firefox",
  executablePath: process.env.FIREFOX || "/usr/bin/firefox-esr",
  headless: true,
  acceptInsecureCerts: true,
  extraPrefsFirefox: { "intl.accept_languages": "nl" },
});
const complaints = [];
let failed = true;
try {
  console.log(await browser.version());
  const page = await browser.newPage();
  await page.setViewport({ width: 500, height: 844 }); // Firefox has no narrower window
  page.setDefaultTimeout(30000);
  page.on("console", (said) => said.type() === "error" && complaints.push(said.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  // A picture that was still on its way when the page was left is no fault.
  page.on("requestfailed", (request) => {
    const why = request.failure() ? request.failure().errorText : "";
    if (!why.includes("NS_BINDING_ABORTED")) {
      complaints.push(`failed, ${why}: ${request.url()}`);
    }
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(site) && !/^(data|blob|about):/.test(request.url())) {
      complaints.push(`somebody else was asked: ${request.url()}`);
    }
  });

  await step("log in", async () => {
    await page.goto(`${site}/accounts/login/`, { waitUntil: "networkidle0" });
    await page.type("[name=login]", login);
    await page.type("[name=password]", password);
    await lead(page, () => page.keyboard.press("Enter"));
    await page.waitForSelector(".btn-start");
  });

  await step("today: one exercise ticked off, and how it went", async () => {
    const before = await done(page);
    const button = await page.waitForSelector("article [data-if=todo]:not([hidden]) .btn-do");
    await button.click();
    await page.waitForFunction((n) => parseInt(document.querySelector(".today .count").innerText) > n, {}, before);
  });

  await step("a drawing moves", async () => {
    await page.waitForNetworkIdle();
    await page.reload();
    await page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));
    const play = await page.waitForSelector(".motion [data-do=play]", { visible: true });
    await play.click();
    await page.waitForSelector(".stage svg", { visible: true });
  });

  await step("the session counts, pauses, and asks", async () => {
    const before = await done(page);
    await lead(page, () => page.$eval(".btn-start", (link) => link.click()));
    const counter = ".step:not([hidden]) .counter";
    await click(page, `${counter} [data-do=run]`);
    await page.waitForFunction(
      (where) => /\d/.test(document.querySelector(`${where} .counter-digits`).innerText), {}, counter
    );
    const words = await page.$eval(`${counter} .counter-phase`, (one) => one.innerText);
    if (!words) throw new Error("the counter says nothing");
    await click(page, `${counter} [data-do=run]`);
    await page.waitForSelector(`${counter}[data-state=paused]`);
    await click(page, `${counter} [data-do=finish]`);
    await page.waitForSelector(".step:not([hidden]) .step-after", { visible: true });
    const place = await page.$eval(".session-place", (one) => one.innerText);
    await page.$eval(".step:not([hidden]) [name=pain][value='2']", (one) => one.click());
    await click(page, ".step:not([hidden]) .step-after .btn-primary");
    await page.waitForFunction(
      (was) => document.querySelector(".session-place").innerText !== was, {}, place
    );
    await page.waitForNetworkIdle();
    await page.goto(site, { waitUntil: "networkidle0" });
    await page.waitForFunction((n) => parseInt(document.querySelector(".today .count").innerText) > n, {}, before);
  });

  await step("log out", async () => {
    await lead(page, () => page.$eval("form[action='/accounts/logout/'] button", (one) => one.click()));
    await page.waitForSelector("[name=login]");
    await page.goto(site);
    await page.waitForSelector("[name=login]");
  });
  failed = complaints.length > 0;
} catch (error) {
  console.log(`  FAILED: ${error.message}`);
} finally {
  await browser.close();
}
complaints.forEach((one) => console.log(`  Firefox complains: ${one}`));
console.log(failed ? "FAILED." : "All is well.");
process.exit(failed ? 1 : 0);

async function step(name, act) {
  const began = Date.now();
  console.log(`  ${name} …`);
  await act();
  console.log(`  ${name}: ${Date.now() - began} ms`);
}
// Leaves when everything has arrived: what is broken off by leaving is a complaint to Firefox.
async function lead(page, act) {
  await page.waitForNetworkIdle();
  await Promise.all([page.waitForNavigation(), act()]);
}
async function click(page, where) {
  const one = await page.waitForSelector(where, { visible: true });
  await one.click();
}
async function done(page) {
  return page.$eval(".today .count", (one) => parseInt(one.innerText));
}
