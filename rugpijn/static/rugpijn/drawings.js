// Puts a drawing in motion when asked. Whoever asked the device for less motion is not
// offered it; the still frames beside it say the same.
"use strict";

document.addEventListener("DOMContentLoaded", begin);
document.addEventListener("page:replaced", begin); // the preview beside the therapist's form

function begin() {
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  const motions = Array.from(document.querySelectorAll(".motion"), movable);

  function movable(motion) {
    const stage = motion.querySelector(".stage");
    const play = motion.querySelector("[data-do=play]");
    const stop = motion.querySelector("[data-do=stop]");
    const frames = motion.parentElement.querySelector(".frames");
    let drawing = null;
    let asked = false;

    function say(state) {
      play.querySelectorAll("[data-when]").forEach(function (words) {
        words.hidden = words.dataset.when !== state;
      });
      play.setAttribute("aria-pressed", String(state === "moving"));
      play.dataset.state = state;
      stop.hidden = state === "still";
      stage.hidden = state === "still";
      frames.hidden = state !== "still";
    }

    async function fetched() {
      const answer = await fetch(motion.dataset.loop);
      if (!answer.ok) {
        throw new Error("no drawing");
      }
      const parsed = new DOMParser().parseFromString(await answer.text(), "image/svg+xml");
      const svg = document.importNode(parsed.documentElement, true);
      svg.setAttribute("role", "img");
      svg.setAttribute("aria-label", motion.dataset.label);
      return svg;
    }

    async function start(quietly) {
      asked = true;
      play.disabled = true;
      try {
        drawing = drawing || (await fetched());
      } catch (error) {
        motion.hidden = true; // no connection: the frames stay
        return;
      } finally {
        play.disabled = false;
      }
      if (!asked) {
        return;
      }
      stage.replaceChildren(drawing);
      drawing.setCurrentTime(0);
      drawing.unpauseAnimations();
      say("moving");
      if (!quietly) {
        play.focus();
      }
    }

    function halt() {
      asked = false;
      if (drawing) {
        drawing.pauseAnimations();
      }
      stage.replaceChildren();
      say("still");
    }

    // Beside a counter the drawing moves by itself; the focus stays where it is.
    const step = motion.closest(".step");
    if (step) {
      step.addEventListener("drawing:play", function () {
        if (!calm.matches) {
          start(true);
        }
      });
    }
    play.addEventListener("click", function () {
      if (play.dataset.state === "moving") {
        drawing.pauseAnimations();
        say("paused");
      } else if (play.dataset.state === "paused") {
        drawing.unpauseAnimations();
        say("moving");
      } else {
        motions.forEach(function (other) {
          other.halt();
        });
        start();
      }
    });
    stop.addEventListener("click", function () {
      halt();
      play.focus();
    });
    say("still");
    return { motion: motion, halt: halt };
  }

  function obey() {
    motions.forEach(function (one) {
      one.halt();
      one.motion.hidden = calm.matches;
    });
  }

  calm.addEventListener("change", obey);
  obey();
}
