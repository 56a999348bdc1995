// Puts a drawing in motion when asked. Whoever asked the device for less motion is not
// offered it; the still frames beside it say the same.

function begin() {
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  const motions = Array.from(document.querySelectorAll(".motion"), movable);

  function movable(motion) {
    const stage = motion.querySelector(".stage");
    const play = motion.querySelector("[data-do=play]");
    const stop = motion.querySelector("[data-do=stop]");
    const frames = motion.parentElement.querySelector(".frames");
    let coming = null;
    let drawing = null;
    let asked = false;

    function say(state) {
      play.querySelectorAll("[data-when]").forEach((words) => {
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

    // The drawing, fetched once; null where there is no connection: the frames stay.
    async function here() {
      try {
        coming = coming || fetched();
        drawing = await coming;
      } catch {
        coming = null;
        motion.hidden = true;
      }
      return drawing;
    }

    async function start(quietly) {
      asked = true;
      play.disabled = true;
      await here();
      play.disabled = false;
      if (!asked || !drawing) {
        return;
      }
      if (drawing.parentElement !== stage) {
        stage.replaceChildren(drawing);
      }
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

    // Beside a counter the drawing moves by itself; the focus stays where it is. Of two drawings,
    // one for each side of the body, the one that is shown.
    const step = motion.closest(".step");
    const ofSide = motion.closest(".step-side");
    const isShown = () => !calm.matches && (!ofSide || ofSide.classList.contains("is-shown"));
    if (step) {
      step.addEventListener("drawing:play", () => {
        if (isShown()) {
          start(true);
        } else if (!calm.matches) {
          here(); // its turn comes, perhaps without a connection
        }
      });
      step.addEventListener("drawing:at", (event) => {
        if (isShown()) {
          lead(event.detail);
        }
      });
    }

    // Moved by the clock of the counter instead of its own.
    function lead(how) {
      if (!drawing || drawing.parentElement !== stage) {
        if (!asked) {
          start(true);
        }
        return;
      }
      const round = duration();
      drawing.pauseAnimations();
      drawing.setCurrentTime(
        {
          own: how.seconds % round,
          round: how.share * round,
          there: how.share * held() * round,
          back: (held() + how.share * (1 - held())) * round,
        }[how.way],
      );
    }

    function duration() {
      return parseFloat(drawing.querySelector("animate").getAttribute("dur"));
    }

    // Where in the loop the position is that can be held: half-way, or, in a loop that passes its
    // begin there, a quarter on the way.
    function held() {
      const moments = drawing.querySelector("animate").getAttribute("values").split(";");
      return moments[(moments.length - 1) / 2] === moments[0] ? 0.25 : 0.5;
    }

    play.addEventListener("click", () => {
      if (play.dataset.state === "moving") {
        drawing.pauseAnimations();
        say("paused");
      } else if (play.dataset.state === "paused") {
        drawing.unpauseAnimations();
        say("moving");
      } else {
        motions.forEach((other) => {
          other.halt();
        });
        start();
      }
    });
    stop.addEventListener("click", () => {
      halt();
      play.focus();
    });
    say("still");
    return { motion: motion, halt: halt };
  }

  function obey() {
    motions.forEach((one) => {
      one.halt();
      one.motion.hidden = calm.matches;
    });
  }

  calm.addEventListener("change", obey);
  obey();
}

begin();
document.addEventListener("page:replaced", begin); // the preview beside the therapist's form
