// Leads through the exercises one at a time and counts along. Without this script the page shows
// them all, each with its own "done". Every word comes from the page.
"use strict";

document.addEventListener("DOMContentLoaded", function () {
  const page = document.getElementById("session");
  const outbox = window.rugpijn.outbox;
  const carried = window.rugpijn.carried;
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  const language = document.documentElement.lang;
  const place = page.querySelector(".session-place");
  const end = page.querySelector(".session-end");
  let steps = Array.from(page.querySelectorAll(".step:not([hidden])"));
  let current = null;
  let awake = null;

  if (!outbox) {
    document.documentElement.classList.remove("scripts");
    return; // the browser keeps nothing: the plain page does it all
  }

  // ------------------------------------------------------------ what is chosen stays chosen

  const wishes = { sound: false, voice: false, pace: 1 };
  try {
    Object.assign(wishes, JSON.parse(localStorage.getItem("rugpijn-counter") || "{}"));
  } catch (error) {
    // A browser that keeps nothing: the choice holds for this page.
  }

  function remember() {
    try {
      localStorage.setItem("rugpijn-counter", JSON.stringify(wishes));
    } catch (error) {
      // As above.
    }
  }

  // ------------------------------------------------------------ sound, voice, screen

  let hearing = null;

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
    return all.find(function (one) {
      return one.localService && one.lang.toLowerCase().startsWith(language);
    });
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
        awake.addEventListener("release", function () {
          awake = null;
        });
      } else if (!wanted && awake) {
        await awake.release();
      }
    } catch (error) {
      awake = null; // refused, for example when the battery is low: the counting goes on
    }
  }

  // ------------------------------------------------------------ the counter

  // Everything that comes one after the other: {phase, seconds, set, rep, side, counts}.
  function course(plan) {
    const all = [];
    plan.sides.forEach(function (side, turn) {
      all.push({ phase: side || "ready", seconds: plan.ready, set: 1, rep: 0, side: side, wait: true });
      if (plan.duration) {
        all.push({ phase: "go", seconds: plan.duration, set: 1, rep: 1, side: side });
        return;
      }
      for (let set = 1; set <= plan.sets; set += 1) {
        for (let rep = 1; rep <= plan.reps; rep += 1) {
          const here = { set: set, rep: rep, side: side };
          all.push(
            Object.assign(
              plan.hold
                ? { phase: "hold", seconds: plan.hold }
                : { phase: "move", seconds: plan.move * wishes.pace, up: true },
              here
            )
          );
          if (rep < plan.reps && plan.rest_reps) {
            all.push(
              Object.assign({ phase: plan.rest_reps > 2 ? "rest" : "letGo", seconds: plan.rest_reps }, here)
            );
          }
        }
        if (set < plan.sets && plan.rest_sets) {
          all.push({ phase: "rest", seconds: plan.rest_sets, set: set + 1, rep: 0, side: side });
        }
      }
    });
    return all;
  }

  function counterOf(step) {
    const box = step.querySelector(".counter");
    const plan = JSON.parse(box.querySelector("script").textContent);
    const words = box.dataset;
    const phase = box.querySelector(".counter-phase");
    const digits = box.querySelector(".counter-digits");
    const where = box.querySelector(".counter-where");
    const run = box.querySelector("[data-do=run]");
    const asked = function (name) {
      return box.querySelector("[data-do=" + name + "]");
    };
    let all = course(plan);
    let at = 0;
    let left = 0; // seconds of the phase that is shown
    let ticking = null;
    let ends = 0; // when it is over, on the clock that never jumps

    function state(name) {
      box.dataset.state = name;
      step.classList.toggle("is-counting", name !== "still");
      run.querySelectorAll("[data-when]").forEach(function (one) {
        one.hidden = one.dataset.when !== name;
      });
      stayAwake(name === "running");
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
      return whole >= 100 ? Math.floor(whole / 60) + ":" + String(whole % 60).padStart(2, "0") : whole;
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
      if (!quietly) {
        beep(now.phase === "hold" || now.phase === "go" || now.phase === "move");
        say(now.up ? String(now.rep) : named);
      }
      show();
    }

    function tick() {
      const before = Math.ceil(left);
      left = (ends - performance.now()) / 1000;
      while (left <= 0) {
        if (at === all.length - 1) {
          return finish();
        }
        const over = left;
        enter(at + 1);
        left += over; // a page that slept catches up, and counts nothing twice
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
        state("paused");
      }
    }

    function go() {
      const begins = box.dataset.state === "still";
      if (begins) {
        enter(0);
      } else {
        ends = performance.now() + left * 1000;
      }
      ticking = setInterval(tick, 100);
      state("running");
      if (begins) {
        box.scrollIntoView({ block: "nearest" }); // the words above it made room
      }
    }

    function finish() {
      clearInterval(ticking);
      ticking = null;
      state("still");
      beep(true);
      phase.textContent = words.finished;
      say(words.finished);
      after(step);
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

    asked("run").addEventListener("click", function () {
      if (ticking) {
        pause();
      } else {
        go();
      }
    });
    asked("next").addEventListener("click", function () {
      jump(1);
    });
    asked("previous").addEventListener("click", function () {
      jump(-1);
    });
    asked("slower").addEventListener("click", function () {
      pace(1.25);
    });
    asked("faster").addEventListener("click", function () {
      pace(0.8);
    });
    asked("slower").hidden = asked("faster").hidden = !plan.move;
    asked("finish").addEventListener("click", function () {
      pause();
      state("still");
      after(step);
    });
    asked("later").addEventListener("click", function () {
      pause();
      turnTo(steps[steps.indexOf(step) + 1] || null);
    });
    ["sound", "voice"].forEach(function (name) {
      const button = asked(name);
      const press = function () {
        button.setAttribute("aria-pressed", String(Boolean(wishes[name])));
      };
      button.addEventListener("click", function () {
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
    phase.textContent = "";
    digits.textContent = plan.duration ? clock(plan.duration) : plan.reps;
    where.textContent = position({ set: 1, rep: 0, side: "" });
    box.hidden = false;
    state("still");
    return { pause: pause };
  }

  function voices() {
    const own = Boolean(voice());
    page.querySelectorAll("[data-do=voice]").forEach(function (button) {
      button.hidden = !own;
    });
  }

  // ------------------------------------------------------------ from one exercise to the next

  const counters = new Map();

  function play(step) {
    const button = step.querySelector(".motion:not([hidden]) [data-do=play][data-state=still]");
    if (button && !calm.matches) {
      step.dispatchEvent(new CustomEvent("drawing:play"));
    }
  }

  function turnTo(step) {
    if (current) {
      counters.get(current).pause();
    }
    current = step;
    steps.forEach(function (one) {
      one.hidden = one !== step;
    });
    if (step && !counters.has(step)) {
      begin(step);
    }
    end.hidden = step !== null;
    place.hidden = step === null;
    if (step === null) {
      stayAwake(false);
      end.querySelector("h2").focus();
      return;
    }
    step.classList.remove("is-after");
    place.textContent = place.dataset.words
      .replace("NUMBER", steps.indexOf(step) + 1)
      .replace("COUNT", steps.length);
    step.querySelector("h2").focus({ preventScroll: true });
    window.scrollTo(0, 0);
    play(step);
  }

  function after(step) {
    step.classList.add("is-after");
    step.querySelector(".step-after-title").focus({ preventScroll: true });
    window.scrollTo(0, 0);
    stayAwake(false);
  }

  // What the rules say at once, also without a connection: the sentences came with the page.
  function advice(act) {
    const urgency = window.rugpijn.urgencyOf(act.symptoms);
    if (urgency) {
      return carried.advice[urgency];
    }
    const tells = carried.painTells;
    if (tells !== null && act.pain !== "" && Number(act.pain) >= tells) {
      return carried.advice.pain_up;
    }
    return "";
  }

  // Pressed twice it is one act: the number is that of this moment, until it was done once.
  async function done(step, form) {
    if (form.dataset.sending) {
      return;
    }
    form.dataset.sending = "yes";
    const act = window.rugpijn.read(form);
    act.day = window.rugpijn.today();
    try {
      await outbox.add(act);
    } catch (error) {
      HTMLFormElement.prototype.submit.call(form); // the device keeps nothing: as a plain form
      return;
    }
    const sending = outbox.send();
    const urgency = window.rugpijn.urgencyOf(act.symptoms);
    if (urgency === "doctor") {
      await held();
      if ((await sending) === "sent") {
        location.replace(carried.stop); // what is shown already, with an address of its own
      }
      return;
    }
    const words = advice(act);
    if (words) {
      tell(step, form, words);
    } else {
      again(form);
      turnTo(steps[steps.indexOf(step) + 1] || null);
    }
    if (urgency) {
      await held();
    }
  }

  // It may be done once more, when somebody comes back to it: that is another act.
  function again(form) {
    form.elements.operation.value = window.rugpijn.number();
    delete form.dataset.sending;
  }

  // The questions were answered; what follows is the advice, and the next exercise.
  function tell(step, form, words) {
    const told = form.querySelector(".told");
    Array.from(form.children).forEach(function (part) {
      part.hidden = part !== told;
    });
    told.querySelector("[data-told]").textContent = words;
    const button = told.querySelector("[data-do=next]");
    button.addEventListener("click", function () {
      turnTo(steps[steps.indexOf(step) + 1] || null);
    });
    told.querySelector("[data-told]").focus();
  }

  // What is in force may come from elsewhere while somebody is at work here.
  async function held() {
    const state = await window.rugpijn.states();
    if (state.redFlags.length) {
      if (current) {
        counters.get(current).pause();
      }
      stayAwake(false);
      if (window.speechSynthesis) {
        window.speechSynthesis.cancel();
      }
    }
    window.rugpijn.stop.show(state);
    steps
      .filter(function (step) {
        const line = state.lines[step.dataset.line];
        return step !== current && line && line.stopped;
      })
      .forEach(function (step) {
        steps.splice(steps.indexOf(step), 1);
      });
    const line = current && state.lines[current.dataset.line];
    if (line && line.stopped && !current.querySelector(".told:not([hidden])")) {
      counters.get(current).pause();
      after(current);
      tell(current, current.querySelector(".step-after"), carried.advice.stop);
    }
    return state;
  }

  // When its turn comes: with all of them at once an old phone stands still before it starts.
  function begin(step) {
    counters.set(step, counterOf(step));
    const form = step.querySelector(".step-after");
    again(form); // a page that was kept comes with the same number each time
    form.addEventListener("submit", function (event) {
      if (!form.reportValidity()) {
        return;
      }
      event.preventDefault();
      done(step, form);
    });
    const back = form.querySelector("[data-do=back]");
    back.hidden = false;
    back.addEventListener("click", function () {
      turnTo(step);
    });
    const how = step.querySelector(".step-how");
    how.open = false;
    voices();
  }

  // Which exercises wait: as the page was made, or, on another day or with acts still unsent,
  // as the programme that came along says.
  async function choose() {
    const state = await held();
    if (state.changed) {
      steps = Array.from(page.querySelectorAll(".step")).filter(function (step) {
        const line = state.lines[step.dataset.line];
        return line && line.due && line.next !== null;
      });
      steps.forEach(function (step) {
        step.querySelector("[name=moment]").value = state.lines[step.dataset.line].next;
      });
    }
  }

  // Until it is known, the style sheet shows the first one, in the shape that it will have.
  choose().then(function () {
    page.classList.add("one-by-one");
    document.body.classList.add("exercising");
    page.querySelectorAll(".step").forEach(function (step) {
      step.hidden = true;
    });
    if (window.speechSynthesis && window.speechSynthesis.addEventListener) {
      window.speechSynthesis.addEventListener("voiceschanged", voices);
    }
    document.addEventListener("visibilitychange", function () {
      if (!document.hidden && current && current.querySelector(".counter").dataset.state === "running") {
        stayAwake(true);
      }
    });
    turnTo(steps[0] || null);
    document.addEventListener("standing", held);
  });
});
