// Counts along with one exercise. One clock leads the count, the voice and the drawing; it stands
// still as soon as nobody looks, and goes on when asked. Every word comes from the page.
const TICK = 100; // milliseconds
const ASLEEP = 2000; // milliseconds without a tick: the device slept, and nobody was counting
const LET_DOWN = 2; // seconds that the drawing takes to come back from a position
const language = document.documentElement.lang;
const counters = [];

// ------------------------------------------------------------ what is chosen stays chosen

const wishes = { sound: false, voice: false, pace: 1 };
try {
  Object.assign(wishes, JSON.parse(localStorage.getItem("rugpijn-counter") || "{}"));
} catch {
  // A browser that keeps nothing: the choice holds for this page.
}

function remember() {
  try {
    localStorage.setItem("rugpijn-counter", JSON.stringify(wishes));
  } catch {
    // As above.
  }
}

// ------------------------------------------------------------ sound, voice, screen

let hearing = null;
let awake = null;

function beep(high) {
  if (!wishes.sound) {
    return;
  }
  hearing = hearing || new (window.AudioContext || window.webkitAudioContext)();
  const tone = hearing.createOscillator();
  const loudness = hearing.createGain();
  tone.frequency.value = high ? 880 : 560;
  loudness.gain.setValueAtTime(0.25, hearing.currentTime);
  loudness.gain.exponentialRampToValueAtTime(0.001, hearing.currentTime + 0.25);
  tone.connect(loudness).connect(hearing.destination);
  tone.start();
  tone.stop(hearing.currentTime + 0.25);
}

// A voice that is not in the device would send the words to somebody else.
function voice() {
  const all = window.speechSynthesis ? window.speechSynthesis.getVoices() : [];
  return all.find((one) => one.localService && one.lang.toLowerCase().startsWith(language));
}

function say(words) {
  const own = voice();
  if (!wishes.voice || !own || !words) {
    return;
  }
  window.speechSynthesis.cancel();
  const speech = new SpeechSynthesisUtterance(words);
  speech.voice = own;
  speech.lang = own.lang;
  window.speechSynthesis.speak(speech);
}

async function stayAwake(wanted) {
  try {
    if (wanted && !awake && navigator.wakeLock) {
      awake = await navigator.wakeLock.request("screen");
      awake.addEventListener("release", () => {
        awake = null;
      });
    } else if (!wanted && awake) {
      await awake.release();
    }
  } catch {
    awake = null; // refused, for example when the battery is low: the counting goes on
  }
}

// ------------------------------------------------------------ what comes after what

// Everything that comes one after the other: {phase, seconds, set, rep, side, up}.
function course(plan) {
  const all = [];
  plan.sides.forEach((side) => {
    all.push({ phase: side || "ready", seconds: plan.ready, set: 1, rep: 0, side: side });
    if (plan.duration) {
      all.push({ phase: "go", seconds: plan.duration, set: 1, rep: 1, side: side });
      return;
    }
    for (let set = 1; set <= plan.sets; set += 1) {
      for (let rep = 1; rep <= plan.reps; rep += 1) {
        const here = { set: set, rep: rep, side: side };
        const add = (phase, seconds, more) => {
          all.push(Object.assign({ phase: phase, seconds: seconds }, here, more));
        };
        if (plan.hold) {
          add("position", plan.position);
          add("hold", plan.hold);
        } else {
          add("move", plan.move * wishes.pace, { up: true });
        }
        if (rep < plan.reps && plan.rest_reps) {
          add(plan.rest_reps > 2 ? "rest" : "letGo", plan.rest_reps);
        }
      }
      if (set < plan.sets && plan.rest_sets) {
        all.push({ phase: "rest", seconds: plan.rest_sets, set: set + 1, rep: 0, side: side });
      }
    }
  });
  return all;
}

// How the drawing moves in a phase: once round with a repetition, there before a hold and back
// after it, and as it is drawn where only time counts.
function movement(now, passed, held) {
  const share = Math.min(1, passed / now.seconds);
  if (now.phase === "move") {
    return { way: "round", share: share };
  }
  if (now.phase === "go") {
    return { way: "own", seconds: passed };
  }
  if (now.phase === "position" || now.phase === "hold") {
    return { way: "there", share: now.phase === "hold" ? 1 : share };
  }
  if (held && (now.phase === "letGo" || now.phase === "rest")) {
    return { way: "back", share: Math.min(1, passed / Math.min(LET_DOWN, now.seconds)) };
  }
  return { way: "there", share: 0 };
}

// ------------------------------------------------------------ the counter

export function counterOf(step, told) {
  const box = step.querySelector(".counter");
  const plan = JSON.parse(box.querySelector("script").textContent);
  const words = box.dataset;
  const phase = box.querySelector(".counter-phase");
  const digits = box.querySelector(".counter-digits");
  const where = box.querySelector(".counter-where");
  const run = box.querySelector("[data-do=run]");
  const folds = document.querySelectorAll(".told-fold");
  const sides = step.querySelectorAll(".step-side");
  const asked = (name) => box.querySelector("[data-do=" + name + "]");
  let all = course(plan);
  let at = 0;
  let left = 0; // seconds of the phase that is shown
  let ticking = null;
  let ends = 0; // when it is over, on the clock that never jumps
  let seen = 0; // the last tick

  // The whole screen is for drawing and counter; the rest is behind one line each.
  function wholeScreen(wanted) {
    document.body.classList.toggle("counting", wanted);
    step.classList.toggle("is-counting", wanted);
    folds.forEach((fold) => {
      fold.open = !wanted;
    });
  }

  function state(name) {
    box.dataset.state = name;
    run.querySelectorAll("[data-when]").forEach((one) => {
      one.hidden = one.dataset.when !== name;
    });
    stayAwake(name === "running");
  }

  // Back to before the first repetition; the drawing moves as it did.
  function still() {
    clearInterval(ticking);
    ticking = null;
    wholeScreen(false);
    state("still");
    showSide(plan.sides[0]);
    step.dispatchEvent(new CustomEvent("drawing:play"));
  }

  // Something else takes the place of counting: the page scrolls again, the screen may go dark.
  function stop() {
    if (box.dataset.state !== "still") {
      still();
    }
  }

  function showSide(side) {
    sides.forEach((one) => {
      one.classList.toggle("is-shown", !side || one.dataset.side === side);
    });
  }

  function draw() {
    if (ticking) {
      const now = all[at];
      const passed = now.seconds - (ends - performance.now()) / 1000;
      const how = movement(now, Math.max(0, passed), Boolean(plan.hold) && at > 1);
      step.dispatchEvent(new CustomEvent("drawing:at", { detail: how }));
      requestAnimationFrame(draw);
    }
  }

  function position(now) {
    const parts = [];
    if (now.side && now.phase !== now.side) {
      parts.push(words[now.side]);
    }
    if (plan.sets > 1) {
      parts.push(words.set.replace("NUMBER", now.set).replace("COUNT", plan.sets));
    }
    if (now.rep && plan.reps > 1) {
      parts.push(words.repetition.replace("NUMBER", now.rep).replace("COUNT", plan.reps));
    }
    if (plan.least < plan.reps && now.rep >= plan.least) {
      parts.push(words.enough.replace("COUNT", plan.reps));
    }
    return parts.join(" · ");
  }

  function clock(seconds) {
    const whole = Math.ceil(seconds);
    return whole >= 100
      ? Math.floor(whole / 60) + ":" + String(whole % 60).padStart(2, "0")
      : whole;
  }

  function show() {
    const now = all[at];
    digits.textContent = now.up ? now.rep : clock(left);
    where.textContent = position(now);
  }

  // What is said and read aloud: a new phase, never each second.
  function enter(number, quietly) {
    at = number;
    const now = all[at];
    left = now.seconds;
    ends = performance.now() + left * 1000;
    const before = phase.textContent;
    const named = words[now.phase];
    if (named !== before) {
      phase.textContent = named;
    }
    box.dataset.phase = now.phase;
    showSide(now.side);
    if (!quietly) {
      beep(now.phase === "hold" || now.phase === "go" || now.phase === "move");
      say(now.up ? String(now.rep) : named);
    }
    show();
  }

  function tick() {
    const now = performance.now();
    if (now - seen > ASLEEP) {
      ends += now - seen; // as it was when it fell asleep
      pause();
      return;
    }
    seen = now;
    const before = Math.ceil(left);
    left = (ends - now) / 1000;
    while (left <= 0) {
      if (at === all.length - 1) {
        return finish();
      }
      const over = left;
      enter(at + 1);
      left += over; // a tick that came late makes the next phase no longer
      ends = performance.now() + left * 1000;
    }
    if (Math.ceil(left) !== before) {
      show();
    }
  }

  function pause() {
    if (ticking) {
      clearInterval(ticking);
      ticking = null;
      left = Math.max(0, (ends - performance.now()) / 1000);
      show();
      state("paused");
    }
  }

  function go() {
    wholeScreen(true);
    if (box.dataset.state === "still") {
      enter(0);
    } else {
      ends = performance.now() + left * 1000;
    }
    seen = performance.now();
    ticking = setInterval(tick, TICK);
    state("running");
    draw();
  }

  function finish() {
    still();
    beep(true);
    phase.textContent = words.finished;
    say(words.finished);
    told.finished(step);
  }

  // From one repetition, rest or side to the next; back to the begin of this one first.
  function jump(by) {
    const running = Boolean(ticking);
    const target = Math.min(Math.max(at + by, 0), all.length - 1);
    if (by > 0 && at === all.length - 1) {
      finish();
      return;
    }
    enter(target, !running);
    if (!running) {
      state("paused");
    }
  }

  function pace(factor) {
    wishes.pace = Math.min(2, Math.max(0.5, wishes.pace * factor));
    remember();
    all = course(plan);
    if (box.dataset.state !== "still") {
      enter(at, true);
    }
  }

  asked("run").addEventListener("click", () => {
    if (ticking) {
      pause();
    } else {
      go();
    }
  });
  asked("next").addEventListener("click", () => {
    jump(1);
  });
  asked("previous").addEventListener("click", () => {
    jump(-1);
  });
  asked("slower").addEventListener("click", () => {
    pace(1.25);
  });
  asked("faster").addEventListener("click", () => {
    pace(0.8);
  });
  asked("slower").hidden = asked("faster").hidden = !plan.move;
  asked("finish").addEventListener("click", () => {
    still();
    told.finished(step);
  });
  asked("later").addEventListener("click", () => {
    still();
    told.skipped(step);
  });
  ["sound", "voice"].forEach((name) => {
    const button = asked(name);
    const press = () => {
      button.setAttribute("aria-pressed", String(Boolean(wishes[name])));
    };
    button.addEventListener("click", () => {
      wishes[name] = !wishes[name];
      remember();
      press();
      if (name === "sound") {
        beep(true);
      } else {
        say(phase.textContent || words.ready);
      }
    });
    press();
  });
  // Who unfolds a line reads it, and does not move meanwhile.
  folds.forEach((fold) => {
    fold.addEventListener("toggle", () => {
      if (fold.open) {
        pause();
      }
    });
  });
  // A link out of here leads to a page that is whole again; the count waits.
  document.querySelectorAll(".session-bar a").forEach((link) => {
    link.addEventListener("click", () => {
      if (step.classList.contains("is-counting")) {
        pause();
        wholeScreen(false);
      }
    });
  });
  phase.textContent = "";
  digits.textContent = plan.duration ? clock(plan.duration) : plan.reps;
  where.textContent = position({ set: 1, rep: 0, side: "" });
  showSide(plan.sides[0]);
  box.hidden = false;
  state("still");
  counters.push(pause);
  voices();
  return { pause: pause, stop: stop };
}

function voices() {
  const own = Boolean(voice());
  document.querySelectorAll("[data-do=voice]").forEach((button) => {
    button.hidden = !own;
  });
}

// A call, another app, a screen that goes dark: the count waits where it was.
function unseen() {
  counters.forEach((pause) => {
    pause();
  });
}

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") {
    unseen();
  }
});
document.addEventListener("freeze", unseen);
window.addEventListener("pagehide", unseen);
if (window.speechSynthesis && window.speechSynthesis.addEventListener) {
  window.speechSynthesis.addEventListener("voiceschanged", voices);
}
